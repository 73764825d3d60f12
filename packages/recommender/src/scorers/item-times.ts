import { constantScores } from './constant-scores.js'
import type { Histories } from '../shop/histories.js'
import type { Scorer } from '../contract/scorer.js'

/**
 * How lately anybody took an item: minus the time from then to the last interaction of all, in the unit of the times.
 * Items that nobody took are last.
 */
export function recency(train: Histories): Scorer {
  const { last, beginning, end } = spans(train)
  const scores = last.map((time) => (time === -Infinity ? beginning : time) - end)
  return constantScores('recency', Float32Array.from(scores))
}

/**
 * How new an item is: minus the time since it was first taken, in the unit of the times. Items that nobody took yet are
 * the newest (0).
 */
export function itemAge(train: Histories): Scorer {
  const { first, end } = spans(train)
  const scores = first.map((time) => (time === Infinity ? 0 : time - end))
  return constantScores('item age', Float32Array.from(scores))
}

/** When each item was first and last taken, [items]; Infinity and -Infinity where never. And when any was. */
function spans({ itemCount, items, times }: Histories) {
  const first = new Float64Array(itemCount).fill(Infinity)
  const last = new Float64Array(itemCount).fill(-Infinity)
  let [beginning, end] = [Infinity, -Infinity]
  items.forEach((item, place) => {
    const time = times[place] as number
    first[item] = Math.min(first[item] as number, time)
    last[item] = Math.max(last[item] as number, time)
    beginning = Math.min(beginning, time)
    end = Math.max(end, time)
  })
  return items.length === 0 ? { first, last, beginning: 0, end: 0 } : { first, last, beginning, end }
}
