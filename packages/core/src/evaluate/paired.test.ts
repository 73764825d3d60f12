import { describe, expect, it } from 'vitest'
import { effectOf, pairedDifference } from './paired.js'

describe('pairedDifference', () => {
  it('is the mean with the interval of paired samples', () => {
    // Differences .10, .12, .14: mean .12, standard error .02 / sqrt(3), times t(2) = 4.303.
    const { mean, margin, pairs } = pairedDifference([
      [0.6, 0.5],
      [0.72, 0.6],
      [0.84, 0.7],
    ])
    expect([mean, margin, pairs]).toEqual([
      expect.closeTo(0.12, 12),
      expect.closeTo((4.303 * 0.02) / Math.sqrt(3), 9),
      3,
    ])
  })

  it('is not blurred by what both have in common', () => {
    const { margin } = pairedDifference([0.2, 0.5, 0.9].map((value) => [value + 0.05, value]))
    expect(margin).toBeCloseTo(0, 12)
  })

  it('claims nothing from one pair', () => {
    expect(pairedDifference([[0.9, 0.1]])).toEqual({ mean: 0.8, margin: Number.POSITIVE_INFINITY, pairs: 1 })
  })

  it('goes by the normal distribution beyond 31 pairs', () => {
    // Standard deviation .05025 over 10, times 1.96.
    const { margin } = pairedDifference(Array.from({ length: 100 }, (_, draw) => [0.1, (draw % 2) / 10] as const))
    expect(margin).toBeCloseTo(0.00985, 5)
  })
})

describe('effectOf', () => {
  it.each([
    [0.12, 0.05, 'helped'],
    [-0.12, 0.05, 'hurt'],
    [0.06, 0.5, 'made no certain difference'],
    [0, 0, 'made no certain difference'],
    [0.8, Number.POSITIVE_INFINITY, 'made no certain difference'],
  ])('of %d ± %d: %s', (mean, margin, said) => {
    expect(effectOf({ mean, margin })).toBe(said)
  })
})
