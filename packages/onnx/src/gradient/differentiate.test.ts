import { describe, expect, it } from 'vitest'
import { runGraph } from '../../test/run-graph.js'
import { GraphBuilder } from '../builder.js'
import { float32 } from '../tensor.js'
import { differentiate } from './differentiate.js'
import '../test/index.js'

describe('differentiate', () => {
  it('writes the gradient of a linear regression', async () => {
    const g = new GraphBuilder('regression')
    const x = g.input('x', 'float32', ['n', 2])
    const prediction = g.op('Gemm', [x, g.weight('w', float32([2, 1], [1, 2])), g.weight('b', float32([1], [3]))])
    const error = g.op('Sub', [prediction, g.input('y', 'float32', ['n', 1])])
    g.output('loss', g.op('ReduceMean', [g.op('Mul', [error, error])], { keepdims: 0 }), 'float32', [])
    const graph = g.build()
    const feeds = { x: float32([2, 2], [1, 2, 3, 4]), y: float32([2, 1], [5, 6]) }
    const training = await differentiate(graph, { loss: 'loss', parameters: ['w', 'b'], feeds })
    const parameters = { w: float32([2, 1], [1, 2]), b: float32([1], [3]) }
    const results = await runGraph(training.graph, { ...feeds, ...parameters })
    // Errors are 3 and 8: loss (9 + 64) / 2, dw = mean of 2 · error · x, db = mean of 2 · error.
    expect(results['loss']?.data).toBeAllclose([36.5])
    expect(results[training.gradients.get('w') ?? '']).toBeAllclose(float32([2, 1], [27, 38]))
    expect(results[training.gradients.get('b') ?? '']).toBeAllclose(float32([1], [11]))
  })
})
