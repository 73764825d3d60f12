import { describe, expect, it } from 'vitest'
import { runGraph } from '../../test/run-graph.js'
import { GraphBuilder, type Value } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import { checkGradient, randomTensor } from '../test/index.js'
import { foldBatchNormalization } from './fold-batch-normalization.js'

function network(bias: boolean, after: (g: GraphBuilder, convolved: Value, normalized: Value) => Value): Graph {
  const g = new GraphBuilder('network')
  const x = g.input('x', 'float32', [2, 2, 4, 4])
  const weights = [g.weight('w', randomTensor([3, 2, 3, 3], 1)), ...(bias ? [g.weight('b', randomTensor([3], 2))] : [])]
  const convolved = g.op('Conv', [x, ...weights], { kernel_shape: [3, 3] })
  const vector = (name: string, seed: number) => g.weight(name, randomTensor([3], seed, 0.5, 2))
  const statistics = [vector('scale', 3), vector('shift', 4), vector('mean', 5), vector('var', 6)]
  g.output('y', after(g, convolved, g.op('BatchNormalization', [convolved, ...statistics])), 'float32')
  return g.build()
}

const x = randomTensor([2, 2, 4, 4], 7)

describe('foldBatchNormalization', () => {
  it.each([true, false])('gives the same network, with a bias: %s', async (bias) => {
    const graph = network(bias, (g, _, normalized) => g.op('Tanh', [normalized]))
    const folded = foldBatchNormalization(graph)
    expect(folded.nodes.map(({ opType }) => opType)).not.toContain('BatchNormalization')
    const { y } = await runGraph(graph, { x })
    expect((await runGraph(folded, { x }))['y']).toBeAllclose(y as Tensor, { rtol: 1e-5, atol: 1e-6 })
    await checkGradient(graph, { x }, { by: ['x', 'w', 'scale', 'shift', ...(bias ? ['b'] : [])], step: 0.01 })
  })

  it('leaves a convolution whose result is used elsewhere as well', () => {
    const graph = network(false, (g, convolved, normalized) => g.op('Add', [convolved, normalized]))
    expect(foldBatchNormalization(graph)).toBe(graph)
  })
})
