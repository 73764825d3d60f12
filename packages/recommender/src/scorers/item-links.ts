import { historyWeights, type Scorer } from '../contract/scorer.js'
import { numberIn, type ScorerState, sparseArrays, sparseIn, textIn } from '../contract/scorer-state.js'
import { addRow, type SparseRows } from '../math/sparse-rows.js'

/**
 * The sum over the history's items of the links that go out from them, each times what the item counts.
 * @param links [items, items]: row i has what i says of others.
 * @param decay What the item before the last counts, beside the last one's 1, and so on.
 */
export function itemLinks(name: string, links: SparseRows, decay: number): Scorer {
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
    state: () => ({
      kind: 'item-links',
      config: { name, decay, columnCount: links.columnCount },
      arrays: sparseArrays(links),
    }),
  }
}

export function loadItemLinks(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  return itemLinks(textIn(state, 'name'), sparseIn(state, items, items), numberIn(state, 'decay'))
}
