import { HeadstartError } from '@headstart/core/load'
import { leavingOut, listsOf } from '../contract/lists.js'
import { historyFromNumbers, recommend } from '../contract/recommend.js'
import type { ListOptions, Recommendation } from '../contract/recommendation.js'
import { type Catalog, categoriesOf, type Item } from '../shop/catalog.js'
import type { History } from '../shop/histories.js'
import { idsIn } from '../shop/ids-in.js'
import { diversify } from './diversify.js'
import type { RecommendAnswer, RecommendQuery } from './recommend-query.js'
import type { RecommenderParts } from './recommender-parts.js'

/** With diversity, the list is chosen from so many times its length. */
export const poolSize = 10

type Parts = Pick<RecommenderParts, 'catalog' | 'recommender' | 'popular' | 'recipe'>

/** A user who is asked for. */
interface Asked {
  /** Place of the query. */
  readonly place: number
  /** What the catalog holds of the history, and what it does not. */
  readonly ids: readonly string[]
  readonly unknown: readonly string[]
  readonly known: History
  /** Numbers of what is not recommended to this one. */
  readonly without: readonly number[]
}

/**
 * Answers to queries that ask alike, at once: what can be in a list is found once for all of them, and scores are computed together.
 * Left open is what has to be asked by itself: reasons, what is disliked, groups, items like one, and what is no query.
 * @returns By the places of the queries.
 */
export async function askAlike(
  parts: Parts,
  queries: readonly RecommendQuery[],
  signal: AbortSignal | undefined,
): Promise<RecommendAnswer[]> {
  const answers: RecommendAnswer[] = []
  for (const places of alikeIn(queries)) {
    signal?.throwIfAborted()
    const query = queries[places[0] as number] as RecommendQuery
    const candidates = places.length < 2 ? undefined : candidatesOf(parts, query)
    if (candidates === undefined) continue
    const asked = places.flatMap((place) => askedAt(place, parts, queries[place] as RecommendQuery))
    const lists = await listed(parts, query, candidates, asked)
    asked.forEach((one, at) => {
      answers[one.place] = answerOf(parts, one, lists[at] as readonly Recommendation[])
    })
  }
  return answers
}

/** Places of queries that differ by the user alone. */
function alikeIn(queries: readonly RecommendQuery[]): Iterable<number[]> {
  const alike = new Map<unknown, Map<string, number[]>>()
  for (const [place, query] of queries.entries()) {
    if (query.explain || (query.disliked?.length ?? 0) > 0 || query.like !== undefined || query.group) continue
    const byFilter = alike.get(query.filter) ?? new Map<string, number[]>()
    alike.set(query.filter, byFilter)
    const key = keyOf(query)
    const places = byFilter.get(key)
    if (places) places.push(place)
    else byFilter.set(key, [place])
  }
  return [...alike.values()].flatMap((byFilter) => [...byFilter.values()])
}

/** All but the user, and the filter. */
function keyOf(query: RecommendQuery): string {
  const names = Object.keys(query).filter((name) => name !== 'history' && name !== 'exclude' && name !== 'filter')
  return names.length === 0 ? '{}' : JSON.stringify(query, names.toSorted())
}

/** What can be in a list, [items]; 'all'; undefined for a query that is refused, or whose category no item has. */
function candidatesOf(
  { catalog }: Parts,
  { k = 10, diversity = 0, category, filter }: RecommendQuery,
): Uint8Array | 'all' | undefined {
  if (!Number.isInteger(k) || k < 1 || !(diversity >= 0 && diversity <= 1)) return undefined
  if (category === undefined && !filter) return 'all'
  const isOf = (item: Item): boolean => category === undefined || categoriesOf(item).includes(category)
  if (!catalog.items.some(isOf)) return undefined
  return Uint8Array.from(catalog.items, (item) => Number(isOf(item) && (filter?.(item) ?? true)))
}

/** Nobody where the ids cannot be read: what is wrong with them is said where they are asked about by themselves. */
function askedAt(place: number, { catalog, recipe }: Parts, { history = [], exclude = [] }: RecommendQuery): Asked[] {
  try {
    const { ids, unknown, numbers } = readIds(history, catalog, '--history')
    const known = historyFromNumbers(recipe.repeats ? numbers : latestOf(numbers))
    return [{ place, ids, unknown, known, without: readIds(exclude, catalog, '--exclude').numbers }]
  } catch (cause) {
    if (cause instanceof HeadstartError && cause.fault === 'input') return []
    throw cause
  }
}

function readIds(entries: readonly string[], catalog: Catalog, option: string) {
  const found = { ids: [] as string[], unknown: [] as string[], numbers: [] as number[] }
  for (const entry of entries) {
    // Nearly all are one id each.
    const own = catalog.numberOf(entry)
    for (const id of own === undefined ? idsIn(entry, catalog, option) : [entry]) {
      const number = own ?? catalog.numberOf(id)
      if (number === undefined) found.unknown.push(id)
      else {
        found.ids.push(id)
        found.numbers.push(number)
      }
    }
  }
  return found
}

async function listed(
  { catalog, recommender, popular, recipe }: Parts,
  { k = 10, diversity = 0, repeats = recipe.repeats }: RecommendQuery,
  candidates: Uint8Array | 'all',
  asked: readonly Asked[],
): Promise<(readonly Recommendation[])[]> {
  const options: ListOptions = {
    k: diversity === 0 ? k : k * poolSize,
    candidates: candidates === 'all' ? undefined : candidates,
    repeats,
  }
  const known = asked.filter((one) => one.known.items.length > 0)
  const without = known.map((one) => one.without)
  const histories = known.map((one) => one.known)
  const found = (await listsOf(recommender, histories, options, without)).values()
  const lists: (readonly Recommendation[])[] = []
  for (const one of asked) {
    const own = one.known.items.length > 0 ? found.next().value : undefined
    const list = own ?? (await recommend(popular, one.known, leavingOut(options, one.without, catalog.size)))
    lists.push(diversity === 0 ? list : diversify(list, catalog.terms, k, diversity))
  }
  return lists
}

function answerOf(
  { catalog, recipe }: Parts,
  { ids, unknown }: Asked,
  list: readonly Recommendation[],
): RecommendAnswer {
  return {
    method: recipe.method,
    history: [...ids],
    unknown: [...unknown],
    recommendations: list.map(({ item, score }) => {
      const { id, title } = catalog.items[item] as Item
      return { item: id, title: title ?? null, score }
    }),
  }
}

/** Each once, where it stands last: what was taken again counts as taken then. */
export function latestOf<Id>(ids: readonly Id[]): readonly Id[] {
  return new Set(ids).size === ids.length ? ids : [...new Set(ids.toReversed())].toReversed()
}
