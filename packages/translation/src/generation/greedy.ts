import { type Limits, onlyAllowed } from './allowed.js'
import type { Decoding } from './decoding.js'

/**
 * The likeliest token each time.
 * @param count Sources of the decoding, a row each.
 * @returns Ids of the targets, without their start and end.
 */
export async function greedy(
  decoding: Decoding,
  count: number,
  limits: Limits,
  signal?: AbortSignal,
): Promise<number[][]> {
  const targets = Array.from({ length: count }, (): number[] => [])
  let rows = targets
  let tokens = rows.map(() => limits.special.decoderStart)
  while (rows.length > 0) {
    signal?.throwIfAborted()
    const { values, vocabulary } = await decoding.step(tokens)
    const next = rows.map((ids, row) => {
      const scores = values.subarray(row * vocabulary, (row + 1) * vocabulary)
      onlyAllowed(scores, ids, limits)
      return likeliest(scores)
    })
    const going = [...rows.keys()].filter((row) => next[row] !== limits.special.eos)
    tokens = going.map((row) => next[row] as number)
    rows = going.map((row) => rows[row] as number[])
    rows.forEach((ids, row) => ids.push(tokens[row] as number))
    decoding.keep(going)
  }
  return targets
}

/** The first of the highest. */
function likeliest(scores: Float32Array): number {
  let best = 0
  for (let id = 1; id < scores.length; id++) if ((scores[id] as number) > (scores[best] as number)) best = id
  return best
}
