import { describe, expect, it } from 'vitest'
import { verdictOf } from './verdict.js'

/** A cell of each method at the same number of shots. */
const cells = (shots: number, none: number[], frozen: number[]) => [
  { method: 'no-transfer', shots, accuracies: none },
  { method: 'frozen', shots, accuracies: frozen },
]

describe('verdictOf', () => {
  it('says that transfer helped where the interval lies above zero', () => {
    // Differences .10, .12, .14: mean .12, standard error .02 / sqrt(3), times t(2) = 4.303.
    expect(verdictOf(cells(8, [0.5, 0.6, 0.7], [0.6, 0.72, 0.84]))).toBe(
      'With 8 examples per class transfer helped: +12.0 points of accuracy (± 5.0).',
    )
  })

  it('says that it hurt where the interval lies below zero', () => {
    expect(verdictOf(cells(8, [0.6, 0.72, 0.84], [0.5, 0.6, 0.7]))).toBe(
      'With 8 examples per class transfer hurt: -12.0 points of accuracy (± 5.0).',
    )
  })

  it('says that nothing is certain where the interval holds zero', () => {
    expect(verdictOf(cells(16, [0.5, 0.6], [0.6, 0.62]))).toBe(
      'With 16 examples per class transfer made no certain difference: +6.0 points of accuracy (± 50.8).',
    )
    expect(verdictOf(cells(16, [0.5, 0.6], [0.5, 0.6]))).toContain('made no certain difference: +0.0')
  })

  it('pairs the seeds: what both methods have in common does not blur the difference', () => {
    const verdict = verdictOf(cells(8, [0.2, 0.5, 0.9], [0.25, 0.55, 0.95]))
    expect(verdict).toContain('helped: +5.0 points of accuracy (± 0.0)')
  })

  it('claims nothing from one seed', () => {
    expect(verdictOf(cells(8, [0.1], [0.9]))).toBe(
      'With 8 examples per class transfer made no certain difference: +80.0 points of accuracy (one seed: no ' +
        'interval).',
    )
  })

  it('uses the normal distribution beyond 31 seeds', () => {
    const none = Array.from({ length: 100 }, (_, seed) => (seed % 2) / 10)
    const frozen = none.map(() => 0.1)
    // Standard deviation .05025 over 10, times 1.96.
    expect(verdictOf(cells(8, none, frozen))).toContain('+5.0 points of accuracy (± 1.0)')
  })

  it('has a sentence for each number of shots that both methods have', () => {
    const alone = { method: 'frozen', shots: 99, accuracies: [1] }
    const verdict = verdictOf([...cells(8, [0, 0], [1, 1]), ...cells(64, [1, 1], [0, 0]), alone])
    expect(verdict).toMatch(/^With 8 .* helped.* With 64 .* hurt[^9]*$/)
  })

  it('says what fine-tuning is worth over the frozen backbone, and when it did not help', () => {
    const three = (frozen: number[], tuned: number[]) => [
      { method: 'scratch', shots: 8, accuracies: [0.4, 0.5] },
      { method: 'frozen', shots: 8, accuracies: frozen },
      { method: 'fine-tuned', shots: 8, accuracies: tuned },
    ]
    expect(verdictOf(three([0.6, 0.7], [0.65, 0.75]))).toBe(
      'With 8 examples per class transfer helped: +20.0 points of accuracy (± 0.0). ' +
        'With 8 examples per class fine-tuning helped: +5.0 points of accuracy (± 0.0).',
    )
    expect(verdictOf(three([0.6, 0.7], [0.61, 0.69]))).toContain(
      'With 8 examples per class fine-tuning did not help here: +0.0 points of accuracy (± 12.7).',
    )
    expect(verdictOf(three([0.6, 0.7], [0.5, 0.6]))).toContain('fine-tuning hurt: -10.0 points')
  })

  it('sets the frozen backbone against the better of what knows nothing, on the draws that both have', () => {
    const none = cells(8, [0.5, 0.6, 0.5], [0.7, 0.8, 0.7])
    const scratch = (...accuracies: number[]) => ({ method: 'scratch', shots: 8, accuracies })
    expect(verdictOf([...none, scratch(0.4, 0.5)])).toBe(
      'With 8 examples per class transfer helped: +20.0 points of accuracy (± 0.0).',
    )
    expect(verdictOf([...none, scratch(0.6, 0.7)])).toBe(
      'With 8 examples per class transfer helped: +10.0 points of accuracy (± 0.0).',
    )
  })

  it('says where there is nothing to compare', () => {
    const only = 'Only one method was measured: there is nothing to compare.'
    expect(verdictOf(cells(8, [0.5], [0.6]).slice(1))).toBe(only)
    expect(verdictOf([])).toBe(only)
  })
})
