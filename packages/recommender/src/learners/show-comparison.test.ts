import type { Comparison, ComparisonRow, Difference } from '@headstart/core'
import { pairedDifference } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { showComparison } from './show-comparison.js'

const what = 'The last item of each user'

interface Row {
  readonly learner: string
  readonly ndcgs: readonly number[]
  /** What it reached on validation data; null for what does not compete. */
  readonly validation?: number | null
  readonly adds?: Readonly<Record<string, Row>>
}

/** What `compare` makes of these. */
function comparisonOf(...rows: readonly Row[]): Comparison {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  return {
    readable: [],
    rows: rows.map(({ learner, ndcgs, validation = 0 }): ComparisonRow => ({
      learner,
      row: what,
      columns: {},
      draws: 1,
      test: { mean: mean(ndcgs), sd: 0 },
      spreads: {},
      figures: { 'hr@10': 0.5, 'coverage@10': 1, 'coldNdcg@10': null, 'validationNdcg@10': validation },
      seconds: 1,
    })),
    differences: rows.flatMap(({ learner, ndcgs, adds = {} }) =>
      Object.entries(adds).map(([added, to]): Difference => ({
        row: what,
        what: added,
        learner,
        to: to.learner,
        ...pairedDifference(ndcgs.map((value, user) => [value, to.ndcgs[user] as number])),
      })),
    ),
  }
}

const verdict = (...rows: readonly Row[]): unknown => showComparison(comparisonOf(...rows)).json['verdict']

const popular = { learner: 'popularity', ndcgs: [0.1, 0.1, 0.1, 0.1], validation: 0.1 }
const ease = { learner: 'ease', ndcgs: [0.2, 0.3, 0.2, 0.3], validation: 0.3, adds: { personalization: popular } }
const untrained = { learner: 'untrained', ndcgs: [0.2, 0.3, 0.2, 0.3], validation: null }

describe('the verdict', () => {
  it('says what to use, and how much better than the simplest it is', () => {
    expect(verdict(popular, ease)).toBe(
      'Use ease here, which validation picks: NDCG@10 0.2500, +0.1500 (± 0.0919) beside popularity.',
    )
    expect(verdict(popular)).toBe('Use popularity here, which validation picks: NDCG@10 0.1000.')
  })

  it('chooses by validation alone, of equal ones the first, and never what others are measured against', () => {
    const lucky = { ...ease, learner: 'lucky', ndcgs: [1, 1, 1, 1], validation: 0.3 }
    expect(showComparison(comparisonOf(untrained, popular, ease, lucky)).json['chosen']).toBe('ease')
  })

  it.each([
    [[0.4, 0.5, 0.4, 0.6], 'Pre-training helped: frozen 0.4750 beside untrained 0.2500, +0.2250 (± 0.0795).'],
    [
      [0.1, 0.4, 0.2, 0.3],
      'Pre-training made no certain difference: frozen 0.2500 beside untrained 0.2500, +0.0000 (± 0.1299).',
    ],
    [[0, 0, 0, 0], 'Pre-training hurt: frozen 0.0000 beside untrained 0.2500, -0.2500 (± 0.0919).'],
  ])('says whether pre-training helped: %j', (ndcgs, sentence) => {
    expect(verdict(popular, untrained, { learner: 'frozen', ndcgs, adds: { 'pre-training': untrained } })).toContain(
      sentence,
    )
  })

  it('says whether fine-tuning helped, beside frozen', () => {
    const frozen = { learner: 'frozen', ndcgs: [0.2, 0.2, 0.2, 0.2] }
    const tuned = { learner: 'fine-tuned', ndcgs: [0.3, 0.4, 0.3, 0.4], adds: { 'fine-tuning': frozen } }
    expect(verdict(popular, frozen, tuned)).toContain('Fine-tuning helped: fine-tuned 0.3500 beside frozen 0.2000')
    const one = { learner: 'frozen', ndcgs: [0.2] }
    expect(verdict(one, { ...tuned, ndcgs: [0.3], adds: { 'fine-tuning': one } })).toContain('(one user: no interval)')
  })
})
