import type { Histories } from '../shop/histories.js'
import { itemLinks } from './item-links.js'
import type { Scorer } from '../contract/scorer.js'
import { type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'

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
export function transitions(
  train: Histories,
  { reach = 10, decay = 0.5, shrinkage = 5 }: TransitionsOptions = {},
): Scorer {
  const rules = followCounts(train, reach)
  for (let item = 0; item < rules.rows; item++) {
    const counts = rules.values.subarray(rules.starts[item], rules.starts[item + 1])
    const total = counts.reduce((sum, count) => sum + count, shrinkage)
    counts.forEach((count, place) => (counts[place] = count / total))
  }
  return itemLinks('item transitions', rules, decay)
}

/** Row i: Σ 1/d over the times that each item came d places after i, d up to `reach`. Histories may have repeats. */
export function followCounts(train: Histories, reach: number): SparseRows {
  const { itemCount, items, starts } = train
  // The places in `items` at which each item stands, and where the history of each place ends.
  const places = transposed({
    rows: items.length,
    columnCount: itemCount,
    starts: Int32Array.from({ length: items.length + 1 }, (_, place) => place),
    columns: items,
    values: new Float32Array(items.length),
  })
  const ends = new Int32Array(items.length)
  for (let user = 0; user < train.length; user++) ends.fill(starts[user + 1] as number, starts[user], starts[user + 1])

  const counts = new Float64Array(itemCount)
  const linesOf = function* (): Generator<SparseRow> {
    for (let item = 0; item < itemCount; item++) {
      const met: number[] = []
      for (let k = places.starts[item] as number; k < (places.starts[item + 1] as number); k++) {
        const place = places.columns[k] as number
        const end = Math.min(ends[place] as number, place + 1 + reach)
        for (let next = place + 1; next < end; next++) {
          const follower = items[next] as number
          if (counts[follower] === 0) met.push(follower)
          counts[follower] = (counts[follower] as number) + 1 / (next - place)
        }
      }
      yield { columns: met, values: met.map((follower) => counts[follower] as number) }
      for (const follower of met) counts[follower] = 0
    }
  }
  return sparseRows(itemCount, linesOf())
}
