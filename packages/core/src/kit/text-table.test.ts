import { describe, expect, it } from 'vitest'
import { textTable } from './text-table.js'

describe('textTable', () => {
  it('aligns words left, in the last column without white space behind, numbers right', () => {
    const table = textTable([
      ['id', 'license', 'size', 'for'],
      ['small', 'MIT', '91 MB', 'sentences'],
      ['b', 'Apache-2.0', 'built in', 'all'],
    ])
    expect(table.split('\n')).toEqual([
      'id     license         size  for',
      'small  MIT            91 MB  sentences',
      'b      Apache-2.0  built in  all',
    ])
  })

  it('aligns the first column left, numbers right, two spaces apart', () => {
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
    ).toBe('a  \n   b')
  })
})
