import { describe, expect, it } from 'vitest'
import { DataError, OptionError } from '../contract/errors.js'
import { random } from '../kit/random.js'
import { ranked } from './ranked.js'
import { thresholdOf } from './refusal.js'

/** Share of what belongs that is refused, on average over many draws of so many examples. */
function refusedShare(examples: number, share: number, draw: (normal: () => number) => number): number {
  const { normal } = random(1)
  let refused = 0
  for (let time = 0; time < 400; time++) {
    const { value } = thresholdOf(ranked(Array.from({ length: examples }, () => draw(normal))), share)
    for (let next = 0; next < 100; next++) if (draw(normal) < value) refused++
  }
  return refused / 40_000
}

describe('thresholdOf', () => {
  it.each([8, 16, 40, 200])('refuses as large a share of what belongs as is asked, with %d examples', (examples) => {
    expect(refusedShare(examples, 0.05, (normal) => normal())).toBeCloseTo(0.05, 1.8)
  })

  it('does so whatever the scores are distributed like, where there are enough for ranks', () => {
    expect(refusedShare(60, 0.1, (normal) => Math.exp(2 * normal()))).toBeCloseTo(0.1, 1.8)
  })

  it('says that it is rough below 1/share - 1 examples', () => {
    const scores = Array.from({ length: 19 }, (_, i) => i / 19)
    expect(thresholdOf(ranked(scores), 0.05)).toEqual({ value: 0, rough: false })
    expect(thresholdOf(ranked(scores.slice(1)), 0.05).rough).toBe(true)
    expect(thresholdOf(ranked([0.7]), 0.05)).toEqual({ value: 0.7, rough: true })
  })

  it('guarantees with a probability that no more than the share is refused, and says how many examples that needs', () => {
    const scores = Array.from({ length: 200 }, (_, i) => i)
    // Of 200 scores below a share of 0.05 lie fewer than 5 with probability 0.0264, fewer than 6 with 0.0623 (binomial).
    expect(thresholdOf(ranked(scores), { share: 0.05, confidence: 0.95 }).value).toBe(4)
    const few = ranked(scores.slice(0, 58))
    expect(() => thresholdOf(few, { share: 0.05, confidence: 0.95 })).toThrow(DataError)
    expect(() => thresholdOf(few, { share: 0.05, confidence: 0.95 })).toThrow(
      /expected 59 or more training examples.*got 58/,
    )
    expect(thresholdOf(ranked(scores.slice(0, 59)), { share: 0.05, confidence: 0.95 }).value).toBe(0)
  })

  it.each([0, 1, -0.1, Number.NaN])('refuses the share %d', (share) => {
    expect(() => thresholdOf(ranked([1, 2]), share)).toThrow(OptionError)
  })

  it('reads the same from ranks where there are too many scores to keep', () => {
    const { uniform } = random(2)
    const many = ranked(Float64Array.from({ length: 20_000 }, uniform))
    expect(many.scores).toHaveLength(1000)
    expect(thresholdOf(many, 0.05).value).toBeCloseTo(0.05, 2)
  })
})
