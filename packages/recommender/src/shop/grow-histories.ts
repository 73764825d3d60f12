import { DataError } from '@headstart/core/kit'
import type { Catalog } from './catalog.js'
import { Histories, type History, replaced, weighed } from './histories.js'
import type { Interactions } from './interactions.js'
import { type KeptHistories, userKey } from './kept-histories.js'
import type { Shop } from './read-shop.js'

/** A shop with what came since. */
export interface GrownShop {
  readonly catalog: Catalog
  readonly kept: KeptHistories
  /** The users who did something since: before and now. */
  readonly users: readonly { readonly before: History | undefined; readonly now: History | undefined }[]
  /** Rows that are older than what their user had done before. */
  readonly late: number
}

/** How histories were learned from. */
export interface GrowOptions {
  readonly repeats: boolean
  readonly longestHistory: number
}

/**
 * Adds what users did since to what is kept. The outcome is what the rows of both together are read as: in the order of time,
 * wherever a row stands, of each user and item the first; what is disliked since is taken back.
 * @throws DataError where the new rows say something of another kind: no ratings where there were some, other times.
 */
export function growHistories(
  kept: KeptHistories,
  catalog: Catalog,
  { catalog: given, interactions, name }: Shop,
  { repeats, longestHistory }: GrowOptions,
): GrownShop {
  checkMeaning(kept, interactions, name)
  const fresh = given.items.filter(({ id }) => catalog.numberOf(id) === undefined)
  const grown = catalog.with(fresh)
  const numbers = Int32Array.from(given.items, ({ id }) => grown.numberOf(id) as number)
  const keys = interactions.users.map(userKey)
  const places = placesOf(keys, kept.keys)
  const before = keys
    .map((key) => places.get(key))
    .map((place) => (place === undefined ? undefined : kept.histories.at(place)))
  const { rows, late } = joinedRows(kept, before, interactions, numbers)
  const asked = weighed(rows, grown.size, { threshold: kept.threshold, repeats })
  const changed = scaled(asked, kept).latest(longestHistory)

  const now = new Map(Array.from(changed.users, (user, place) => [user, changed.at(place)]))
  const others = new Map<number, History | undefined>()
  const strangers: number[] = []
  keys.forEach((key, user) => {
    const place = places.get(key)
    if (place !== undefined) others.set(place, now.get(user))
    else if (now.has(user)) strangers.push(user)
  })
  const more = strangers.map((user) => now.get(user) as History)
  const stays = kept.keys.filter((_, place) => !others.has(place) || others.get(place) !== undefined)
  const histories = replaced(kept.histories, others, more, grown.size)
  return {
    catalog: grown,
    kept: { ...kept, histories, keys: [...stays, ...strangers.map((user) => keys[user] as string)] },
    users: before.map((history, user) => ({ before: history, now: now.get(user) })),
    late,
  }
}

/** Where some keys stand among all, of which most are not asked for. */
function placesOf(keys: readonly string[], all: readonly string[]): ReadonlyMap<string, number> {
  const asked = new Set(keys)
  const places = new Map<string, number>()
  all.forEach((key, place) => asked.has(key) && places.set(key, place))
  return places
}

/** Rows of the users who did something: what they had done before, then what is new. */
function joinedRows(
  { valueKind, meanWeight, dislikedTo, histories: { times } }: KeptHistories,
  before: readonly (History | undefined)[],
  given: Interactions,
  numbers: Int32Array,
): { readonly rows: Interactions; readonly late: number } {
  const length = before.reduce((sum, history) => sum + (history?.items.length ?? 0), 0)
  const total = length + given.item.length
  const [user, item, time] = [new Int32Array(total), new Int32Array(total), new Float64Array(total)]
  const value = valueKind === 'none' ? undefined : new Float32Array(total).fill(Number.NaN)
  let at = 0
  before.forEach((history, number) => {
    if (!history) return
    user.fill(number, at, at + history.items.length)
    item.set(history.items, at)
    time.set(history.times, at)
    // An empty value is liked, as what is kept was; events weigh what they weighed.
    if (value && valueKind === 'event')
      history.items.forEach((_, place) => (value[at + place] = (history.weights?.[place] ?? 1) * meanWeight))
    at += history.items.length
  })
  // Without times the order of the file counts, and what is new comes after all there was.
  const end = given.clock === 'order' ? times.reduce((latest, one) => Math.max(latest, one), -1) + 1 : 0
  const least = given.clock === 'order' ? given.time.reduce((first, one) => Math.min(first, one), Infinity) : 0
  let late = 0
  given.item.forEach((number, row) => {
    const who = given.user[row] as number
    const when = (given.time[row] as number) + end - least
    if (when < (before[who]?.times.at(-1) ?? -Infinity)) late++
    user[at] = who
    item[at] = numbers[number] as number
    time[at] = when
    if (value && given.value) value[at] = given.value[row] as number
    at++
  })
  const rows = { users: given.users, user, item, time, value, valueKind, dislikedTo, clock: given.clock }
  return { rows, late }
}

/** Weights brought to the scale of those that are kept: their mean stays what it was when the model was trained. */
function scaled(histories: Histories, { meanWeight, valueKind }: KeptHistories): Histories {
  const { itemCount, starts, items, times, users, weights } = histories
  if (valueKind !== 'event' || !weights) return histories
  return new Histories(
    itemCount,
    starts,
    items,
    times,
    users,
    weights.map((weight) => weight / meanWeight),
  )
}

/** @throws DataError where rows would be read otherwise than those of the training. */
function checkMeaning(kept: KeptHistories, { valueKind, clock }: Interactions, name: string): void {
  const columns = {
    rating: 'numbers',
    quantity: 'numbers',
    event: 'kinds of events',
    none: 'neither ratings nor events',
  }
  const [expected, got] = [columns[kept.valueKind], columns[valueKind]]
  if (expected !== got)
    throw new DataError(`shop "${name}"`, `${expected}, as in the training data`, got, 'Give the same columns.')
  if (kept.clock !== clock) {
    const words = { time: 'times', order: 'rows without times' }
    throw new DataError(
      `shop "${name}"`,
      `${words[kept.clock]}, as in the training data`,
      words[clock],
      'Give the same column of timestamps.',
    )
  }
}
