import type { Histories } from '../shop/histories.js'
import { usuallyLongest } from '../shop/interactions.js'
import { itemLinks, linksIn } from './item-links.js'
import { knnSimilarities, updatedSimilarities } from './knn-similarities.js'
import type { SparseRows } from '../math/sparse-rows.js'
import type { Scorer } from '../contract/scorer.js'
import { numberIn, type ScorerState, textIn } from '../contract/scorer-state.js'

/** Options of `itemKnn`. */
export interface ItemKnnOptions {
  /** Items that each item counts as its like. Default: 100. */
  readonly neighbors?: number | undefined
  /** Added to the denominator of the cosine: how many common users it takes to be believed. Default: 10. */
  readonly shrinkage?: number | undefined
  /**
   * What the item before the last counts, beside the last one's 1, the one before it the square, and so on: an order-based
   * form of the decay of Ding and Li ("Time weight collaborative filtering", 2005). Default: 1, all alike.
   */
  readonly decay?: number | undefined
  /** Of each user so many of the latest items are learned from: the work is the square of it. Default: 2000. */
  readonly longestHistory?: number | undefined
}

/**
 * Item-based neighborhoods (Sarwar et al., "Item-based collaborative filtering recommendation algorithms", 2001): the
 * score of item j is the sum over the history's items i of
 *
 *     s(i, j) = |users of i and j| / (√(|users of i| |users of j|) + shrinkage)
 *
 * (with weights, `Histories.weights`, Σ w(u, i) w(u, j) over the users of both, and Σ w(u, i)² for |users of i|)
 * for those i that are among the most similar ones of j (cosine with shrinkage and neighborhoods as in Ferrari Dacrema et
 * al., "Are we really making much progress?", 2019).
 */
export function itemKnn(
  train: Histories,
  { neighbors = 100, shrinkage = 10, decay = 1, longestHistory = usuallyLongest }: ItemKnnOptions = {},
): Scorer {
  const name = decay === 1 ? 'item-knn' : 'recency-weighted item-knn'
  const links = knnSimilarities(train.latest(longestHistory), neighbors, shrinkage)
  // Of histories that were cut for it, it cannot know what would be cut next.
  return longestHistory === Infinity ? knn(name, links, decay, neighbors, shrinkage) : itemLinks(name, links, decay)
}

function knn(name: string, links: SparseRows, decay: number, neighbors: number, shrinkage: number): Scorer {
  return itemLinks(name, links, decay, {
    config: { neighbors, shrinkage },
    update: (growth) =>
      knn(name, updatedSimilarities(links, growth, neighbors, shrinkage), decay, neighbors, shrinkage),
  })
}

/** Neighborhoods, or other links between items. */
export function loadKnn(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  const [name, links, decay] = [textIn(state, 'name'), linksIn(state, items), numberIn(state, 'decay')]
  return state.config['neighbors'] === undefined
    ? itemLinks(name, links, decay)
    : knn(name, links, decay, numberIn(state, 'neighbors'), numberIn(state, 'shrinkage'))
}
