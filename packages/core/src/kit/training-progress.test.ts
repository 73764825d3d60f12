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

it('a run that ends early makes no leap: what is left is gone through faster', () => {
  const follow = trainingProgress(true)
  looks.forEach(follow)
  /** Of ten epochs that were foreseen, held-out examples end each run after three; the last one has as many. */
  const lengths = [3, 3, 3]
  const shares = lengths.flatMap((epochs, index) =>
    Array.from({ length: epochs }, (_, epoch) => {
      const place = { run: index + 1, runs: 3, epochs: index === 2 ? 3 : 10 }
      return follow({ type: 'step', ...place, step: epoch + 1, steps: place.epochs, loss: 1 })
    }),
  )
  const moves = shares.map((share, index) => share - (shares[index - 1] ?? 0.1))
  expect(Math.max(...moves)).toBeLessThan(0.15)
  // As soon as one run has shown how long they are, each epoch is as much as any other.
  const later = moves.slice(3)
  expect(Math.max(...later) - Math.min(...later)).toBeLessThan(1e-9)
  expect(shares.at(-1)).toBeCloseTo(1)
})

it('a tuning that is resumed in the midst makes no leap either', () => {
  const follow = trainingProgress(true)
  const place = { runs: 3, epochs: 4, steps: 4, loss: 1 }
  const steps = [
    [2, 3],
    [2, 4],
    [3, 1],
  ] as const
  const shares = steps.map(([run, step]) => follow({ type: 'step', ...place, run, step }))
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
  expect(shares[0]).toBeLessThan(0.2)
  expect(shares.at(-1)).toBeLessThan(0.6)
})
