import { describe, expect, it } from 'vitest'
import { dataset } from './dataset.js'
import { planTuning } from './tuning-plan.js'

describe('planTuning', () => {
  it.each([
    ['few examples', 100, 1, 4],
    ['many examples', 500, 1, 1],
    // Such as pictures with changed copies of each.
    ['many examples that are few groups', 500, 5, 4],
  ])('of %s has so many runs with a part held out', (_, count, perGroup, runs) => {
    const examples = Array.from({ length: count }, (_, row) => {
      const group = Math.floor(row / perGroup)
      return { input: `${row}`, label: group % 2 ? 'odd' : 'even', group: `${group}` }
    })
    const { folds } = planTuning({ unfreeze: 1 }, dataset(examples), 3)
    expect(folds).toHaveLength(runs)
    const rows = folds.flat()
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows).toHaveLength(runs === 1 ? count / 5 : count)
  })
})
