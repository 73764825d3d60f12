/** Accuracies of one method at one number of examples per class, one for each seed. */
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
 * In words, what the frozen backbone is worth against no transfer. The same seed means the same training examples, so
 * differences are taken seed by seed and their 95 % interval is Student's t for paired samples.
 */
export function verdictOf(cells: readonly VerdictCell[]): string {
  const sentences = cells
    .filter(({ method }) => method === 'frozen')
    .flatMap((frozen) => {
      const none = cells.find(({ method, shots }) => method === 'no-transfer' && shots === frozen.shots)
      return none ? [sentence(frozen.shots, frozen.accuracies.map((value, seed) => value - (none.accuracies[seed] ?? value)))] : []
    })
  return sentences.length > 0 ? sentences.join(' ') : 'Only one method was measured: there is nothing to compare.'
}

function sentence(shots: number, differences: readonly number[]): string {
  const n = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / n
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(n - 1, 1)
  const margin = n > 1 ? (t975[n - 2] ?? 1.96) * Math.sqrt(variance / n) : Number.POSITIVE_INFINITY
  const points = `${mean < 0 ? '-' : '+'}${(100 * Math.abs(mean)).toFixed(1)}`
  const range = Number.isFinite(margin) ? ` (± ${(100 * margin).toFixed(1)})` : ' (one seed: no interval)'
  const effect = Math.abs(mean) <= margin ? 'made no certain difference' : mean > 0 ? 'helped' : 'hurt'
  return `With ${shots} examples per class transfer ${effect}: ${points} points of accuracy${range}.`
}
