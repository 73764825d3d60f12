import type { History } from '../shop/histories.js'
import type { Growth } from './growth.js'
import type { ItemVectors } from './item-vectors.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'
import type { ScorerState } from './scorer-state.js'

/**
 * One piece of features, and a recommender by itself: what it was fitted on does not change, whatever history it is asked
 * about. So new interactions count at once, and a user never seen before is like any other.
 */
export interface Scorer {
  /** The name of the method in the literature. */
  readonly name: string
  /**
   * Scores of all items, [items of the catalog]; higher is better, and the caller may change them. What the user has
   * already is scored like anything else. Never NaN.
   */
  score(history: History): Float32Array
  /** Where scores are products of vectors: these. */
  readonly vectors?: ItemVectors | undefined
  /** See `Recommender.many`. */
  many?(
    histories: readonly History[],
    options: ListOptions,
    without?: Without,
  ): (readonly Recommendation[] | undefined)[]
  /** What it was fitted to, as data from which `scorerOf` makes it again. Without it the scorer cannot be saved. */
  state?(): ScorerState
  /**
   * What fitting again gives, in less time, when a shop grew. Default: what came since is not known until it is fitted again
   * (`updated`).
   */
  update?(growth: Growth): Scorer
}

/** How much each item of a history counts, [items of the history]. */
export function historyWeights({ items }: History, decay: number, last = items.length): Float64Array {
  const weights = new Float64Array(items.length)
  for (let age = 0; age < Math.min(last, items.length); age++) weights[items.length - 1 - age] = decay ** age
  return weights
}
