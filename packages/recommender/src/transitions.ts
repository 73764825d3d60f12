import type { Histories } from './histories.js'
import { historyWeights, type Scorer } from './scorer.js'
import { addRow, sparseRows } from './sparse-rows.js'

/** Options of `transitions`. */
export interface TransitionsOptions {
  /** How many places apart two items may stand to count as following each other. Default: 10. */
  readonly reach?: number | undefined
  /** What the item before the last counts, beside the last one's 1, and so on. Default: 0.5. */
  readonly decay?: number | undefined
  /** Added to how often an item was followed by any: few observations are believed less. Default: 5. */
  readonly shrinkage?: number | undefined
}

/**
 * What users took soon after an item (sequential rules: Ludewig and Jannach, "Evaluation of session-based recommendation
 * algorithms", 2018, section 3.1). The score of j after i is
 *
 *     Σ 1/d over the times j came d places after i  /  (Σ 1/d over all that came after i + shrinkage)
 *
 * summed over the history's latest items with a decay. With `reach` 1 and `decay` 0 it is a first-order Markov chain.
 */
export function transitions(train: Histories, { reach = 10, decay = 0.5, shrinkage = 5 }: TransitionsOptions = {}): Scorer {
  const followers = Array.from({ length: train.itemCount }, () => new Map<number, number>())
  for (let user = 0; user < train.length; user++) {
    const { items } = train.at(user)
    for (let place = 1; place < items.length; place++) {
      const item = items[place] as number
      for (let distance = 1; distance <= Math.min(reach, place); distance++) {
        const counts = followers[items[place - distance] as number] as Map<number, number>
        counts.set(item, (counts.get(item) ?? 0) + 1 / distance)
      }
    }
  }
  const lines = followers.map((counts) => {
    const total = [...counts.values()].reduce((sum, count) => sum + count, shrinkage)
    return { columns: [...counts.keys()], values: Array.from(counts.values(), (count) => count / total) }
  })
  const rules = sparseRows(train.itemCount, lines)
  return {
    name: 'item transitions',
    score(history) {
      const scores = new Float32Array(train.itemCount)
      const weights = historyWeights(history, decay)
      history.items.forEach((item, place) => {
        const weight = weights[place] as number
        // Further back nothing is left of it.
        if (weight > 1e-6) addRow(scores, rules, item, weight)
      })
      return scores
    },
  }
}
