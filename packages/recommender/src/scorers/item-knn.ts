import type { Histories } from '../shop/histories.js'
import { usuallyLongest } from '../shop/interactions.js'
import { itemLinks } from './item-links.js'
import type { Scorer } from '../contract/scorer.js'
import { type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'
import { userItems } from '../shop/user-items.js'

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
  return itemLinks(
    decay === 1 ? 'item-knn' : 'recency-weighted item-knn',
    knnSimilarities(train.latest(longestHistory), neighbors, shrinkage),
    decay,
  )
}

/** Row i: those items that count i among their neighbors, with their similarity. */
export function knnSimilarities(train: Histories, neighbors: number, shrinkage: number): SparseRows {
  const { itemCount, weights } = train
  const users = transposed(userItems(train))
  const counts = weights ? squaresOf(train.items, weights, itemCount) : train.popularity()
  const common = new Float64Array(itemCount)
  const linesOf = function* (): Generator<SparseRow> {
    for (let item = 0; item < itemCount; item++) {
      const met: number[] = []
      for (let k = users.starts[item] as number; k < (users.starts[item + 1] as number); k++) {
        const user = users.columns[k] as number
        const own = users.values[k] as number
        for (let place = train.starts[user] as number; place < (train.starts[user + 1] as number); place++) {
          const other = train.items[place] as number
          if (common[other] === 0 && other !== item) met.push(other)
          common[other] = (common[other] as number) + (weights ? own * (weights[place] as number) : 1)
        }
      }
      const similarities = met.map(
        (other) =>
          (common[other] as number) / (Math.sqrt((counts[item] as number) * (counts[other] as number)) + shrinkage),
      )
      for (const other of met) common[other] = 0
      common[item] = 0
      if (met.length <= neighbors) yield { columns: met, values: similarities }
      else {
        const chosen = largest(similarities, neighbors)
        yield {
          columns: chosen.map((place) => met[place] as number),
          values: chosen.map((place) => similarities[place] as number),
        }
      }
    }
  }
  return transposed(sparseRows(itemCount, linesOf()))
}

/** Σ w² of each item. */
function squaresOf(items: Int32Array, weights: Float32Array, itemCount: number): Float64Array {
  const sums = new Float64Array(itemCount)
  items.forEach((item, place) => (sums[item] = (sums[item] as number) + (weights[place] as number) ** 2))
  return sums
}
