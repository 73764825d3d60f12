import { type Graph, GraphBuilder } from '@headstart/onnx'
import { connect, extract, rename } from '@headstart/onnx/kit'
import { type Head, headNames } from './head.js'

/** Name of the output of `withLogits`. */
export const logitsName = 'logits'

/** Probabilities below are taken as this, whose logarithm is finite in float32. */
const leastProbability = 1e-37

/**
 * The head with its logits, `[batch, labels]`, for the output: of which softmax, or sigmoid of several labels, gives its
 * probabilities. Of a head that ends so they are what it ends with; of another, the logarithms (log-odds) of its probabilities.
 */
export function withLogits({ kind, graph, labels }: Head): Graph {
  const result = headNames.result[kind]
  const before = beforeActivation(graph, result)
  if (before === undefined) return logarithms(graph, result, kind === 'multi-label', labels.length)
  const part = extract(graph, [], [before])
  const named = before === logitsName ? part : rename(part, { [before]: logitsName })
  return named.with({ outputs: [{ name: logitsName, type: 'float32', dims: ['batch', labels.length] }] })
}

/** What the Softmax or Sigmoid reads that gives a value. */
function beforeActivation(graph: Graph, value: string): string | undefined {
  const producers = graph.producers()
  for (let node = producers.get(value); node; node = producers.get(node.inputs[0] as string)) {
    if (node.opType === 'Softmax' || node.opType === 'Sigmoid') return node.inputs[0]
    if (node.opType !== 'Identity') return undefined
  }
  return undefined
}

/** log p, of several labels log p - log(1 - p). */
function logarithms(graph: Graph, result: string, isMultiLabel: boolean, labels: number): Graph {
  const g = new GraphBuilder('logarithms', { opsets: Object.fromEntries(graph.opsets) })
  const p = g.input('p', 'float32', ['batch', labels])
  const log = (x: typeof p): typeof p => g.op('Log', [g.op('Max', [x, g.scalar(leastProbability)])])
  const logits = isMultiLabel ? g.op('Sub', [log(p), log(g.op('Sub', [g.scalar(1), p]))]) : log(p)
  g.output(logitsName, logits, 'float32', ['batch', labels])
  return connect(graph, g.build(), { p: result })
}
