import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { coalesce } from './coalesce.js'

describe('together', () => {
  it('answers what is asked in one turn by one call, in order', async () => {
    const calls: number[][] = []
    const double = coalesce(async (numbers: readonly number[]) => {
      calls.push([...numbers])
      return numbers.map((x) => 2 * x)
    })
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6])
    const fourth = double(4)
    await setImmediate()
    expect(await Promise.all([fourth, double(5)])).toEqual([8, 10])
    expect(calls).toEqual([[1, 2, 3], [4], [5]])
  })

  it('hands a failure to all that asked, and answers after that', async () => {
    let working = false
    const ask = coalesce(async (questions: readonly string[]) => {
      if (!working) throw new Error('not today')
      return questions
    })
    const outcomes = await Promise.allSettled([ask('a'), ask('b')])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    working = true
    expect(await ask('c')).toBe('c')
  })
})
