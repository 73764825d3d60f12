import { leavingOut } from '../contract/lists.js'
import { exclude } from '../contract/recommend.js'
import type { ListOptions, Recommendation, Without } from '../contract/recommendation.js'
import { insertBest } from '../contract/best-list.js'
import { historyWeights } from '../contract/scorer.js'
import type { SparseRows } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'
import type { History } from '../shop/histories.js'
import { BestLinked, type Followed } from './best-linked.js'

/** From so many on it pays to bring links into the order of their strength, which takes as much memory as they do, twice. */
const manyLists = 256

/**
 * Lists by links, for many: what a history links to is a thousandth of a large catalog, and nothing else is looked at.
 * @returns As `itemLinks` gives them one by one; undefined where nothing is linked to.
 */
export function linkedLists(
  links: SparseRows,
  decay: number,
): (histories: readonly History[], options: ListOptions, without?: Without) => (Recommendation[] | undefined)[] {
  let strongest: BestLinked | 'none' | undefined
  let asked = 0
  return (histories, options, without = []) => {
    asked += histories.length
    if (asked >= manyLists) strongest ??= BestLinked.of(links) ?? 'none'
    const met = new Met(links.columnCount)
    return histories.map((history, place) => {
      const own = without[place] ?? []
      const followed = followedOf(history, decay)
      const short = strongest instanceof BestLinked ? strongest.list(history, followed, options, own) : undefined
      if (short) return short
      gather(met, links, followed)
      const list = isSilent(met) ? undefined : best(met, history, options, own)
      forget(met)
      return list
    })
  }
}

/** The items that a history links to. */
class Met {
  /** By item: its score, and 1 where it was met. Zero between two histories. */
  readonly scores: Float32Array
  readonly isMet: Uint8Array
  /** The first `count` of these were met. */
  readonly items: Int32Array
  count = 0

  constructor(itemCount: number) {
    this.scores = new Float32Array(itemCount)
    this.isMet = new Uint8Array(itemCount)
    this.items = new Int32Array(itemCount)
  }
}

/** Further back nothing is left of an item. */
function followedOf(history: History, decay: number): Followed {
  const weights = historyWeights(history, decay)
  const counts = (_: number, place: number): boolean => (weights[place] as number) > 1e-6
  return { items: history.items.filter(counts), weights: weights.filter((weight) => weight > 1e-6) }
}

function gather(met: Met, links: SparseRows, { items, weights }: Followed): void {
  for (let place = 0; place < items.length; place++) {
    const [item, weight] = [items[place] as number, weights[place] as number]
    met.count = follow(links, item, weight, met.scores, met.isMet, met.items, met.count)
  }
}

// All as arguments: what closures and objects share the compiler does not take for constant, which costs three times the time.
function follow(
  { starts, columns, values }: SparseRows,
  item: number,
  weight: number,
  scores: Float32Array,
  isMet: Uint8Array,
  items: Int32Array,
  count: number,
): number {
  const end = starts[item + 1] as number
  for (let at = starts[item] as number; at < end; at++) {
    const other = columns[at] as number
    // Overwritten by the next one unless it is new.
    items[count] = other
    count += 1 - (isMet[other] as number)
    isMet[other] = 1
    scores[other] = (scores[other] as number) + weight * (values[at] as number)
  }
  return count
}

function forget(met: Met): void {
  for (let at = 0; at < met.count; at++) {
    const item = met.items[at] as number
    met.scores[item] = 0
    met.isMet[item] = 0
  }
  met.count = 0
}

/** Whether all items of the catalog score alike. */
function isSilent({ scores, items, count }: Met): boolean {
  const usual = count < scores.length ? 0 : scores[0]
  for (let at = 0; at < count; at++) if (scores[items[at] as number] !== usual) return false
  return true
}

function best(
  { scores, items, count }: Met,
  history: History,
  options: ListOptions,
  without: readonly number[],
): Recommendation[] {
  const { k = 10, candidates, repeats = false } = options
  const had = new Set([...(repeats ? [] : history.items), ...without])
  // Most items do not come this far: no look at what the user has, and no order among them, but for the best so far.
  const list: Recommendation[] = []
  let least = 0
  for (let at = 0; at < count; at++) {
    const item = items[at] as number
    const score = scores[item] as number
    if (score <= 0 || score < least || candidates?.[item] === 0 || had.has(item)) continue
    insertBest(list, { item, score }, k)
    least = list[k - 1]?.score ?? 0
  }
  if (list.length === k) return list
  // It is filled up with what is not linked to.
  const all = scores.slice()
  exclude(all, history, leavingOut(options, without, all.length))
  return largest(all, k).map((item) => ({ item, score: all[item] as number }))
}
