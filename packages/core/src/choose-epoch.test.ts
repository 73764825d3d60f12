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
    expect(choice.results).toEqual(matrix(...[...right(folds[0], 0.7).data, ...right(folds[1], 0.9).data].reduce<number[][]>((rows, value, i) => (i % 2 ? [...rows.slice(0, -1), [...(rows.at(-1) ?? []), value]] : [...rows, [value]]), [])))
  })

  it('takes none where the frozen backbone is not beaten', () => {
    expect(chooseEpoch(data, folds, runs([0.7, 0.6], [0.7, 0.7])).epoch).toBe(0)
    expect(chooseEpoch(data, folds, runs([0.7, 0.7], [0.7, 0.7])).epoch).toBe(0)
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
