/** Accuracies of one method at one number of examples per class, one for each seed from 0 on. */
export interface VerdictCell {
  readonly method: string
  readonly shots: number
  readonly accuracies: readonly number[]
}

/** Two-sided 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the normal's. */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/**
 * In words, what the frozen backbone is worth against the better of what knows nothing, and what tuning it is worth besides. The same seed means the
 * same training examples, so differences are taken seed by seed and their 95 % interval is Student's t for paired samples.
 */
export function verdictOf(cells: readonly VerdictCell[]): string {
  const sentences = [...new Set(cells.map(({ shots }) => shots))].flatMap((shots) => {
    const accuracies = (method: string): readonly number[] | undefined =>
      cells.find((cell) => cell.shots === shots && cell.method === method)?.accuracies
    const frozen = accuracies('frozen')
    return [
      ...sentence('transfer', shots, frozen, better(accuracies('no-transfer'), accuracies('scratch'))),
      ...sentence('fine-tuning', shots, accuracies('fine-tuned'), frozen),
    ]
  })
  return sentences.length > 0 ? sentences.join(' ') : 'Only one method was measured: there is nothing to compare.'
}

/** The accuracies with the higher mean on the draws that both have, where there are two. */
function better(a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined {
  if (!a || !b) return a ?? b
  const lead = a.slice(0, b.length).reduce((sum, value, seed) => sum + value - (b[seed] ?? value), 0)
  return lead >= 0 ? a : b
}

/** What one method is worth against another; nothing where one of them was not measured. */
function sentence(
  what: 'transfer' | 'fine-tuning',
  shots: number,
  accuracies: readonly number[] | undefined,
  others: readonly number[] | undefined,
): string[] {
  if (!accuracies || !others) return []
  const n = Math.min(accuracies.length, others.length)
  const differences = accuracies.slice(0, n).map((value, seed) => value - (others[seed] as number))
  const mean = differences.reduce((sum, value) => sum + value, 0) / n
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(n - 1, 1)
  const margin = n > 1 ? (t975[n - 2] ?? 1.96) * Math.sqrt(variance / n) : Number.POSITIVE_INFINITY
  const points = `${mean < 0 ? '-' : '+'}${(100 * Math.abs(mean)).toFixed(1)}`
  const range = Number.isFinite(margin) ? ` (± ${(100 * margin).toFixed(1)})` : ' (one seed: no interval)'
  const isCertain = Math.abs(mean) > margin
  const effect = isCertain
    ? mean > 0
      ? 'helped'
      : 'hurt'
    : what === 'transfer'
      ? 'made no certain difference'
      : 'did not help here'
  return [`With ${shots} examples per class ${what} ${effect}: ${points} points of accuracy${range}.`]
}
