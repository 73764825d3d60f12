import type { Catalogue } from './catalogue.js'
import type { History } from './histories.js'
import type { ScorerState } from './scorer-state.js'
import { largest } from './top-k.js'

/** Whatever scores all items of the catalogue for a history: a `Scorer`, or a network that takes its time. */
export interface Recommender {
  readonly name: string
  /** [items of the catalogue]; higher is better. The caller may change them. */
  score(history: History): Float32Array | Promise<Float32Array>
  /** What it was fitted to, as data from which it can be made again. Without it the recommender cannot be saved. */
  state?(): ScorerState
}

/** What can be in a list of recommendations, and how long it is. */
export interface ListOptions {
  /** Length of the list. Default: 10. */
  readonly k?: number | undefined
  /** Items that can be recommended, [items of the catalogue], 1 or 0: in stock, of a category. Default: all. */
  readonly candidates?: Uint8Array | undefined
  /** Whether what the user has can be recommended again. Default: false. */
  readonly repeats?: boolean | undefined
}

/** One line of a list. */
export interface Recommendation {
  /** Number of the item in the catalogue. */
  readonly item: number
  readonly score: number
}

/** The items of the highest scores, best first; of equal ones that which stands further up in the catalogue. */
export async function recommend(recommender: Recommender, history: History, options: ListOptions = {}): Promise<Recommendation[]> {
  const scores = await recommender.score(history)
  exclude(scores, history, options)
  return largest(scores, options.k ?? 10).map((item) => ({ item, score: scores[item] as number }))
}

/** Sets the scores of what cannot be recommended to -Infinity. */
export function exclude(scores: Float32Array, history: History, { candidates, repeats = false }: ListOptions): void {
  if (!repeats) for (const item of history.items) scores[item] = -Infinity
  if (candidates) for (let item = 0; item < scores.length; item++) if (candidates[item] === 0) scores[item] = -Infinity
}

/**
 * A history from ids, oldest first; ids that the catalogue does not hold are left out, and said. Its times only order.
 */
export function historyFromIds(catalogue: Catalogue, ids: readonly string[], onNotice: (message: string) => void = () => {}): History {
  const unknown = ids.filter((id) => catalogue.numberOf(id) === undefined)
  if (unknown.length > 0) {
    const some = unknown.slice(0, 3).map((id) => JSON.stringify(id)).join(', ')
    onNotice(`${unknown.length} of ${ids.length} items of the history are not in the catalogue, and left out: ${some}${unknown.length > 3 ? ', ...' : ''}.`)
  }
  const items = Int32Array.from(ids.flatMap((id) => catalogue.numberOf(id) ?? []))
  return { items, times: Float64Array.from(items.keys()) }
}
