import { leavingOut } from '../contract/lists.js'
import { exclude } from '../contract/recommend.js'
import type { ListOptions, Recommendation, Without } from '../contract/recommendation.js'
import { historyWeights } from '../contract/scorer.js'
import type { SparseRows } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'
import type { History } from '../shop/histories.js'

/**
 * Lists by links, for many: what a history links to is a thousandth of a large catalog, and nothing else is looked at.
 * @returns As `itemLinks` gives them one by one; undefined where nothing is linked to.
 */
export function linkedLists(
  links: SparseRows,
  decay: number,
): (histories: readonly History[], options: ListOptions, without?: Without) => (Recommendation[] | undefined)[] {
  return (histories, options, without = []) => {
    const scores = new Float32Array(links.columnCount)
    const met = new Uint8Array(links.columnCount)
    return histories.map((history, place) => listOf(history, options, without[place] ?? [], links, decay, scores, met))
  }
}

/** @param scores Zero before and after, as is `met`. */
function listOf(
  history: History,
  options: ListOptions,
  without: readonly number[],
  links: SparseRows,
  decay: number,
  scores: Float32Array,
  met: Uint8Array,
): Recommendation[] | undefined {
  const items: number[] = []
  const weights = historyWeights(history, decay)
  history.items.forEach((item, place) => {
    const weight = weights[place] as number
    if (weight <= 1e-6) return
    const end = links.starts[item + 1] as number
    for (let at = links.starts[item] as number; at < end; at++) {
      const other = links.columns[at] as number
      if (met[other] === 0) {
        items.push(other)
        met[other] = 1
      }
      scores[other] = (scores[other] as number) + weight * (links.values[at] as number)
    }
  })
  const list = isSilent(items, scores) ? undefined : best(items, history, options, without, scores)
  for (const item of items) {
    scores[item] = 0
    met[item] = 0
  }
  return list
}

/** Whether all items of the catalog score alike. */
function isSilent(items: readonly number[], scores: Float32Array): boolean {
  const usual = items.length < scores.length ? 0 : scores[0]
  return items.every((item) => scores[item] === usual)
}

function best(
  items: readonly number[],
  history: History,
  options: ListOptions,
  without: readonly number[],
  scores: Float32Array,
): Recommendation[] {
  const { k = 10, candidates, repeats = false } = options
  const had = new Set([...(repeats ? [] : history.items), ...without])
  // Most items do not come this far: no look at what the user has, and no order among them, but for the best so far.
  const list: Recommendation[] = []
  let least = 0
  for (const item of items) {
    const score = scores[item] as number
    if (score <= 0 || score < least || candidates?.[item] === 0 || had.has(item)) continue
    const line = { item, score }
    let place = list.length
    while (place > 0 && isBefore(line, list[place - 1] as Recommendation)) place--
    if (place === k) continue
    list.splice(place, 0, line)
    if (list.length > k) list.pop()
    if (list.length === k) least = (list[k - 1] as Recommendation).score
  }
  if (list.length === k) return list
  // It is filled up with what is not linked to.
  const all = scores.slice()
  exclude(all, history, leavingOut(options, without, all.length))
  return largest(all, k).map((item) => ({ item, score: all[item] as number }))
}

/** Of equal scores the first of the catalog. */
function isBefore(a: Recommendation, b: Recommendation): boolean {
  return a.score > b.score || (a.score === b.score && a.item < b.item)
}
