import { describe, expect, it } from 'vitest'
import { confusionTable } from './confusion.js'

describe('confusionTable', () => {
  const table = confusionTable({
    run: 'r',
    labels: ['cat', 'dog'],
    cells: [
      { given: 'cat', predicted: 'cat', ids: ['1', '2', '3'] },
      { given: 'cat', predicted: 'dog', ids: ['4'] },
      { given: 'dog', predicted: 'dog', ids: ['5'] },
    ],
  })

  it('has a cell for each pair, with its examples, its share and a sentence', () => {
    expect(table.rows.map((row) => row.map(({ ids }) => ids.length))).toEqual([
      [3, 1],
      [0, 1],
    ])
    expect(table.rows[0]?.[1]).toMatchObject({
      ids: ['4'],
      share: 0.25,
      right: false,
      says: '1 of 4 of cat taken for dog',
    })
    expect(table.rows[1]?.[0]).toMatchObject({ ids: [], share: 0 })
  })

  it('says how many are right, and what is taken for what', () => {
    expect(table.says).toBe('4 of 5 held-out examples were answered rightly.')
    expect(table.mistakes.map(({ says }) => says)).toEqual(['1 of 4 of cat taken for dog'])
  })

  it('shows of a hundred labels those that are confused', () => {
    const labels = Array.from({ length: 100 }, (_, place) => `label ${place}`)
    const cells = [{ given: 'label 98', predicted: 'label 50', ids: ['1'] }]
    const large = confusionTable({ run: 'r', labels, cells })
    expect(large.labels).toHaveLength(16)
    expect(large.labels).toContain('label 98')
    expect(large.labels).toContain('label 50')
    expect(large.left).toBe(84)
  })
})
