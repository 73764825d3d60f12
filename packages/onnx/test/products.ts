import { GraphBuilder } from '../src/graph/builder.js'
import type { Graph } from '../src/graph/graph.js'

/** Multiplies a square matrix by itself so many times, which takes a while. */
export function products(times: number): Graph {
  const g = new GraphBuilder('products')
  const x = g.input('x', 'float32', ['n', 'n'])
  let y = x
  for (let time = 0; time < times; time++) y = g.op('MatMul', [y, x])
  g.output('y', y, 'float32', ['n', 'n'])
  return g.build()
}
