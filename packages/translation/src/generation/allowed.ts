import type { SpecialTokens } from '../contract.js'

/** What every translation of a run has to keep to. */
export interface Limits {
  readonly special: SpecialTokens
  /** Most tokens, the end counted. */
  readonly maxLength: number
  /** No sequence of so many tokens occurs twice; 0: none is forbidden. */
  readonly noRepeatNgram: number
  /** Above 1 makes less likely what was said before; 1: nothing. */
  readonly repetitionPenalty: number
}

/**
 * Makes less likely what was said before, and impossible what may not follow, in the order and by the rules of Transformers.js.
 * @param scores Logits of one row, changed.
 * @param ids Tokens so far, without what the decoder starts with.
 */
export function onlyAllowed(scores: Float32Array, ids: readonly number[], limits: Limits): void {
  const { special, maxLength, noRepeatNgram } = limits
  penalize(scores, ids, limits)
  if (ids.length === 0 && special.forcedStart !== undefined) return only(scores, special.forcedStart)
  if (ids.length + 1 >= maxLength) return only(scores, special.eos)
  for (const id of special.suppressed) scores[id] = -Infinity
  for (const id of repeating(ids, noRepeatNgram)) scores[id] = -Infinity
}

function only(scores: Float32Array, id: number): void {
  scores.fill(-Infinity)
  scores[id] = 0
}

/** Of each token so far, once (Keskar et al., "CTRL", 2019, section 4.1, as Hugging Face does it: also for scores below 0). */
function penalize(
  scores: Float32Array,
  ids: readonly number[],
  { special, repetitionPenalty }: Pick<Limits, 'special' | 'repetitionPenalty'>,
): void {
  if (repetitionPenalty === 1) return
  for (const id of new Set([special.decoderStart, ...ids])) {
    const score = scores[id] as number
    scores[id] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty
  }
}

/** What would make the last `size` tokens a sequence that was there before (Paulus, Xiong and Socher, 2017, section 2.5). */
function repeating(ids: readonly number[], size: number): number[] {
  if (size === 0 || ids.length + 1 < size) return []
  const last = ids.slice(ids.length - size + 1)
  const found: number[] = []
  for (let start = 0; start + size <= ids.length; start++) {
    if (last.every((id, place) => ids[start + place] === id)) found.push(ids[start + size - 1] as number)
  }
  return found
}
