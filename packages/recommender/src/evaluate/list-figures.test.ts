import { describe, expect, it } from 'vitest'
import { sparseRows } from '../math/sparse-rows.js'
import { listFigures } from './list-figures.js'

/** Texts of four items: the first two of one term, the third half of it, the fourth without any. */
const texts = sparseRows(2, [
  { columns: [0], values: [1] },
  { columns: [0], values: [1] },
  { columns: [0, 1], values: [0.6, 0.8] },
  { columns: [], values: [] },
])
const takers = Float64Array.of(3, 1, 0, 0)

describe('figures of lists', () => {
  it('are what one computes by hand', () => {
    const { novelty, diversity, gini } = listFigures(
      [
        [0, 1],
        [0, 2],
      ],
      takers,
      texts,
    )
    // Shares with one more for each: 4/8, 2/8, 1/8, 1/8, in bits 1, 2, 3, 3.
    expect(novelty).toBeCloseTo((1 + 2 + 1 + 3) / 4)
    expect(diversity).toBeCloseTo((0 + 0.4) / 2)
    // Recommended 2, 1, 1 and 0 times: the mean difference of all pairs, by twice the mean.
    const counts = [2, 1, 1, 0]
    const differences = counts.flatMap((a) => counts.map((b) => Math.abs(a - b)))
    expect(gini).toBeCloseTo(differences.reduce((sum, one) => sum + one, 0) / (2 * 16 * 1))
  })

  it('are at their ends where all lists are alike, and where each item is in as many', () => {
    expect(listFigures([[0], [0]], takers).gini).toBeCloseTo(0.75)
    expect(
      listFigures(
        [
          [0, 1],
          [2, 3],
        ],
        takers,
      ).gini,
    ).toBe(0)
    expect(listFigures([[0]], takers, texts).diversity).toBeNull()
    expect(listFigures([], takers, texts)).toEqual({ novelty: 0, diversity: null, gini: 0 })
  })
})
