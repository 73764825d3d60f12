/** So many order statistics are kept of more scores. */
const kept = 1000

/** Scores of held-out examples in ascending order: what a threshold is read from. */
export interface Ranked {
  /** How many examples there were. */
  readonly examples: number
  /** Their scores, ascending: all of them, of more than 1,000 those of evenly spaced ranks, the first and the last among them. */
  readonly scores: readonly number[]
}

/** Ranks scores, to seven significant digits: what float32 has. */
export function ranked(scores: ArrayLike<number>): Ranked {
  const sorted = Float64Array.from(scores).sort()
  const n = sorted.length
  const places = n <= kept ? [...sorted.keys()] : Array.from({ length: kept }, (_, i) => (i * (n - 1)) / (kept - 1))
  return { examples: n, scores: places.map((place) => Number(between(sorted, place).toPrecision(7))) }
}

/** The score of a rank from 1 to the number of examples, linear between two of them. */
export function scoreOfRank({ examples, scores }: Ranked, rank: number): number {
  const place = examples === 1 ? 0 : ((rank - 1) * (scores.length - 1)) / (examples - 1)
  return between(scores, place)
}

function between(sorted: ArrayLike<number>, place: number): number {
  const low = sorted[Math.floor(place)] as number
  const high = sorted[Math.ceil(place)] as number
  return low + (place - Math.floor(place)) * (high - low)
}
