import { OptionError } from '@headstart/core/load'
import { constantScores, loadConstantScores } from './constant-scores.js'
import type { Histories } from '../shop/histories.js'
import type { Scorer } from '../contract/scorer.js'

/** Options of `popularity`. */
export interface PopularityOptions {
  /**
   * Time after which an interaction counts half, in the unit of the times (seconds where they are real). Default: never.
   * An interaction of age a counts 2^(-a / halfLife) (as the "popular recently" of Ji et al., "A Re-visit of the
   * Popularity Baseline in Recommender Systems", 2020).
   */
  readonly halfLife?: number | undefined
}

/** How many users took each item: the same list for everybody, and the sensible one for who has no history. */
export function popularity(train: Histories, { halfLife = Infinity }: PopularityOptions = {}): Scorer {
  if (!(halfLife > 0))
    throw new OptionError('popularity', 'a half-life above 0', `${halfLife}`, 'Leave it out to count all alike.')
  const isLasting = halfLife === Infinity
  const counts = isLasting ? train.popularity() : recentCounts(train, halfLife)
  return growing(constantScores(isLasting ? 'popularity' : 'recent popularity', Float32Array.from(counts)), {
    halfLife,
  })
}

function recentCounts({ times, items, itemCount }: Histories, halfLife: number): Float64Array {
  const now = times.reduce((latest, time) => Math.max(latest, time), -Infinity)
  const counts = new Float64Array(itemCount)
  items.forEach((item, place) => {
    counts[item] = (counts[item] as number) + 2 ** (((times[place] as number) - now) / halfLife)
  })
  return counts
}

function growing(scorer: Scorer, options: PopularityOptions): Scorer {
  return { ...scorer, update: ({ now }) => popularity(now, options) }
}

/** Popularity, or other scores that are the same for everybody. */
export function loadPopularity(...args: Parameters<typeof loadConstantScores>): Scorer {
  const scorer = loadConstantScores(...args)
  return scorer.name === 'popularity' ? growing(scorer, {}) : scorer
}
