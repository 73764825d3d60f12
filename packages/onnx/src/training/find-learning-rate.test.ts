import { describe, expect, it, onTestFinished } from 'vitest'
import { regressionFeeds, regressionNetwork } from '../../test/regression-network.js'
import { TrainingOptionError } from '../errors.js'
import { findLearningRate } from './find-learning-rate.js'
import { Trainer } from './trainer.js'

async function openTrainer(learningRate = 1e-2): Promise<Trainer> {
  const groups = [{ names: ['w1', 'b1', 'w2'], learningRate }]
  const trainer = await Trainer.create(regressionNetwork(), {
    loss: 'loss',
    groups,
    feeds: regressionFeeds(),
    threads: 1,
  })
  onTestFinished(() => trainer.close())
  return trainer
}
const batches = [regressionFeeds(8), regressionFeeds(5)]

describe('findLearningRate', () => {
  it('suggests a rate at which the loss falls, and leaves the trainer as it was', async () => {
    const trainer = await openTrainer()
    await trainer.step(regressionFeeds())
    const before = trainer.state()
    const { factors, losses, suggestion } = await findLearningRate(trainer, batches, { to: 1e5 })
    expect(trainer.state()).toEqual(before)
    expect(factors.length).toBe(losses.length)
    expect(factors[0]).toBeCloseTo(1e-4, 9)
    // It ended early, since the loss exploded.
    expect(factors.length).toBeLessThan(100)
    const { loss: start } = await trainer.step(regressionFeeds(), suggestion)
    for (let step = 0; step < 20; step++) await trainer.step(regressionFeeds(), suggestion)
    expect((await trainer.step(regressionFeeds(), suggestion)).loss).toBeLessThan(start / 2)
  })

  it('ends where the loss is no number any more', async () => {
    const trainer = await openTrainer(1e30)
    const before = trainer.parameters()
    const { losses } = await findLearningRate(trainer, batches, { from: 1e-33, to: 1e8 })
    expect(losses.every(Number.isFinite)).toBe(true)
    expect(trainer.parameters()).toEqual(before)
  })

  it('stops when its signal aborts, and puts the weights back', async () => {
    const trainer = await openTrainer()
    const before = trainer.state()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(findLearningRate(trainer, batches, { signal })).rejects.toThrow('enough')
    expect(trainer.state()).toEqual(before)
  })

  it.each([{ from: 0 }, { from: 10, to: 1 }, { steps: 1 }, { to: Infinity }])('refuses %o', async (options) => {
    await expect(findLearningRate(await openTrainer(), batches, options)).rejects.toThrow(TrainingOptionError)
  })

  it('refuses to search without a batch', async () => {
    await expect(findLearningRate(await openTrainer(), [])).rejects.toThrow('expected at least one batch, got none')
  })
})
