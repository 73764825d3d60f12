import { describe, expect, it } from 'vitest'
import { chooseEpoch } from './choose-epoch.js'
import type { Matrix } from '../contract/matrix.js'
import type { TuningData } from './tuning-objective.js'

const matrix = (...rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: 2,
  data: Float32Array.from(rows.flat()),
})
/** Ten examples of two classes in turn. */
const examples = Array.from({ length: 10 }, (_, row) => row)
const data = {
  kind: 'classification',
  targets: matrix(...examples.map((row) => (row % 2 ? [0, 1] : [1, 0]))),
  weights: new Float64Array(10).fill(1),
} as unknown as TuningData
/** Answers of which so many are right, and as sure as that is often; beyond four of five, quite sure. */
const right = (rows: readonly number[], count: number): Matrix =>
  matrix(
    ...rows.map((row, place) => {
      const p = Math.min(count / 5, 0.95)
      return (row % 2 === 1) === place % 5 < count ? [1 - p, p] : [p, 1 - p]
    }),
  )
const folds = [
  [0, 1, 2, 3, 4],
  [5, 6, 7, 8, 9],
] as const
/** Three epochs, each assessed. */
const plan = { folds, epochs: 3, assessEvery: 1 }
/** The runs of both folds, by how many of five they answer right after each epoch. */
const runs = (...counts: readonly (readonly number[])[]) =>
  counts.map((own, fold) => own.map((count) => right(folds[fold] ?? [], count)))

describe('chooseEpoch', () => {
  it('takes the epoch with the least mean loss over all folds', () => {
    const choice = chooseEpoch(data, plan, runs([3, 4, 4], [3, 3, 5]))
    expect(choice.epoch).toBe(2)
    expect(choice.rows).toEqual(folds.flat())
    expect(choice.results.rows).toBe(10)
    expect(choice.frozenLoss).toBeCloseTo(-0.6 * Math.log(0.6) - 0.4 * Math.log(0.4), 2)
    expect(choice.tunedLoss).toBeLessThan(choice.frozenLoss)
  })

  it('takes none where the frozen backbone is not beaten', () => {
    expect(chooseEpoch(data, plan, runs([4, 3], [4, 4])).epoch).toBe(0)
    expect(chooseEpoch(data, plan, runs([4, 4], [4, 4])).epoch).toBe(0)
  })

  it('takes the last epoch that is not clearly worse than the best', () => {
    // After the first epoch two answers are a little better and one a little worse, which may be luck.
    const lucky = right(folds[0], 4)
    lucky.data.set([0.72, 0.28, 0.15, 0.85, 0.85, 0.15])
    const runsOf = (...counts: number[]) => [
      [right(folds[0], 3), lucky, right(folds[0], 4)],
      counts.map((count) => right(folds[1], count)),
    ]
    expect(chooseEpoch(data, plan, runsOf(3, 4, 4)).epoch).toBe(2)
    expect(chooseEpoch(data, plan, runsOf(3, 5, 2)).epoch).toBe(1)
  })

  it('takes the best epoch of a single run, whose weights are kept', () => {
    const better = right(examples, 4)
    better.data.set([0.81, 0.19])
    expect(
      chooseEpoch(data, { ...plan, folds: [examples] }, [[right(examples, 3), better, right(examples, 4)]]).epoch,
    ).toBe(1)
  })

  it('counts a run that ended early with its last answers', () => {
    // Fold 1 has nothing better after its first epoch; fold 2 goes on to its third.
    expect(chooseEpoch(data, plan, runs([3, 4], [3, 3, 3, 5])).epoch).toBe(3)
  })

  it('counts epochs between assessments; the last one may come sooner', () => {
    const rare = { folds, epochs: 7, assessEvery: 3 }
    expect(chooseEpoch(data, rare, runs([3, 5, 3, 3], [3, 5, 3, 3])).epoch).toBe(3)
    expect(chooseEpoch(data, rare, runs([3, 3, 3, 5], [3, 3, 3, 5])).epoch).toBe(7)
  })

  it('counts examples by their weights', () => {
    const weights = Float64Array.from(examples, (row) => (row < 5 ? 100 : 1))
    expect(chooseEpoch({ ...data, weights }, plan, runs([3, 5, 3], [3, 3, 5])).epoch).toBe(1)
  })

  it('tells how sure the answers should have been', () => {
    // Quite sure, and three of five are right.
    const sure = folds.map((rows) => [
      right(rows, 3),
      matrix(...rows.map((row, place) => ((row % 2 === 1) === place % 5 < 4 ? [0.02, 0.98] : [0.98, 0.02]))),
    ])
    const { epoch, inverseTemperature } = chooseEpoch(data, plan, sure)
    expect(epoch).toBe(1)
    expect(inverseTemperature).toBeLessThan(0.6)
  })
})
