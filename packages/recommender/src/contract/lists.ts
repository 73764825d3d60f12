import { recommend, type Recommender } from './recommend.js'
import type { History } from '../shop/histories.js'
import type { ListOptions, Recommendation, Without } from './recommendation.js'

/** Lists for many at once; undefined for those of whose history nothing follows. */
export type Lists = readonly (readonly Recommendation[] | undefined)[]

/**
 * Lists for many histories, as `ranked` gives them one by one, in the order of the histories.
 */
export async function listsOf(
  recommender: Recommender,
  histories: readonly History[],
  options: ListOptions,
  without: Without = [],
): Promise<Lists> {
  const { many, vectors } = recommender
  if (many) return many(histories, options, without)
  if (vectors && !recommender.nearest) {
    const lists = await vectors.bestOfMany(histories, options, without)
    return lists.map((list) => (isSilentList(list) ? undefined : list))
  }
  const lists: (readonly Recommendation[] | undefined)[] = []
  for (const [place, history] of histories.entries()) {
    const scores = await recommender.score(history)
    const own = leavingOut(options, without[place], scores.length)
    const scorer = { name: recommender.name, score: () => scores }
    lists.push(isSilent(history, scores) ? undefined : await recommend(scorer, history, own))
  }
  return lists
}

/** The same without some items. */
export function leavingOut(options: ListOptions, items: readonly number[] = [], size: number): ListOptions {
  if (items.length === 0) return options
  const candidates = options.candidates?.slice() ?? new Uint8Array(size).fill(1)
  for (const item of items) candidates[item] = 0
  return { ...options, candidates }
}

/**
 * The list of a recommender; undefined where it scores all items alike: so it does where nobody took what the history holds, and
 * it has no text either.
 */
export async function ranked(
  recommender: Recommender,
  history: History,
  options: ListOptions,
): Promise<Recommendation[] | undefined> {
  if (recommender.vectors) {
    const found = await recommend(recommender, history, options)
    return isSilentList(found) ? undefined : found
  }
  const scores = await recommender.score(history)
  if (isSilent(history, scores)) return undefined
  return recommend({ name: recommender.name, score: () => scores }, history, options)
}

/** Whether nothing follows from a history: what is recommended then is what most users took. */
export function isSilent({ items }: History, scores: Float32Array): boolean {
  return items.length === 0 || scores.every((score) => score === scores[0])
}

function isSilentList(list: readonly Recommendation[]): boolean {
  return !list.some(({ score }) => score !== 0)
}
