import type { Catalog } from '../shop/catalog.js'
import type { History } from '../shop/histories.js'
import type { Growth } from './growth.js'
import type { ItemVectors } from './item-vectors.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'
import type { ScorerState } from './scorer-state.js'
import { largest } from '../math/top-k.js'

/** Whatever scores all items of the catalog for a history: a `Scorer`, or a network that takes its time. */
export interface Recommender {
  readonly name: string
  /** `[items of the catalog]`; higher is better. The caller may change them. */
  score(history: History): Float32Array | Promise<Float32Array>
  /** Where scores are products of vectors: these. */
  readonly vectors?: ItemVectors | undefined
  /** Lists for many histories, where that is quicker than one by one: see `listsOf`. */
  many?(
    histories: readonly History[],
    options: ListOptions,
    without?: Without,
  ): (readonly Recommendation[] | undefined)[]
  /** The items of about the highest scores, `count` of them, best first, without scoring all of them: see `withIndex`. */
  nearest?(history: History, count: number): number[]
  /** What it was fitted to, as data from which it can be made again. Without it the recommender cannot be saved. */
  state?(): ScorerState
  /** See `Scorer.update`. */
  update?(growth: Growth): Recommender | Promise<Recommender>
  /** Frees the native memory that it holds. Where it is asked after that, it takes some again. */
  close?(): Promise<void>
}

/**
 * The items of the highest scores, best first; of equal ones that which stands further up in the catalog. They are exactly
 * these, unless the recommender has an index of the items (`withIndex`), which may miss some where it is asked without
 * `candidates`.
 */
export async function recommend(
  recommender: Recommender,
  history: History,
  options: ListOptions = {},
): Promise<Recommendation[]> {
  if (recommender.nearest && recommender.vectors && !options.exact && !options.candidates) {
    return nearestOf(recommender.nearest, recommender.vectors, history, options)
  }
  if (recommender.vectors) return recommender.vectors.best(history, options)
  const scores = await recommender.score(history)
  exclude(scores, history, options)
  return largest(scores, options.k ?? 10).map((item) => ({ item, score: scores[item] as number }))
}

/** Of what the index finds, as many more as the user has, the best by their exact scores. */
function nearestOf(
  nearest: NonNullable<Recommender['nearest']>,
  { data, columns, of }: ItemVectors,
  history: History,
  { k = 10, repeats = false }: ListOptions,
): Recommendation[] {
  const had = new Set(repeats ? [] : history.items)
  const user = of(history)
  const scored = nearest(history, k + had.size).flatMap((item) => {
    if (had.has(item)) return []
    const score = data
      .subarray(item * columns, (item + 1) * columns)
      .reduce((sum, value, k) => sum + value * (user[k] as number), 0)
    return { item, score: Math.fround(score) }
  })
  return scored.sort((a, b) => b.score - a.score || a.item - b.item).slice(0, k)
}

/** Sets the scores of what cannot be recommended to -Infinity. */
export function exclude(scores: Float32Array, history: History, { candidates, repeats = false }: ListOptions): void {
  if (!repeats) for (const item of history.items) scores[item] = -Infinity
  if (candidates) for (let item = 0; item < scores.length; item++) if (candidates[item] === 0) scores[item] = -Infinity
}

/** Later than any time of a shop, with room for a history of different times behind it. */
const now = 2 ** 52

/**
 * A history from ids, oldest first; ids that the catalog does not hold are left out, and said. Its times only order, and lie
 * after all that a shop did: asked is for what comes now.
 */
export function historyFromIds(
  catalog: Catalog,
  ids: readonly string[],
  onNotice: (message: string) => void = () => {},
): History {
  const unknown = ids.filter((id) => catalog.numberOf(id) === undefined)
  if (unknown.length > 0) {
    const some = unknown
      .slice(0, 3)
      .map((id) => JSON.stringify(id))
      .join(', ')
    // People know titles, not ids.
    const titled = catalog.items.find(({ title }) => title !== undefined && unknown.includes(title))
    const meant = titled ? ` ${JSON.stringify(titled.title)} is a title; its id is ${JSON.stringify(titled.id)}.` : ''
    onNotice(
      `${unknown.length} of ${ids.length} items of the history are not in the catalog, and left out: ${some}${unknown.length > 3 ? ', ...' : ''}.${meant}`,
    )
  }
  return historyFromNumbers(ids.flatMap((id) => catalog.numberOf(id) ?? []))
}

/** The same from numbers of items in the catalog. */
export function historyFromNumbers(numbers: readonly number[]): History {
  const times = new Float64Array(numbers.length)
  for (let place = 0; place < times.length; place++) times[place] = now + place
  return { items: Int32Array.from(numbers), times }
}
