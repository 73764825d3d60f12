import { type Graph, GraphBuilder } from '@headstart/onnx'
import { connect, decodeModel } from '@headstart/onnx/kit'
import type { ScorerState } from '../contract/scorer-state.js'
import { sequenceLength, sequenceNames } from './sequence-network.js'
import { sequence, sequenceFile } from './sequence-recommender.js'

/** Name of the input of an exported sequence model. */
export const historyName = 'history'

/**
 * The network of a sequence model for whoever runs it elsewhere: from `history`, int64 [users, 20], numbers of items from 1 on with
 * the latest at the end and 0 before the first, to `scores`, `[users, items]`.
 * @returns undefined for a state of another kind, which is more than a network.
 */
export function exportedSequence({ kind, files }: ScorerState): Graph | undefined {
  const bytes = files?.[sequenceFile]
  if (kind !== sequence || !bytes) return undefined
  const network = decodeModel(bytes, sequenceFile)
  const g = new GraphBuilder('history', { opsets: Object.fromEntries(network.opsets) })
  const history = g.input(historyName, 'int64', ['users', sequenceLength])
  const isAbsent = g.op('Equal', [history, g.ints(0)])
  // Of nothing, nothing can be looked at: then all may be.
  const items = g.op('ReduceSum', [history, g.ints([1])], { keepdims: 1 })
  const isHidden = g.op('And', [isAbsent, g.op('Greater', [items, g.ints(0)])])
  const absent = g.op('Where', [isHidden, g.scalar(-1e9), g.scalar(0)])
  g.output('history/absent', g.op('Unsqueeze', [absent, g.ints([1])]), 'float32', ['users', 1, sequenceLength])
  const wiring = { [sequenceNames.items]: historyName, [sequenceNames.absent]: 'history/absent' }
  return connect(g.build(), network, wiring).with({ name: 'recommender' })
}
