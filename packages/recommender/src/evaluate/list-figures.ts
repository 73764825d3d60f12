import type { SparseRows } from '../math/sparse-rows.js'

/** What lists are like, whatever users make of them. */
export interface ListFigures {
  /**
   * Mean self-information of what is recommended, -log2 of an item's share of all interactions, each item with one more: the
   * rarer, the larger (Vargas and Castells, "Rank and relevance in novelty and diversity metrics for recommender systems", 2011).
   */
  readonly novelty: number
  /**
   * How unlike each other the items of a list are: mean of 1 - cosine over the pairs of a list, of their texts (intra-list
   * similarity of Ziegler et al., "Improving recommendation lists through topic diversification", 2005); null without texts, and where no
   * list has two items.
   */
  readonly diversity: number | null
  /**
   * Gini index of how often each item of the catalog is recommended: 0 where all are alike often, near 1 where a few have all lists
   * (Shani and Gunawardana, "Evaluating recommendation systems", 2011).
   */
  readonly gini: number
}

/**
 * @param lists Numbers of items.
 * @param takers How many took each item, [items].
 * @param texts Of all items, rows of length 1 or 0.
 */
export function listFigures(
  lists: readonly (readonly number[])[],
  takers: Float64Array,
  texts?: SparseRows,
): ListFigures {
  const total = takers.reduce((sum, count) => sum + count + 1, 0)
  const all = lists.flat()
  const surprise = (item: number): number => -Math.log2(((takers[item] as number) + 1) / total)
  return {
    novelty: all.reduce((sum, item) => sum + surprise(item), 0) / Math.max(all.length, 1),
    diversity: texts ? diversityOf(lists, texts) : null,
    gini: giniOf(all, takers.length),
  }
}

function diversityOf(lists: readonly (readonly number[])[], texts: SparseRows): number | null {
  const several = lists.filter((list) => list.length > 1)
  if (several.length === 0) return null
  const row = new Map<number, number>()
  const each = several.map((list) => {
    // The sum over all pairs, from the square of the sum of the rows.
    row.clear()
    let squares = 0
    for (const item of list) {
      for (let k = texts.starts[item] as number; k < (texts.starts[item + 1] as number); k++) {
        const [term, value] = [texts.columns[k] as number, texts.values[k] as number]
        row.set(term, (row.get(term) ?? 0) + value)
        squares += value * value
      }
    }
    const square = [...row.values()].reduce((sum, value) => sum + value * value, 0)
    return 1 - (square - squares) / (list.length * (list.length - 1))
  })
  return each.reduce((sum, one) => sum + one, 0) / each.length
}

function giniOf(items: readonly number[], itemCount: number): number {
  if (items.length === 0 || itemCount < 2) return 0
  const counts = new Float64Array(itemCount)
  for (const item of items) counts[item] = (counts[item] as number) + 1
  counts.sort()
  const weighted = counts.reduce((sum, count, place) => sum + (2 * (place + 1) - itemCount - 1) * count, 0)
  return weighted / (itemCount * items.length)
}
