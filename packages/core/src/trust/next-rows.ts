import { type Matrix, rowOf } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'
import { directionsOf } from '../head/directions.js'

/** Among so many times as many of the least certain inputs those are chosen that lie apart; at most among this share of all. */
const among = { times: 10, share: 0.5 }

/**
 * How certain answers are, `[n]`: the probability of the likeliest class less that of the second (the margin); of several labels that of
 * the label that is nearest to a coin's; of numbers, of which nothing is said, the familiarity.
 */
export function certaintyOf(kind: Kind, results: Matrix, familiarity: ArrayLike<number>): Float32Array {
  if (kind === 'regression') return Float32Array.from(familiarity)
  return Float32Array.from({ length: results.rows }, (_, index) => {
    const row = rowOf(results, index)
    if (kind === 'multi-label') return row.reduce((least, p) => Math.min(least, Math.abs(2 * p - 1)), 1)
    let [first, second] = [0, 0]
    for (const p of row) {
      if (p > first) [first, second] = [p, first]
      else if (p > second) second = p
    }
    return first - second
  })
}

/**
 * The rows to label next: of the least certain ones those that are farthest apart, each the farthest from all that were chosen before
 * and that are known (Sener and Savarese, "Active Learning for Convolutional Neural Networks: A Core-Set Approach", 2018, algorithm 1).
 * @param features `[n, featureSize]`
 * @param known Of examples that have labels, `[m, featureSize]`. Default: none.
 */
export function nextRows(features: Matrix, certainty: Float32Array, count: number, known?: Matrix): number[] {
  const origin = new Float64Array(features.columns)
  const directions = directionsOf(features, origin)
  const pool = [...certainty.keys()]
    .sort((a, b) => (certainty[a] as number) - (certainty[b] as number) || a - b)
    .slice(0, Math.max(count, Math.min(among.times * count, Math.ceil(among.share * certainty.length))))
  /** Largest cosine with what was chosen or is known. */
  const near = new Float64Array(features.rows).fill(-1)
  const add = (other: Float32Array): void => {
    for (const row of pool) {
      const own = rowOf(directions, row)
      let cosine = 0
      for (let i = 0; i < own.length; i++) cosine += (own[i] as number) * (other[i] as number)
      near[row] = Math.max(near[row] as number, cosine)
    }
  }
  if (known) {
    const others = directionsOf(known, origin)
    for (let row = 0; row < others.rows; row++) add(rowOf(others, row))
  }
  const chosen: number[] = []
  const left = new Set(pool)
  while (chosen.length < count && left.size > 0) {
    let best: number | undefined
    // The least certain one is the first where nothing is known yet.
    for (const row of left) if (best === undefined || (near[row] as number) < (near[best] as number)) best = row
    chosen.push(best as number)
    left.delete(best as number)
    add(rowOf(directions, best as number))
  }
  return chosen
}
