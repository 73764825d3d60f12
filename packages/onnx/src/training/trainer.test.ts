import { describe, expect, it, onTestFinished } from 'vitest'
import { countingRuntime } from '../../test/counting-runtime.js'
import { errorOf } from '../../test/error-of.js'
import { regressionFeeds, regressionNetwork } from '../../test/regression-network.js'
import { trainingFixture } from '../../test/training-fixture.js'
import '../test/index.js'
import { DivergedError, GradientError, TrainingOptionError, TrainingStateError } from '../errors.js'
import { GraphBuilder } from '../graph/builder.js'
import { setRuntime } from '../runtime/default-runtime.js'
import type { Runtime } from '../runtime/runtime.js'
import { Session } from '../runtime/session.js'
import { float32, type Tensor } from '../graph/tensor.js'
import { adamW } from './adam-w.js'
import { warmUpCosine } from './schedule.js'
import { sgd } from './sgd.js'
import { Trainer, type TrainerOptions } from './trainer.js'

const { losses, norms, end } = trainingFixture.network
const feeds = regressionFeeds()

/** A trainer of the fixture's network that is closed after the test. */
async function openTrainer(options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const trainer = await Trainer.create(regressionNetwork(), {
    loss: 'loss',
    groups: [
      { names: ['w1', 'b1'], learningRate: 0.05, weightDecay: 0.1 },
      { names: ['w2'], learningRate: 0.1 },
    ],
    feeds,
    schedule: warmUpCosine({ steps: 10, warmUp: 0 }),
    clipNorm: 0.5,
    threads: 1,
    ...options,
  })
  onTestFinished(() => trainer.close())
  return trainer
}

async function steps(trainer: Trainer, count: number): Promise<number[]> {
  const found: number[] = []
  for (let step = 0; step < count; step++) found.push((await trainer.step(feeds)).loss)
  return found
}

describe('Trainer', () => {
  it("takes PyTorch's way: losses, norms of the gradient, weights; biases do not decay", async () => {
    const trainer = await openTrainer()
    const results = []
    for (let step = 0; step < 10; step++) results.push(await trainer.step(feeds))
    expect(results.map(({ loss }) => loss)).toBeAllclose(losses, { rtol: 1e-4 })
    expect(results.map(({ gradientNorm }) => gradientNorm)).toBeAllclose(norms, { rtol: 1e-4 })
    for (const [name, { data }] of Object.entries(trainer.parameters())) {
      expect(data, name).toBeAllclose(end[name] ?? [], { rtol: 1e-4, atol: 1e-5 })
    }
    expect(trainer.steps).toBe(10)
  })

  it.each([
    ['adamW', adamW()],
    ['sgd', sgd({ nesterov: true })],
    ['adamW with an average', adamW(), 0.5],
  ] as const)('%s: goes on from a state with the same bits', async (_, optimizer, averaging?: number) => {
    const [whole, first, second] = [
      await openTrainer({ optimizer, averaging }),
      await openTrainer({ optimizer, averaging }),
      await openTrainer({ optimizer, averaging }),
    ]
    const expected = await steps(whole, 8)
    const before = await steps(first, 5)
    const saved = first.state()
    await steps(first, 1)
    second.restore(saved)
    expect([...before, ...(await steps(second, 3))]).toEqual(expected)
    expect(second.parameters()).toEqual(whole.parameters())
    expect(second.state()).toEqual(whole.state())
  })

  it('averages the weights over the steps, the last ones most, and uses the average when it is asked to', async () => {
    const trainer = await openTrainer({ averaging: 0.15 })
    const w2 = (all: Record<string, Tensor>): number[] => [...((all['w2'] as Tensor).data as Float32Array)]
    let expected = w2(trainer.parameters())
    for (let step = 0; step < 4; step++) {
      await trainer.step(feeds)
      const kept = Math.min(0.15, (1 + step) / (10 + step))
      const now = w2(trainer.parameters())
      expected = expected.map((average, index) => kept * average + (1 - kept) * (now[index] as number))
    }
    expect(w2(trainer.averaged())).toBeAllclose(expected, { rtol: 1e-5 })
    const last = trainer.parameters()
    expect(w2(await trainer.withAverage(async () => trainer.parameters()))).toEqual(w2(trainer.averaged()))
    expect(trainer.parameters()).toEqual(last)
    const none = await openTrainer()
    await steps(none, 1)
    expect(none.averaged()).toEqual(none.parameters())
  })

  it('takes batches of any shape, and runs forward with the weights as they are', async () => {
    const trainer = await openTrainer({ shapes: 2 })
    for (const rows of [8, 3, 5, 1, 8]) expect((await trainer.step(regressionFeeds(rows))).loss).toBeGreaterThan(0)
    const { prediction } = await trainer.run(regressionFeeds(4), ['prediction'])
    expect(prediction?.dims).toEqual([4, 2])
    const session = await Session.create(trainer.graph())
    const alone = await session.run(regressionFeeds(4))
    await session.close()
    expect(alone['prediction'] as Tensor).toBeAllclose(prediction as Tensor)
  })

  it('leaves the graph that it was given as it is', async () => {
    const graph = regressionNetwork()
    const trainer = await Trainer.create(graph, { loss: 'loss', groups: [{ names: ['w1'], learningRate: 1 }], feeds })
    onTestFinished(() => trainer.close())
    await trainer.step(feeds)
    expect(graph.initializers.get('w1')).toEqual(regressionNetwork().initializers.get('w1'))
    expect(trainer.graph().initializers.get('w1')).not.toEqual(graph.initializers.get('w1'))
    expect(trainer.graph().initializers.get('w2')).toBe(graph.initializers.get('w2'))
  })

  it('trains a group from its first step on, and not before', async () => {
    const trainer = await openTrainer({
      groups: [
        { names: ['w2'], learningRate: 0.1 },
        { names: ['w1'], learningRate: 0.1, from: 2 },
      ],
    })
    const start = trainer.parameters()['w1']
    await steps(trainer, 2)
    expect(trainer.parameters()['w1']).toEqual(start)
    expect(trainer.parameters()['w2']).not.toEqual(regressionNetwork().initializers.get('w2'))
    await steps(trainer, 1)
    expect(trainer.parameters()['w1']).not.toEqual(start)
  })

  it('puts parameters back', async () => {
    const trainer = await openTrainer()
    await steps(trainer, 2)
    const best = trainer.parameters()
    await steps(trainer, 2)
    trainer.setParameters(best)
    expect(trainer.parameters()).toEqual(best)
  })
})

describe('a loss that is not finite', () => {
  it('tells the step, changes nothing, and the training can go on', async () => {
    const trainer = await openTrainer()
    await steps(trainer, 3)
    const before = trainer.parameters()
    const spoilt = { ...feeds, x: float32([8, 3], new Float32Array(24).fill(Number.NaN)) }
    await expect(trainer.step(spoilt)).rejects.toThrow(
      'training step 3: expected a finite loss, got NaN. ' +
        'The weights are back where they gave finite numbers: lower the learning rate, or look for extreme inputs.',
    )
    // Back at the weights before, with which the step before found a finite loss.
    await trainer.step(feeds)
    for (const { data } of Object.values(trainer.parameters())) expect(data.every(Number.isFinite)).toBe(true)
    expect(trainer.steps).toBe(4)
    expect(Object.keys(before)).toEqual(['w1', 'b1', 'w2'])
  })

  it('that comes of weights that a step has spoilt, brings back those before it', async () => {
    const trainer = await openTrainer({
      optimizer: sgd(),
      groups: [{ names: ['w2'], learningRate: 1e38 }],
      clipNorm: 1e3,
    })
    const good = trainer.parameters()
    await trainer.step(feeds)
    await expect(steps(trainer, 3)).rejects.toThrow(DivergedError)
    expect(trainer.parameters()).toEqual(good)
  })
})

describe('Trainer refuses', () => {
  const group = { names: ['w1'], learningRate: 0.1 }
  it.each<[string, Partial<TrainerOptions>, string]>([
    [
      'a weight that is not there',
      { groups: [{ ...group, names: ['w9'] }] },
      'names of float32 weights of graph "regression", got "w9"',
    ],
    ['a weight in two groups', { groups: [group, group] }, 'each weight in one group, got "w1" twice'],
    ['no weights', { groups: [] }, 'at least one weight to train, got none'],
    [
      'a learning rate that is none',
      { groups: [{ ...group, learningRate: Number.NaN }] },
      'learningRate: expected a finite number',
    ],
    [
      'a negative weight decay',
      { groups: [{ ...group, weightDecay: -1 }] },
      'weightDecay: expected a finite number from 0 on, got -1',
    ],
    ['a norm of 0', { clipNorm: 0 }, 'clipNorm: expected a number above 0, got 0'],
    ['an average that stays', { averaging: 1 }, 'averaging: expected a decay from 0 to below 1, got 1'],
  ])('%s', async (_, options, message) => {
    const opening = openTrainer(options)
    await expect(opening).rejects.toThrow(TrainingOptionError)
    await expect(opening).rejects.toThrow(message)
  })

  it('a state of another training', async () => {
    const [one, other] = [await openTrainer(), await openTrainer({ groups: [group] })]
    expect(() => one.restore(other.state())).toThrow(TrainingStateError)
    expect(() => one.setParameters({})).toThrow('"w1": expected 15 numbers, got nothing')
  })

  it('what has no gradient, before the first step', async () => {
    const graph = regressionNetwork()
    const rounded = graph.with({
      nodes: graph.nodes.map((node) => (node.opType === 'Tanh' ? { ...node, opType: 'Hardmax' } : node)),
    })
    const training = Trainer.create(rounded, { loss: 'loss', groups: [group], feeds })
    await expect(training).rejects.toThrow(GradientError)
  })

  it('ends when it is closed, and keeps its weights; again, it does nothing', async () => {
    const trainer = await openTrainer()
    const before = (await steps(trainer, 1), trainer.parameters())
    await trainer.run(feeds, ['prediction'])
    await trainer.close()
    await trainer.close()
    expect(await errorOf(() => trainer.step(feeds))).toMatch(
      /^ClosedError: training of graph "regression": expected to be/,
    )
    expect(await errorOf(() => trainer.run(feeds, ['prediction']))).toMatch(
      /^ClosedError: trainer of graph "regression"/,
    )
    expect(trainer.parameters()).toEqual(before)
  })

  it('closes a session that is being made while it is closed', async () => {
    const { runtime, count } = countingRuntime()
    const trainer = await openTrainer({ runtime })
    const step = errorOf(() => trainer.step(regressionFeeds(3)))
    await trainer.close()
    expect(await step).toMatch(/^ClosedError: /)
    expect(count.released).toBe(count.loaded)
  })

  it('gives back all that was loaded, however often, and asks one runtime for everything', async () => {
    const { runtime, count } = countingRuntime()
    setRuntime({ name: 'none', devices: [], load: () => Promise.reject(new Error('not asked for')) })
    onTestFinished(() => setRuntime(undefined))
    for (let round = 0; round < 30; round++) {
      const trainer = await openTrainer({ runtime })
      await steps(trainer, 1)
      await trainer.run(feeds, ['prediction'])
      await trainer[Symbol.asyncDispose]()
    }
    expect(count.loaded).toBeGreaterThanOrEqual(60)
    expect(count.released).toBe(count.loaded)
  })

  it('refuses a training graph that gives something else than the network', async () => {
    const { runtime: inner, count } = countingRuntime()
    const load: Runtime['load'] = async (model, options) => {
      const loaded = await inner.load(model, options)
      const isTraining = loaded.outputs.some(({ name }) => name === 'w1/gradient')
      const run: typeof loaded.run = async (given, outputs) => {
        const results = await loaded.run(given, outputs)
        const { prediction } = results
        if (isTraining && prediction) (prediction.data as Float32Array)[1] = 7
        return results
      }
      return { ...loaded, run }
    }
    expect(await errorOf(() => openTrainer({ runtime: { ...inner, load } }))).toMatch(
      /^TrainingGraphError: training graph of "regression", output "prediction": expected -?[\d.]+ at element 1, as in inference, got 7\. Nothing was trained\./,
    )
    expect(count.released).toBe(count.loaded)
  })

  it('trains a network with random numbers in it, which gives other outputs each time', async () => {
    const g = new GraphBuilder('noisy')
    const noise = g.op('RandomNormal', [], { shape: [1] })
    g.output('loss', g.op('Mul', [g.op('Add', [noise, g.scalar(5)]), g.weight('w', float32([1], [1]))]), 'float32', [1])
    const groups = [{ names: ['w'], learningRate: 0.1 }]
    const trainer = await Trainer.create(g.build(), { loss: 'loss', groups, feeds: {} })
    expect((await trainer.step({})).loss).not.toBe((await trainer.step({})).loss)
    await trainer.close()
  })

  it('refuses a device that is not there', async () => {
    expect(await errorOf(() => openTrainer({ device: 'abacus' }))).toMatch(/^DeviceError: .*, got abacus\. /)
  })
})
