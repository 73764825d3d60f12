import { describe, expect, it } from 'vitest'
import { fitPowerLaw, scoreAt } from './power-law.js'

describe('fitPowerLaw', () => {
  it('finds the law that scores follow', () => {
    const law = { limit: 0.93, scale: 1.2, rate: 0.6 }
    const points = [10, 20, 40, 80, 160].map((examples) => ({ examples, score: scoreAt(law, examples) }))
    const fitted = fitPowerLaw(points, 1, 1e-4)
    expect(scoreAt(fitted, 320)).toBeCloseTo(scoreAt(law, 320), 2)
  })

  it('neither falls nor goes beyond what is possible', () => {
    const falling = [10, 20, 40].map((examples, i) => ({ examples, score: 0.9 - 0.01 * i }))
    const flat = fitPowerLaw(falling, 1, 0.01)
    expect(scoreAt(flat, 400)).toBeCloseTo(0.89, 6)
    const steep = [10, 20, 40].map((examples, i) => ({ examples, score: 0.5 + 0.24 * i }))
    expect(scoreAt(fitPowerLaw(steep, 1, 0.01), 1e9)).toBeLessThanOrEqual(1)
  })
})
