import type { Limits } from '../../api/types.js'
import { percent } from './words.js'

/** What a bound costs. */
export interface Cost {
  /** Shares of all held-out examples; together they are 1. */
  readonly shares: { readonly right: number; readonly wrong: number; readonly refused: number }
  readonly says: string
}

/** Only answers that are at least so sure are given: what is lost, and what is won. */
export function costOfConfidence({ threshold, refused, risk }: Limits['confidence'], least: number): Cost {
  const place = placeOf(threshold, least)
  const [kept, wrong] = [1 - (refused[place] ?? 0), risk[place] ?? 0]
  const shares = { right: kept * (1 - wrong), wrong: kept * wrong, refused: 1 - kept }
  if (kept === 0) return { shares, says: 'Nothing is sure enough: it answers nothing at all.' }
  const others =
    kept === 1 ? 'It answers everything' : `It answers ${percent(kept)} and leaves ${percent(1 - kept)} to you`
  return { shares, says: `${others}; of its answers ${percent(1 - wrong)} are right.` }
}

/** What is less familiar than that is not answered. Null where a model does not know its limits. */
export function costOfUnknown(familiarity: NonNullable<Limits['familiarity']>, least: number): string {
  const place = placeOf(familiarity.threshold, least)
  const [refused, saved] = [familiarity.refused[place] ?? 0, familiarity.errorsSaved[place] ?? 0]
  return refused === 0
    ? 'It answers whatever it is shown, however strange.'
    : `It says "I don't know" to ${percent(refused)} of what it should know; that spares ${percent(saved)} of its mistakes.`
}

/** Of two classes: how many of one are found, and how many of the found are right. */
export function costOfDetection(detection: NonNullable<Limits['detection']>, least: number): string {
  const place = placeOf(detection.threshold, least)
  const [found, right] = [detection.recall[place] ?? 0, detection.precision[place] ?? null]
  return right === null
    ? `It never says ${detection.label}.`
    : `It finds ${percent(found)} of what is ${detection.label}; when it says so, ${percent(right)} are.`
}

/** The last place whose threshold is at most a value, thresholds ascending; the first where all are larger. */
export function placeOf(thresholds: readonly number[], value: number): number {
  let place = 0
  while (place + 1 < thresholds.length && (thresholds[place + 1] as number) <= value + 1e-9) place++
  return place
}
