import { describe, expect, it } from 'vitest'
import { labelMeant, numberMeant } from './label-match.js'

describe('labelMeant', () => {
  const labels = ['refund', 'Delivery', 'no refund', 'ref']
  it('takes what is spelled the same, else what begins so, else what has it in it', () => {
    expect(labelMeant('ref', labels)).toBe('ref')
    expect(labelMeant('refu', labels)).toBe('refund')
    expect(labelMeant('DEL', labels)).toBe('Delivery')
    expect(labelMeant('no', labels)).toBe('no refund')
    expect(labelMeant('fund', labels)).toBe('refund')
  })
  it('takes nothing for what is new, or empty', () => {
    expect(labelMeant('praise', labels)).toBeUndefined()
    expect(labelMeant('  ', labels)).toBeUndefined()
  })
})

it('numberMeant takes points and commas, and nothing that is no number', () => {
  expect(['3', ' 2.5 ', '2,5', '-1', '', 'x', '1,2,3', '2x'].map(numberMeant)).toEqual([
    '3',
    '2.5',
    '2.5',
    '-1',
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})
