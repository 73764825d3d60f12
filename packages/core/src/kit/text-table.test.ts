import { describe, expect, it } from 'vitest'
import { textTable } from './text-table.js'

describe('textTable', () => {
  it('aligns the first column left, the others right, two spaces apart', () => {
    const table = textTable([
      ['class', 'recall', 'n'],
      ['a', '0.5', '10'],
      ['longest', '0.125', '7'],
    ])
    expect(table.split('\n')).toEqual(['class    recall   n', 'a           0.5  10', 'longest   0.125   7'])
  })

  it('counts characters, not code units', () => {
    expect(
      textTable([
        ['😀', 'x'],
        ['ab', 'y'],
      ]),
    ).toBe('😀   x\nab  y')
  })

  it('takes an empty table and empty cells', () => {
    expect(textTable([])).toBe('')
    expect(
      textTable([
        ['a', ''],
        ['', 'b'],
      ]),
    ).toBe('a   \n   b')
  })
})
