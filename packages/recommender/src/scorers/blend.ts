import { DataError, OptionError } from '@headstart/core/load'
import type { Scorer } from '../contract/scorer.js'
import { type ScorerState, textIn } from '../contract/scorer-state.js'
import { updated } from './updated.js'

/** A scorer and what it counts. */
export type Share = readonly [scorer: Scorer, weight: number]

/**
 * A weighted sum of scorers, each standardized for the user over the catalog (mean 0, variance 1), so that the weights
 * mean the same for every history (weighted hybrid: Burke, "Hybrid recommender systems: survey and experiments", 2002). A
 * scorer that scores all items alike counts for nothing.
 * @throws OptionError without a scorer.
 */
export function blend(name: string, shares: readonly Share[]): Scorer {
  const [first, ...others] = shares
  const parts = shares.map(([scorer]) => scorer)
  if (!first) throw new OptionError('blend', 'scorers', 'none', 'Give at least one.')
  return {
    name,
    score(history) {
      const sum = standardized(first[0].score(history), first[1])
      for (const [scorer, weight] of others) {
        const more = standardized(scorer.score(history), weight)
        for (let item = 0; item < sum.length; item++) sum[item] = (sum[item] as number) + (more[item] as number)
      }
      return sum
    },
    update: (growth) =>
      blend(
        name,
        shares.map(([scorer, weight]) => [updated(scorer, growth), weight]),
      ),
    ...(parts.every((part) => part.state !== undefined) && {
      state: () => ({
        kind: 'blend',
        config: { name, weights: shares.map(([, weight]) => weight) },
        parts: parts.flatMap((part) => part.state?.() ?? []),
      }),
    }),
  }
}

/** @param parts The scorers of the state's parts. */
export function loadBlend(state: ScorerState, parts: readonly Scorer[]): Scorer {
  const weights = state.config['weights']
  if (!Array.isArray(weights) || weights.length !== parts.length) {
    throw new DataError(
      'saved scorer "blend"',
      `${parts.length} weights`,
      JSON.stringify(weights ?? null),
      'Train the model again.',
    )
  }
  return blend(
    textIn(state, 'name'),
    parts.map((part, place) => [part, Number(weights[place])]),
  )
}

/** The scores, overwritten: mean 0, standard deviation `weight`. */
export function standardized(scores: Float32Array, weight: number): Float32Array {
  let [sum, squares] = [0, 0]
  for (let item = 0; item < scores.length; item++) sum += scores[item] as number
  const mean = sum / scores.length
  for (let item = 0; item < scores.length; item++) {
    const distance = (scores[item] as number) - mean
    squares += distance * distance
  }
  const factor = squares > 0 ? weight / Math.sqrt(squares / scores.length) : 0
  for (let item = 0; item < scores.length; item++) scores[item] = ((scores[item] as number) - mean) * factor
  return scores
}
