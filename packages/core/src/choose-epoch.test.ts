import { describe, expect, it } from 'vitest'
import { chooseEpoch } from './choose-epoch.js'
import type { Matrix } from './matrix.js'
import type { TuningData } from './tuning-objective.js'

const matrix = (...rows: number[][]): Matrix =>
  ({ rows: rows.length, columns: 2, data: Float32Array.from(rows.flat()) })
/** Ten examples of two classes in turn. */
const examples = Array.from({ length: 10 }, (_, row) => row)
const data = {
  task: 'classification',
  targets: matrix(...examples.map((row) => (row % 2 ? [0, 1] : [1, 0]))),
  weights: new Float64Array(10).fill(1),
} as unknown as TuningData
/** Answers that give the right class of some rows the probability p. */
const right = (rows: readonly number[], p: number): Matrix => matrix(...rows.map((row) => (row % 2 ? [1 - p, p] : [p, 1 - p])))
const folds = [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]] as const
const runs = (...ps: readonly (readonly number[])[]) => ps.map((own, fold) => own.map((p) => right(folds[fold] ?? [], p)))

describe('chooseEpoch', () => {
  it('takes the epoch with the least mean loss over all folds', () => {
    const choice = chooseEpoch(data, folds, runs([0.5, 0.8, 0.7], [0.5, 0.6, 0.9]))
    expect(choice).toMatchObject({ epoch: 2, rows: folds.flat(), frozenLoss: expect.closeTo(Math.log(2), 5) })
    expect(choice.tunedLoss).toBeCloseTo(-(Math.log(0.7) + Math.log(0.9)) / 2, 5)
    expect(choice.results).toEqual(matrix(...[...right(folds[0], 0.7).data, ...right(folds[1], 0.9).data].flatMap((_, i, all) => (i % 2 ? [] : [all.slice(i, i + 2)]))))
  })

  it('takes none where the frozen backbone is not beaten', () => {
    expect(chooseEpoch(data, folds, runs([0.7, 0.6], [0.7, 0.7])).epoch).toBe(0)
    expect(chooseEpoch(data, folds, runs([0.7, 0.7], [0.7, 0.7])).epoch).toBe(0)
  })

  it('takes the last epoch that is not clearly worse than the best', () => {
    // After the first epoch one of ten examples is answered better and one worse, which may be luck; or five are better.
    const lucky = matrix(...[[1, 0], [0.25, 0.75], [0.8, 0.2], [0.2, 0.8], [0.8, 0.2]])
    const runsOf = (second: readonly Matrix[]) => [[right(folds[0], 0.5), lucky, right(folds[0], 0.8)], second]
    expect(chooseEpoch(data, folds, runsOf([0.5, 0.8, 0.8].map((p) => right(folds[1], p)))).epoch).toBe(2)
    expect(chooseEpoch(data, folds, runsOf([0.5, 0.9, 0.8].map((p) => right(folds[1], p)))).epoch).toBe(1)
  })

  it('takes the best epoch of a single run, whose weights are kept', () => {
    const run = [0.5, 0.801, 0.8].map((p) => right(examples, p))
    expect(chooseEpoch(data, [examples], [run]).epoch).toBe(1)
  })

  it('counts a run that ended early with its last answers', () => {
    // Fold 1 has nothing better after its first epoch; fold 2 goes on to its third.
    expect(chooseEpoch(data, folds, runs([0.5, 0.8], [0.5, 0.5, 0.6, 0.9])).epoch).toBe(3)
  })

  it('counts examples by their weights', () => {
    const weights = Float64Array.from(examples, (row) => (row < 5 ? 100 : 1))
    expect(chooseEpoch({ ...data, weights }, folds, runs([0.5, 0.8, 0.7], [0.5, 0.6, 0.9])).epoch).toBe(1)
  })
})
