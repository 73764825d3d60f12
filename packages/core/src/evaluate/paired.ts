/** Two-sided 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the normal's. */
const t975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
]

/** The mean of differences of pairs, and half of its 95 % interval: Student's t for paired samples. */
export interface PairedDifference {
  readonly mean: number
  /** Infinite for a single pair. */
  readonly margin: number
  readonly pairs: number
}

/**
 * How much higher the first of each pair is, on average.
 * @param pairs At least one.
 */
export function pairedDifference(pairs: readonly (readonly [number, number])[]): PairedDifference {
  const differences = pairs.map(([a, b]) => a - b)
  const n = differences.length
  const mean = differences.reduce((sum, value) => sum + value, 0) / n
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(n - 1, 1)
  const margin = n > 1 ? (t975[n - 2] ?? 1.96) * Math.sqrt(variance / n) : Number.POSITIVE_INFINITY
  return { mean, margin, pairs: n }
}

/** A difference in one word, for a sentence: whether what was added helped for certain. */
export function effectOf({ mean, margin }: Pick<PairedDifference, 'mean' | 'margin'>): string {
  if (Math.abs(mean) > margin) return mean > 0 ? 'helped' : 'hurt'
  return 'made no certain difference'
}
