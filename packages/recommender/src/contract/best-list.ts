import type { Recommendation } from './recommendation.js'

/** Of equal scores the first of the catalog. */
export function isBefore(a: Recommendation, b: Recommendation): boolean {
  return a.score > b.score || (a.score === b.score && a.item < b.item)
}

/** Puts a line where it belongs in a list of at most k, best first, if it does. */
export function insertBest(list: Recommendation[], line: Recommendation, k: number): void {
  let place = list.length
  while (place > 0 && isBefore(line, list[place - 1] as Recommendation)) place--
  if (place >= k) return
  if (list.length === k) list.pop()
  list.splice(place, 0, line)
}
