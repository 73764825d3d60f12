import { describe, expect, it } from 'vitest'
import type { Comparison, ComparisonRow } from './compare.js'
import { formatComparison } from './format-comparison.js'

const row = (method: ComparisonRow['method'], shots: number, mean: number): ComparisonRow => ({
  method,
  shots,
  seeds: 5,
  accuracy: { mean, sd: 0.0123 },
  trainSeconds: 0.456,
})
const comparison: Comparison = {
  kind: 'classification',
  testExamples: 300,
  majorityAccuracy: 0.51,
  rows: [row('no-transfer', 8, 0.6), row('no-transfer', 16, 0.65), row('frozen', 8, 0.7), row('frozen', 16, 0.8)],
  verdict: 'Transfer helped.',
}

describe('formatComparison', () => {
  it('puts the methods at one number of examples together, and says how it was measured', () => {
    expect(formatComparison(comparison).split('\n')).toEqual([
      'examples           method       accuracy  training',
      '8 per class   no-transfer  0.600 ± 0.012    0.46 s',
      '8 per class        frozen  0.700 ± 0.012    0.46 s',
      '16 per class  no-transfer  0.650 ± 0.012    0.46 s',
      '16 per class       frozen  0.800 ± 0.012    0.46 s',
      expect.stringMatching(/5 .*300 examples not trained on.*0\.510\.$/),
      'Transfer helped.',
    ])
  })

  it('says which methods were measured on fewer draws', () => {
    const rows = [...comparison.rows, { ...row('scratch', 8, 0.5), seeds: 3 }, { ...row('scratch', 16, 0.5), seeds: 3 }]
    expect(formatComparison({ ...comparison, rows })).toContain('over 5 draws (scratch: 3), on 300 examples')
  })

  it('has a column for the unseen domain where there is one', () => {
    const rows = comparison.rows.map((one) => ({ ...one, unseenAccuracy: { mean: 0.55, sd: 0 } }))
    const lines = formatComparison({ ...comparison, rows }).split('\n')
    expect(lines[0]).toBe('examples           method       accuracy  unseen domain  training')
    expect(lines[1]).toBe('8 per class   no-transfer  0.600 ± 0.012  0.550 ± 0.000    0.46 s')
  })
})
