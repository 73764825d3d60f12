import { describe, expect, it } from 'vitest'
import { riskOverCoverage, separation } from './separation.js'

describe('separation', () => {
  it('is the share of pairs in the right order, equal ones counting half', () => {
    expect(separation([3, 2], [1, 0])).toEqual({ auroc: 1, fpr95: 0 })
    expect(separation([0, 1], [2, 3])).toEqual({ auroc: 0, fpr95: 1 })
    expect(separation([1, 1], [1, 1]).auroc).toBe(0.5)
    // sklearn.metrics.roc_auc_score([1, 1, 1, 0, 0, 0], [0.9, 0.4, 0.35, 0.8, 0.35, 0.1])
    expect(separation([0.9, 0.4, 0.35], [0.8, 0.35, 0.1]).auroc).toBeCloseTo(6.5 / 9, 12)
  })

  it('says how much of what is foreign is kept where 95 % of what belongs are', () => {
    const belongs = Array.from({ length: 100 }, (_, i) => i)
    // 95 of 100 are at least 5.
    expect(separation(belongs, [4, 4.5, 5, 6]).fpr95).toBe(0.5)
  })
})

describe('riskOverCoverage', () => {
  it('is the share of wrong ones among the highest scores', () => {
    const scores = Array.from({ length: 20 }, (_, i) => 20 - i)
    const wrong = scores.map((_, i) => i >= 15)
    const curve = riskOverCoverage(scores, wrong)
    expect(curve).toHaveLength(10)
    expect(curve[0]).toEqual({ coverage: 0.1, risk: 0 })
    expect(curve[7]).toEqual({ coverage: 0.8, risk: 1 / 16 })
    expect(curve[9]).toEqual({ coverage: 1, risk: 0.25 })
  })
})
