/** A token that may follow, and its log-probability. */
export interface Candidate {
  readonly id: number
  readonly logProbability: number
}

/**
 * The likeliest tokens, best first; impossible ones are none.
 * @param scores Logits of one row.
 * @param total `logSum` of all.
 */
export function topTokens(scores: Float32Array, count: number, total: number): Candidate[] {
  const best: number[] = []
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number
    const last = best.at(-1)
    if (score === -Infinity || (best.length === count && last !== undefined && score <= (scores[last] as number)))
      continue
    let place = best.length
    while (place > 0 && (scores[best[place - 1] as number] as number) < score) place--
    best.splice(place, 0, id)
    if (best.length > count) best.pop()
  }
  return best.map((id) => ({ id, logProbability: (scores[id] as number) - total }))
}

/** log Σ exp(scores). */
export function logSum(scores: Float32Array): number {
  let highest = -Infinity
  for (const score of scores) if (score > highest) highest = score
  let sum = 0
  for (const score of scores) sum += Math.exp(score - highest)
  return highest + Math.log(sum)
}
