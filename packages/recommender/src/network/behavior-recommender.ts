import { DataError, type Network } from '@headstart/core/load'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import { gateNetwork, scorersOf } from './behavior-network.js'
import { CalibratedFeatures } from './calibrated-features.js'
import { grownFeatures } from './grown-features.js'
import { ItemFeatures } from './item-features.js'
import { featuresFrom, stateOfFeatures } from './item-features-state.js'
import type { Recommender } from '../contract/recommend.js'
import { arrayIn, type ScorerState, textIn } from '../contract/scorer-state.js'
import { SessionOnDemand } from './session-on-demand.js'

/** Kind of the state of a network over features, spelled as models that are saved have it. */
export const behavior = 'behaviour'
const file = 'behaviour.onnx'

/**
 * A network over a shop's features as a recommender. It scores the whole catalog: no candidates are chosen beforehand, so
 * that filters and new items are served as well as anything else.
 * @throws DataError when the network takes other features than this.
 */
export async function behaviorRecommender(
  name: string,
  { graph }: Pick<Network, 'graph'>,
  features: CalibratedFeatures,
): Promise<Recommender> {
  const [expected, got] = [scorersOf({ graph }).join(', '), features.features.names.join(', ')]
  if (expected !== got)
    throw new DataError(`network "${graph.name}"`, `features of ${got}`, expected, 'Train it again with this version.')
  const gate = new SessionOnDemand(gateNetwork({ graph }))
  return {
    name,
    score: (history) => features.scores(history, gate),
    async close() {
      await gate.close()
      await features.features.parts.sequence?.close?.()
    },
    update: (growth) => behaviorRecommender(name, { graph }, grownFeatures(features, growth)),
    state: () => ({
      kind: behavior,
      config: { name },
      arrays: { table: features.lift.table, quality: features.lift.quality },
      files: { [file]: encodeModel(graph) },
      parts: [stateOfFeatures(features.features.parts)],
    }),
  }
}

export async function loadBehavior(state: ScorerState, _: unknown, items: number): Promise<Recommender> {
  const [part] = state.parts ?? []
  const bytes = state.files?.[file]
  if (!part || !bytes)
    throw new DataError(`saved recommender "${behavior}"`, `features and ${file}`, 'not both', 'Train the model again.')
  const parts = await featuresFrom(part, items)
  const lift = {
    itemCount: parts.itemCount,
    table: arrayIn(state, 'table', Float32Array),
    quality: arrayIn(state, 'quality', Float32Array),
  }
  return behaviorRecommender(
    textIn(state, 'name'),
    { graph: decodeModel(bytes, file) },
    new CalibratedFeatures(new ItemFeatures(parts), lift),
  )
}
