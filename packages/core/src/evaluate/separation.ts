/** How well scores tell what belongs from what does not. */
export interface Separation {
  /** Probability that what belongs has the higher score: the area under the curve of kept over wrongly kept. 0.5 is chance. */
  readonly auroc: number
  /** Share of what does not belong that is kept where 95 % of what belongs are. */
  readonly fpr95: number
}

/** Of scores, higher is better, of what belongs and of what is foreign; at least one each. */
export function separation(belongs: ArrayLike<number>, foreign: ArrayLike<number>): Separation {
  const inside = Float64Array.from(belongs).sort()
  const outside = Float64Array.from(foreign).sort()
  // The statistic of Mann and Whitney: equal scores count half.
  let wins = 0
  for (const score of inside) wins += (countBelow(outside, score) + countUpTo(outside, score)) / 2
  const least = inside[Math.floor(0.05 * inside.length)] as number
  return {
    auroc: wins / (inside.length * outside.length),
    fpr95: 1 - countBelow(outside, least) / outside.length,
  }
}

/** A point of the curve of risk over coverage. */
export interface RiskAtCoverage {
  /** Share of the answers that are given: those with the highest scores. */
  readonly coverage: number
  /** Share of wrong ones among them. */
  readonly risk: number
}

/**
 * How many answers are wrong when only those with the highest scores are given (El-Yaniv and Wiener, "On the Foundations of
 * Noise-free Selective Classification", 2010): at each tenth of the coverage.
 * @param wrong Whether each answer is, `[n]`.
 */
export function riskOverCoverage(scores: ArrayLike<number>, wrong: readonly boolean[]): RiskAtCoverage[] {
  const order = [...wrong.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number))
  return Array.from({ length: 10 }, (_, tenth) => {
    const given = order.slice(0, Math.max(1, Math.round(((tenth + 1) / 10) * order.length)))
    return { coverage: given.length / order.length, risk: given.filter((row) => wrong[row]).length / given.length }
  })
}

function countBelow(sorted: Float64Array, score: number): number {
  return firstPlace(sorted, (value) => value >= score)
}

function countUpTo(sorted: Float64Array, score: number): number {
  return firstPlace(sorted, (value) => value > score)
}

function firstPlace(sorted: Float64Array, isBeyond: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBeyond(sorted[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}
