import { expect, it } from 'vitest'
import type { TrainEvent } from '../contract/progress.js'
import { trainingProgress } from './training-progress.js'

const looks: readonly TrainEvent[] = [
  { type: 'features', done: 0, total: 10, cached: 0 },
  { type: 'features', done: 10, total: 10, cached: 0 },
  { type: 'cross-validation', done: 5, total: 5 },
  { type: 'head', loss: 1, iterations: 3, l2: 0.1 },
]
/** Two runs of two epochs, and a last one that is shorter; between them features are computed again. */
const tunes = [2, 2, 1].flatMap((epochs, index): TrainEvent[] => {
  const place = { run: index + 1, runs: 3, epochs }
  return Array.from({ length: epochs }, (_, epoch): TrainEvent[] => [
    { type: 'step', ...place, step: 2 * epoch + 1, steps: 2 * epochs, loss: 1 },
    { type: 'step', ...place, step: 2 * epoch + 2, steps: 2 * epochs, loss: 1 },
    { type: 'epoch', ...place, epoch: epoch + 1, loss: 1, learningRate: 1, validationLoss: 1, validationScore: 1 },
    { type: 'features', done: 1, total: 10, cached: 0 },
  ]).flat()
})

it.each([true, false])('a training never goes back when its tuning begins, foreseen or not (%s)', (foreseen) => {
  const shares = [...looks, ...tunes].map(trainingProgress(foreseen))
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares[0]).toBe(0)
  expect(shares.at(-1)).toBeCloseTo(1)
})

it('of a tuning that is to come, looking at the examples is a small part', () => {
  const tuned = trainingProgress(true)
  expect(looks.map(tuned).at(-1)).toBeCloseTo(0.1)
  expect(looks.map(trainingProgress(false)).at(-1)).toBeCloseTo(0.9)
})
