import { GraphBuilder } from '../src/graph/builder.js'
import type { Graph } from '../src/graph/graph.js'
import { float32 } from '../src/graph/tensor.js'

/** Two branches that part (one node with two outputs), meet again, and a skip connection around them. */
export function diamond(): Graph {
  const g = new GraphBuilder('diamond')
  const x = g.input('x', 'float32', ['n', 4])
  const [left, right] = g.ops('Split', [x], 2, { axis: 1 }, { name: 'split' })
  const weight = g.weight('weight', float32([2, 2], [1, -2, 0.5, 3]))
  const dense = g.op('MatMul', [left ?? '', weight], {}, { name: 'dense' })
  const relu = g.op('Relu', [right ?? ''], {}, { name: 'relu' })
  const joined = g.op('Concat', [dense, relu], { axis: 1 }, { name: 'joined' })
  g.output('y', g.op('Add', [joined, x], {}, { name: 'skip' }), 'float32', ['n', 4])
  return g.build()
}

/** Two rows for `diamond`. */
export const twoRows = float32([2, 4], [1, 2, -3, 4, -5, 6, 7, -8])
