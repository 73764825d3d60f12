import { GraphBuilder } from '../src/graph/builder.js'
import type { Graph } from '../src/graph/graph.js'
import { float32, type Tensors } from '../src/graph/tensor.js'
import { trainingFixture } from './training-fixture.js'

const { x, y, start } = trainingFixture.network

/** mean((tanh(x·w1 + b1)·w2 - y)²) with the fixture's weights: the network whose training PyTorch did. */
export function regressionNetwork(): Graph {
  const g = new GraphBuilder('regression')
  const inputs = g.input('x', 'float32', ['batch', 3])
  const targets = g.input('y', 'float32', ['batch', 2])
  const weight = (name: string, dims: number[]) => g.weight(name, float32(dims, start[name] ?? []))
  const hidden = g.op('Tanh', [g.op('Add', [g.op('MatMul', [inputs, weight('w1', [3, 5])]), weight('b1', [5])])])
  const prediction = g.op('MatMul', [hidden, weight('w2', [5, 2])], {}, { name: 'prediction' })
  const error = g.op('Sub', [prediction, targets])
  g.output('loss', g.op('ReduceMean', [g.op('Mul', [error, error])], { keepdims: 0 }), 'float32', [])
  g.output('prediction', prediction, 'float32', ['batch', 2])
  return g.build()
}

/** The fixture's examples, or the first of them. */
export function regressionFeeds(rows = 8): Tensors {
  return { x: float32([rows, 3], x.slice(0, rows * 3)), y: float32([rows, 2], y.slice(0, rows * 2)) }
}
