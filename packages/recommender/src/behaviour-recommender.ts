import { DataError, type Network } from '@headstart/core'
import { decodeModel, encodeModel, Session } from '@headstart/onnx'
import { gateNetwork, scorersOf } from './behaviour-network.js'
import { CalibratedEvidence } from './calibrated-evidence.js'
import { Evidence } from './evidence.js'
import { evidenceFrom, stateOfEvidence } from './evidence-state.js'
import type { Recommender } from './recommend.js'
import { arrayIn, type ScorerState, textIn } from './scorer-state.js'

/** Kind of the state of a network over evidence. */
export const behaviour = 'behaviour'
const file = 'behaviour.onnx'

/**
 * A network over a shop's evidence as a recommender. It scores the whole catalogue: no candidates are chosen beforehand, so
 * that filters and new items are served as well as anything else.
 * @throws DataError when the network takes other evidence than this.
 */
export async function behaviourRecommender(name: string, { graph }: Pick<Network, 'graph'>, evidence: CalibratedEvidence): Promise<Recommender> {
  const [expected, got] = [scorersOf({ graph }).join(', '), evidence.evidence.names.join(', ')]
  if (expected !== got) throw new DataError(`network "${graph.name}"`, `evidence of ${got}`, expected, 'Train it again with this version.')
  // A few small products for each history: more threads would cost more than they bring.
  const gate = await Session.create(gateNetwork({ graph }), { threads: 1 })
  return {
    name,
    score: (history) => evidence.scores(history, gate),
    state: () => ({
      kind: behaviour,
      config: { name },
      arrays: { table: evidence.lift.table, quality: evidence.lift.quality },
      files: { [file]: encodeModel(graph) },
      parts: [stateOfEvidence(evidence.evidence.parts)],
    }),
  }
}

export async function loadBehaviour(state: ScorerState): Promise<Recommender> {
  const [part] = state.parts ?? []
  const bytes = state.files?.[file]
  if (!part || !bytes) throw new DataError(`saved recommender "${behaviour}"`, `evidence and ${file}`, 'not both', 'Train the model again.')
  const parts = await evidenceFrom(part)
  const lift = { itemCount: parts.itemCount, table: arrayIn(state, 'table', Float32Array), quality: arrayIn(state, 'quality', Float32Array) }
  return behaviourRecommender(textIn(state, 'name'), { graph: decodeModel(bytes, file) }, new CalibratedEvidence(new Evidence(parts), lift))
}
