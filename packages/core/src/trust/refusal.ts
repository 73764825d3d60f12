import { DataError, OptionError } from '../contract/errors.js'
import { betaCdf, tQuantile } from '../kit/beta.js'
import { type Ranked, scoreOfRank } from './ranked.js'

/**
 * The share of what belongs to the task that may be refused, above 0 and below 1; with `confidence` as a guarantee: with
 * this probability over the draw of the training examples no more than that share is refused.
 */
export type Unknown = number | { readonly share: number; readonly confidence?: number | undefined }

/** What `true` asks for. */
export const usualShare = 0.05

/** The least familiarity that is not refused. */
export interface Threshold {
  readonly value: number
  /** Whether the examples are too few for ranks, so that scores are taken for normally distributed. */
  readonly rough: boolean
}

/**
 * The threshold below which the given share of what belongs lies, from the scores of n training examples that were held out.
 * The next score is as likely to fall into each of the n + 1 gaps between them, so the share α lies below rank α(n + 1), read
 * between two ranks. With fewer than 1/α - 1 examples there is no such rank: the one-sided prediction bound of the normal
 * distribution, mean - t·sd·√(1 + 1/n), takes its place, and is rough. (Plain quantiles refuse two to three times too much with few
 * examples.) With `confidence` the rank k is the highest with P(Beta(k, n + 1 - k) ≤ α) ≥ confidence (Wilks, "Determination of
 * Sample Sizes for Setting Tolerance Limits", 1941).
 *
 * @throws OptionError for a share outside its range
 * @throws DataError where there are too few examples for the guarantee
 */
export function thresholdOf(held: Ranked, unknown: Unknown): Threshold {
  const { share, confidence } = typeof unknown === 'number' ? { share: unknown, confidence: undefined } : unknown
  if (!(share > 0 && share < 1)) {
    throw new OptionError('option "unknown"', 'a share above 0 and below 1', String(share), 'Try 0.05.')
  }
  const { examples: n, scores } = held
  if (confidence !== undefined) return { value: scoreOfRank(held, guaranteedRank(n, share, confidence)), rough: false }
  const rank = share * (n + 1)
  if (rank >= 1) return { value: scoreOfRank(held, Math.min(rank, n)), rough: false }
  if (n < 2) return { value: scores[0] as number, rough: true }
  const mean = scores.reduce((sum, score) => sum + score, 0) / n
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (n - 1)
  return { value: mean + tQuantile(share, n - 1) * Math.sqrt(variance * (1 + 1 / n)), rough: true }
}

function guaranteedRank(n: number, share: number, confidence: number): number {
  if (!(confidence > 0 && confidence < 1)) {
    const got = String(confidence)
    throw new OptionError('option "unknown": confidence', 'a probability above 0 and below 1', got, 'Try 0.95.')
  }
  const holds = (rank: number): boolean => betaCdf(share, rank, n + 1 - rank) >= confidence
  if (!holds(1)) {
    const needed = Math.ceil(Math.log(1 - confidence) / Math.log(1 - share))
    throw new DataError(
      'model',
      `${needed} or more training examples, to guarantee with probability ${confidence} that no more than ${share * 100} % is refused`,
      String(n),
      'Train with more examples, ask for less certainty, or leave confidence out.',
    )
  }
  let [low, high] = [1, n]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}
