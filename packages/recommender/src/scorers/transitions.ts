import type { Growth } from '../contract/growth.js'
import type { Histories } from '../shop/histories.js'
import { userItems } from '../shop/user-items.js'
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
  const followers = followersIn(train, transposed(userItems(train)), reach)
  const linesOf = function* (): Generator<SparseRow> {
    for (let item = 0; item < train.itemCount; item++) yield followers(item)
  }
  return sparseRows(train.itemCount, linesOf())
}

/** Items of which others follow than did before a shop grew, each with what follows it now; of histories without repeats. */
export function updatedFollowers({ now, takers, users }: Growth, reach: number): ReadonlyMap<number, SparseRow> {
  const changed = new Set<number>()
  for (const { before, now: history } of users) {
    const [had, has] = [before?.items ?? new Int32Array(), history?.items ?? new Int32Array()]
    const same = had.findIndex((item, place) => item !== has[place])
    const from = Math.max(0, (same === -1 ? had.length : same) - reach)
    for (const items of [had, has]) for (const item of items.subarray(from)) changed.add(item)
  }
  const followers = followersIn(now, takers, reach)
  return new Map(Array.from(changed, (item) => [item, followers(item)]))
}

/** @param takers [items, users]; of who took an item twice, twice. */
function followersIn(
  { itemCount, items, starts }: Histories,
  takers: SparseRows,
  reach: number,
): (item: number) => SparseRow {
  const counts = new Float64Array(itemCount)
  return (item) => {
    const met: number[] = []
    let last = -1
    for (let k = takers.starts[item] as number; k < (takers.starts[item + 1] as number); k++) {
      const user = takers.columns[k] as number
      if (user === last) continue
      last = user
      const end = starts[user + 1] as number
      for (let place = starts[user] as number; place < end; place++) {
        if (items[place] !== item) continue
        for (let next = place + 1; next < Math.min(end, place + 1 + reach); next++) {
          const follower = items[next] as number
          if (counts[follower] === 0) met.push(follower)
          counts[follower] = (counts[follower] as number) + 1 / (next - place)
        }
      }
    }
    const values = met.map((follower) => counts[follower] as number)
    for (const follower of met) counts[follower] = 0
    return { columns: met, values }
  }
}
