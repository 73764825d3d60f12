import { describe, expect, it } from 'vitest'
import { reliabilityOf, wilson } from './reliability.js'

describe('reliabilityOf', () => {
  it('says that it is too sure of itself', () => {
    const { bins, verdict } = reliabilityOf({ said: [0.95], right: [0.7], count: [50], error: 0.25 })
    expect(bins).toHaveLength(1)
    expect(verdict).toBe('It is too sure of itself: on average it is right 25 % less often than it says.')
  })

  it('says that it is too modest, and that its word can be taken', () => {
    expect(reliabilityOf({ said: [0.5], right: [0.7], count: [100], error: 0.2 }).verdict).toContain('too modest')
    const few = reliabilityOf({ said: [0.5], right: [0.7], count: [10], error: 0.2 })
    expect(few.verdict).toContain('as far as 10 answers can tell')
    expect(reliabilityOf({ said: [0.8], right: [0.81], count: [99], error: 0.01 }).verdict).toContain(
      'You can take its word',
    )
    const odd = reliabilityOf({ said: [0.8, 0.99], right: [0.25, 1], count: [8, 200], error: 0.03 })
    expect(odd.verdict).toContain('of 8 answers that it is about 80 % sure of, 25 % are right')
    expect(reliabilityOf({ said: [], right: [], count: [], error: 0 }).verdict).toBe('Nothing has been measured yet.')
  })
})

describe('wilson', () => {
  it("is R's prop.test(8, 10, correct = FALSE)", () => {
    const [low, high] = wilson(8, 10)
    expect(low).toBeCloseTo(0.4901625, 6)
    expect(high).toBeCloseTo(0.9433178, 6)
    expect(wilson(0, 0)).toEqual([0, 1])
  })
})
