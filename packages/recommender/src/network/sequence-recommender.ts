import { DataError } from '@headstart/core/load'
import { float32, type Graph, int64, type Tensors } from '@headstart/onnx'
import { decodeModel, encodeModel } from '@headstart/onnx/kit'
import type { Recommender } from '../contract/recommend.js'
import type { ScorerState } from '../contract/scorer-state.js'
import { sequenceLength, sequenceNames } from './sequence-network.js'
import { SessionOnDemand } from './session-on-demand.js'

/** Kind of the state of a sequence model. */
export const sequence = 'sequence'
/** The file of that state. */
export const sequenceFile = 'sequence.onnx'

/** A sequence model; `close` frees its native memory. */
export interface SequenceRecommender extends Recommender {
  close(): Promise<void>
}

export async function loadSequence({ files }: ScorerState): Promise<Recommender> {
  const bytes = files?.[sequenceFile]
  if (!bytes) throw new DataError(`saved recommender "${sequence}"`, sequenceFile, 'none', 'Train the model again.')
  return sequenceRecommender(decodeModel(bytes, sequenceFile))
}

/** A sequence model from its graph (`sequenceGraph`). */
export async function sequenceRecommender(graph: Graph): Promise<SequenceRecommender> {
  const session = new SessionOnDemand(graph)
  return {
    name: 'sequence model',
    async score(history) {
      const { [sequenceNames.scores]: scores } = await session.run(inputsOf([history.items]))
      return scores?.data as Float32Array
    },
    state: () => ({ kind: sequence, config: {}, files: { [sequenceFile]: encodeModel(graph) } }),
    close: () => session.close(),
  }
}

/** The latest items of some histories, as the graph takes them. */
export function inputsOf(histories: readonly Int32Array[]): Tensors {
  const numbers = Array.from({ length: histories.length * sequenceLength }, () => 0)
  const absent = new Float32Array(numbers.length).fill(-1e9)
  histories.forEach((items, row) => {
    const late = items.subarray(-sequenceLength)
    late.forEach((item, place) => {
      const at = (row + 1) * sequenceLength - late.length + place
      numbers[at] = item + 1
      absent[at] = 0
    })
    // Of nothing, nothing can be looked at: then all may be.
    if (late.length === 0) absent.fill(0, row * sequenceLength, (row + 1) * sequenceLength)
  })
  return {
    [sequenceNames.items]: int64([histories.length, sequenceLength], numbers),
    [sequenceNames.absent]: float32([histories.length, 1, sequenceLength], absent),
  }
}
