import { type Graph, type Tensor, type Trainer } from '@headstart/onnx'
import { lowRank, sizeOf } from '@headstart/onnx/kit'
import { OptionError } from '../contract/errors.js'
import type { LoraOptions } from './fine-tune-options.js'
import { random } from '../kit/random.js'
import type { UnfrozenStage } from './split-network.js'

/** A network as it is trained. */
export interface AdaptedNetwork {
  readonly graph: Graph
  /** What is trained of each stage, the last stage first. */
  readonly stages: readonly (readonly string[])[]
  /** The network's own weights as they are now. */
  weights(trainer: Trainer): Map<string, Tensor>
}

/**
 * The graph to train: as it is, or with low-rank updates of its matrices.
 * @throws OptionError where no matrix of the stages is chosen.
 */
export function adaptedNetwork(
  graph: Graph,
  stages: readonly UnfrozenStage[],
  lora: LoraOptions | undefined,
  seed: number,
): AdaptedNetwork {
  const own = stages.map(({ weights }) => [...weights.keys()])
  if (!lora) {
    const weights = (trainer: Trainer): Map<string, Tensor> => {
      const parameters = trainer.parameters()
      return new Map(own.flat().map((name) => [name, parameters[name] as Tensor]))
    }
    return { graph, stages: own, weights }
  }
  const { rank, alpha = rank, weights: isChosen = () => true } = lora
  const chosen = stages.map(({ weights }) =>
    [...weights].flatMap(([name, role]) => {
      const [rows = 0, ...columns] = graph.initializers.get(name)?.dims ?? []
      const fits = role.kind === 'kernel' && Math.min(rows, sizeOf(columns)) >= rank
      return fits && isChosen(name) ? [name] : []
    }),
  )
  if (chosen.flat().length === 0) {
    const expected = `matrices of the unfrozen stages with both sides of ${rank} or more`
    throw new OptionError('option "lora"', expected, 'none that is chosen', 'Lower the rank, or choose others.')
  }
  const updated = lowRank(graph, { names: chosen.flat(), rank, alpha, normal: random(seed).normal })
  // Two new weights for each one that they update, in its order.
  let next = 0
  const parts = chosen.map((names) => updated.parameters.slice(next, (next += 2 * names.length)))
  return { graph: updated.graph, stages: parts, weights: (trainer) => updated.merge(trainer.parameters()) }
}
