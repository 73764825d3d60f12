import { describe, expect, it, onTestFinished } from 'vitest'
import { countingRuntime } from '../../test/counting-runtime.js'
import { errorOf } from '../../test/error-of.js'
import { regressionFeeds, regressionNetwork } from '../../test/regression-network.js'
import '../test/index.js'
import type { Graph } from '../graph/graph.js'
import { float32, type Tensor, zeros } from '../graph/tensor.js'
import { randomTensor } from '../test/random-tensor.js'
import { Trainer, type TrainerOptions } from './trainer.js'
import { TrainingPool } from './training-pool.js'

const feeds = regressionFeeds()
const options: TrainerOptions = {
  loss: 'loss',
  groups: [{ names: ['w1', 'b1'], learningRate: 0.05 }],
  feeds,
  threads: 1,
}

/** The same network with another weight. */
const withWeight = (name: string, weight: Tensor): Graph => {
  const graph = regressionNetwork()
  return graph.with({ initializers: new Map([...graph.initializers, [name, weight]]) })
}
const others = withWeight('w1', randomTensor([3, 5], 9))

async function losses(graph: Graph, pool?: TrainingPool, more: Partial<TrainerOptions> = {}): Promise<number[]> {
  const trainer = await Trainer.create(graph, { ...options, ...more, pool })
  const found = [(await trainer.step(feeds)).loss, (await trainer.step(regressionFeeds(5))).loss]
  found.push(Number((await trainer.run(feeds, ['loss']))['loss']?.data[0]))
  await trainer.close()
  return found
}

describe('TrainingPool', () => {
  it('has trainers of like graphs share what is made, with the results of each by itself', async () => {
    const { runtime, count } = countingRuntime()
    const pool = new TrainingPool()
    onTestFinished(() => pool.close())
    const first = await losses(regressionNetwork(), pool, { runtime })
    const made = count.loaded
    expect(await losses(others, pool, { runtime })).toEqual(await losses(others))
    expect(await losses(regressionNetwork(), pool, { runtime })).toEqual(first)
    expect(count.loaded).toBe(made)
    await pool.close()
    expect(count.released).toBe(count.loaded)
  })

  it('makes others for other frozen weights, losses and parameters', async () => {
    const { runtime, count } = countingRuntime()
    const pool = new TrainingPool()
    onTestFinished(() => pool.close())
    await losses(regressionNetwork(), pool, { runtime })
    for (const [graph, more] of [
      [withWeight('w2', zeros('float32', [5, 2])), {}],
      [regressionNetwork(), { groups: [{ names: ['w1'], learningRate: 0.05 }] }],
      [regressionNetwork(), { threads: 2 }],
    ] as const) {
      const made = count.loaded
      expect(await losses(graph, pool, { runtime, ...more })).toEqual(await losses(graph, undefined, more))
      expect(count.loaded).toBeGreaterThan(made)
    }
  })

  it('takes large frozen weights for the same where they are the same numbers in memory', async () => {
    const { runtime, count } = countingRuntime()
    const pool = new TrainingPool()
    onTestFinished(() => pool.close())
    const wide = (weight: Tensor): Graph => {
      const graph = withWeight('large', weight)
      const node = {
        name: 'wide',
        opType: 'ReduceMean',
        domain: '',
        inputs: ['large'],
        outputs: ['wide'],
        attributes: { keepdims: { kind: 'int', value: 0 } },
      } as const
      const moved = graph.nodes.map((one) => (one.name === 'prediction' ? { ...one, outputs: ['narrow'] } : one))
      const sum = {
        ...node,
        name: 'sum',
        opType: 'Add',
        inputs: ['narrow', 'wide'],
        outputs: ['prediction'],
        attributes: {},
      }
      return graph.with({ nodes: [node, ...moved.flatMap((one) => (one.name === 'prediction' ? [one, sum] : [one]))] })
    }
    const large = randomTensor([100, 100])
    await losses(wide(large), pool, { runtime })
    const made = count.loaded
    await losses(wide(large), pool, { runtime })
    expect(count.loaded).toBe(made)
    const changed = float32(
      [100, 100],
      (large.data as Float32Array).map((value) => value + 1),
    )
    expect(await losses(wide(changed), pool, { runtime })).toEqual(await losses(wide(changed)))
    expect(count.loaded).toBeGreaterThan(made)
  })

  it('leaves a closed trainer closed', async () => {
    await using pool = new TrainingPool()
    const trainer = await Trainer.create(regressionNetwork(), { ...options, pool })
    await trainer.close()
    expect(await errorOf(() => trainer.step(feeds))).toMatch(/^ClosedError: /)
    expect(await errorOf(() => trainer.run(feeds, ['loss']))).toMatch(/^ClosedError: /)
  })
})
