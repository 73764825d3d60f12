import { describe, expect, it } from 'vitest'
import { dataset } from '../data/dataset.js'
import { planTuning } from './tuning-plan.js'

describe('planTuning', () => {
  it.each([
    ['few examples', 100, 1, 'each once'],
    ['many examples', 500, 1, 'a fifth'],
    // Such as pictures with changed copies of each.
    ['many examples that are few groups', 500, 5, 'each once'],
  ])('of %s (%i, groups of %i) holds out %s', (_, count, perGroup, held) => {
    const examples = Array.from({ length: count }, (_, row) => {
      const group = Math.floor(row / perGroup)
      return { input: `${row}`, label: group % 2 ? 'odd' : 'even', group: `${group}` }
    })
    const { folds } = planTuning({}, dataset(examples), 1)
    const rows = folds.flat()
    expect(new Set(rows).size).toBe(rows.length)
    expect(rows).toHaveLength(held === 'each once' ? count : count / 5)
    expect(folds.length > 1).toBe(held === 'each once')
  })
})
