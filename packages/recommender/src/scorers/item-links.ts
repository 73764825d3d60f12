import type { JsonObject } from '@headstart/core/load'
import { historyWeights, type Scorer } from '../contract/scorer.js'
import { type ScorerState, sparseArrays, sparseIn } from '../contract/scorer-state.js'
import { addRow, type SparseRows } from '../math/sparse-rows.js'
import { linkedLists } from './linked-lists.js'

/** How links were fitted, where they can be fitted to what a shop grew by. */
export interface LinkFit extends Pick<Scorer, 'update'> {
  /** Settings that are saved. */
  readonly config?: JsonObject
}

/**
 * The sum over the history's items of the links that go out from them, each times what the item counts.
 * @param links [items, items]: row i has what i says of others.
 * @param decay What the item before the last counts, beside the last one's 1, and so on.
 */
export function itemLinks(
  name: string,
  links: SparseRows,
  decay: number,
  { config = {}, update }: LinkFit = {},
): Scorer {
  return {
    name,
    score(history) {
      const scores = new Float32Array(links.columnCount)
      const weights = historyWeights(history, decay)
      history.items.forEach((item, place) => {
        const weight = weights[place] as number
        // Further back nothing is left of it.
        if (weight > 1e-6) addRow(scores, links, item, weight)
      })
      return scores
    },
    many: linkedLists(links, decay),
    state: () => ({
      kind: 'item-links',
      config: { name, decay, columnCount: links.columnCount, ...config },
      arrays: sparseArrays(links),
    }),
    ...(update && { update }),
  }
}

/** The links in a state. @throws DataError when it has none. */
export function linksIn(state: ScorerState, items: number): SparseRows {
  return sparseIn(state, items, items)
}
