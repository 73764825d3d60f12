import { describe, expect, it, onTestFinished } from 'vitest'
import { regressionFeeds, regressionNetwork } from '../../test/regression-network.js'
import { runGraph } from '../../test/run-graph.js'
import '../test/index.js'
import { GraphBuilder } from '../graph/builder.js'
import { TrainingOptionError } from '../errors.js'
import type { Graph } from '../graph/graph.js'
import { float32, sizeOf, type Tensor } from '../graph/tensor.js'
import { lowRank } from './low-rank.js'
import { Trainer } from './trainer.js'

let place = 0
/** Numbers that differ; how they are distributed does not matter here. */
const normal = (): number => Math.sin(++place)
const feeds = regressionFeeds()

describe('lowRank', () => {
  it('begins at the weights as they were', async () => {
    const { graph } = lowRank(regressionNetwork(), { names: ['w1', 'w2'], rank: 2, normal })
    const { prediction } = await runGraph(graph, feeds)
    expect(prediction).toEqual((await runGraph(regressionNetwork(), feeds))['prediction'])
  })

  it('trains the updates alone, and merges them into the weights with the same results', async () => {
    const { graph, parameters, merge } = lowRank(regressionNetwork(), { names: ['w1'], rank: 1, alpha: 4, normal })
    expect(parameters).toEqual(['w1.low_rank_a', 'w1.low_rank_b'])
    const groups = [{ names: parameters, learningRate: 0.05 }]
    const trainer = await Trainer.create(graph, { loss: 'loss', groups, feeds })
    onTestFinished(() => trainer.close())
    const { loss } = await trainer.step(feeds)
    for (let step = 0; step < 30; step++) await trainer.step(feeds)
    const { prediction, loss: after } = await trainer.run(feeds, ['prediction', 'loss'])
    expect(Number(after?.data[0])).toBeLessThan(0.9 * loss)

    const original = regressionNetwork()
    const merged = original.with({ initializers: new Map([...original.initializers, ...merge(trainer.parameters())]) })
    expect((await runGraph(merged, feeds))['prediction'] as Tensor).toBeAllclose(prediction as Tensor, {
      rtol: 1e-4,
      atol: 1e-6,
    })
    expect(merged.nodes).toEqual(original.nodes)
  })

  it('takes kernels of convolutions, as matrices of one row for each output', async () => {
    const { graph, merge } = lowRank(convolution(), { names: ['kernel'], rank: 2, normal })
    const parts = new Map([...graph.initializers].filter(([name]) => name.startsWith('kernel.low_rank')))
    expect([...parts.values()].map(({ dims }) => dims)).toEqual([
      [4, 2],
      [2, 3 * 9],
    ])
    const random = Object.fromEntries(
      [...parts].map(([name, { dims }]) => [name, float32(dims, Float32Array.from({ length: sizeOf(dims) }, normal))]),
    )
    const updated = graph.with({ initializers: new Map([...graph.initializers, ...Object.entries(random)]) })
    const image = { x: float32([1, 3, 5, 5], Float32Array.from({ length: 75 }, normal)) }
    const merged = convolution().with({ initializers: merge(random) })
    expect((await runGraph(merged, image))['y'] as Tensor).toBeAllclose(
      (await runGraph(updated, image))['y'] as Tensor,
      { rtol: 1e-4, atol: 1e-5 },
    )
  })

  it.each([
    [{ names: ['w1'], rank: 4 }, 'rank: expected a whole number from 1 to 3, the smaller side of "w1", got 4'],
    [{ names: ['w1'], rank: 0 }, 'rank: expected a whole number from 1 to 3'],
    [{ names: ['w1'], rank: 1.5 }, 'got 1.5'],
    [{ names: ['b1'], rank: 1 }, 'names: expected float32 matrices of graph "regression", got "b1", float32[5]'],
    [{ names: ['w9'], rank: 1 }, 'got "w9"'],
  ])('refuses %o', (options, message) => {
    expect(() => lowRank(regressionNetwork(), { ...options, normal })).toThrow(TrainingOptionError)
    expect(() => lowRank(regressionNetwork(), { ...options, normal })).toThrow(message)
  })
})

function convolution(): Graph {
  const g = new GraphBuilder('convolution')
  const x = g.input('x', 'float32', ['batch', 3, 'height', 'width'])
  const kernel = g.weight(
    'kernel',
    float32(
      [4, 3, 3, 3],
      Float32Array.from({ length: 108 }, (_, i) => Math.cos(i)),
    ),
  )
  g.output('y', g.op('Conv', [x, kernel]), 'float32')
  return g.build()
}
