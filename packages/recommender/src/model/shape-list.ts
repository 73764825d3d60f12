import { OptionError } from '@headstart/core/load'
import type { Item } from '../shop/catalog.js'

/** A line of a list, such as `RecommenderModel.recommend` gives. */
export interface ListLine {
  readonly item: Item
  readonly score: number
}

/**
 * A list in another order: to the score of each item is added what the shop wants of it, in standard deviations of the list's scores.
 * With 1 an item in the middle of the list comes to stand near its top. Ask for a longer list than is shown, so that there is
 * something to bring up.
 * @param by How much an item is brought up; below 0, down.
 * @throws OptionError for what is no finite number.
 */
export function boosted<Line extends ListLine>(list: readonly Line[], by: (item: Item) => number): Line[] {
  const mean = list.reduce((sum, { score }) => sum + score, 0) / Math.max(list.length, 1)
  const variance = list.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / Math.max(list.length, 1)
  // Of a list of equal scores any boost decides.
  const unit = Math.sqrt(variance) || 1
  const raised = list.map((line) => {
    const boost = by(line.item)
    if (!Number.isFinite(boost))
      throw new OptionError('boosted', `a finite number for item ${line.item.id}`, String(boost), 'Give 0 for none.')
    return { ...line, score: line.score + unit * boost }
  })
  return raised.sort((a, b) => b.score - a.score)
}

/** How many items of a kind a list holds. */
export interface Quota {
  /** Which items it is about. */
  readonly of: (item: Item) => boolean
  /** At most so many. Default: any number. */
  readonly most?: number | undefined
  /** At least so many, where the longer list has them. Default: 0. */
  readonly least?: number | undefined
}

/**
 * The first `k` of a longer list that keep to quotas, in its order: items that would break a quota are passed over, and room is
 * held for those of which too few would come.
 * @throws OptionError where the least of the quotas are more than `k`, or more than the most.
 */
export function withQuotas<Line extends ListLine>(list: readonly Line[], k: number, quotas: readonly Quota[]): Line[] {
  const wanted = quotas.reduce((sum, { least = 0 }) => sum + least, 0)
  const isContrary = quotas.some(({ least = 0, most = Infinity }) => least > most)
  if (wanted > k || isContrary) {
    const got = isContrary ? 'a least above its most' : `${wanted} items at least`
    throw new OptionError('withQuotas', `quotas that fit into a list of ${k}`, got, 'Ask for fewer, or a longer list.')
  }
  const left = quotas.map(({ of, least = 0, most = Infinity }) => ({
    of,
    most,
    // No more than the list has.
    least: Math.min(least, list.filter(({ item }) => of(item)).length),
  }))
  const chosen = new Set<Line>()
  for (const line of list) {
    if (chosen.size === k) break
    const mine = left.filter(({ of }) => of(line.item))
    const held = left.reduce((sum, { least }) => sum + least, 0)
    const fills = mine.reduce((sum, { least }) => sum + Math.min(least, 1), 0)
    if (mine.some(({ most }) => most === 0) || (fills === 0 && held >= k - chosen.size)) continue
    for (const quota of mine) {
      quota.most--
      quota.least = Math.max(0, quota.least - 1)
    }
    chosen.add(line)
  }
  // Room was held in vain where another quota stood against what it was held for.
  for (const line of list) {
    const mine = left.filter(({ of }) => of(line.item))
    if (chosen.size === k || chosen.has(line) || mine.some(({ most }) => most === 0)) continue
    for (const quota of mine) quota.most--
    chosen.add(line)
  }
  return list.filter((line) => chosen.has(line))
}
