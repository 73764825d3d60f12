import { are, counted, DataError } from '@headstart/core/kit'
import { Clock } from './clock.js'
import { GrowingArray } from '../math/growing-array.js'
import { EventWeights } from './events.js'
import { fourFifths, type Interactions, type ValueKind } from './interactions.js'
import { numberIn } from './number-in.js'
import { PlainIds } from './plain-id.js'
import type { Item } from './catalog.js'
import { itemReaderIn, textOf } from './read-items.js'
import type { ReadShopOptions } from './read-shop-options.js'
import { readTable } from './read-table.js'
import { ColumnFinder } from './shop-columns.js'

/** The number of an item by its id, also of one never seen before, with what its row says of it; undefined for what is to be left out. */
export type ItemNumber = (id: string, about?: () => Omit<Item, 'id'>) => number | undefined

/**
 * The interactions of a table, read row by row: what stays in memory is about 20 bytes for each row and the ids once.
 * @param options `describes`: rows say what items are called, as the orders of a shop do that has no table of items.
 * @throws DataError, with the line, for a time or a value that cannot be read, and when there is no row; FileError when
 *   the file cannot be read.
 */
export async function readInteractions(
  path: string,
  itemNumber: ItemNumber,
  { columns = {}, weights, describes, onNotice = () => {}, signal }: ReadShopOptions & { readonly describes?: boolean },
): Promise<Interactions> {
  const say = (message: string): void => onNotice(`${path}: ${message}`)
  const users = new Map<string, number>()
  const user = new GrowingArray((length) => new Int32Array(length))
  const item = new GrowingArray((length) => new Int32Array(length))
  const value = new GrowingArray((length) => new Float32Array(length))
  const clock = new Clock(path)
  const events = new EventWeights(weights)
  const [userIds, itemIds] = [new PlainIds(), new PlainIds()]
  let found: Found | undefined
  let about: ReturnType<typeof itemReaderIn>
  let [incomplete, excluded] = [0, 0]
  for await (const { line, cells } of await readTable(path, { kind: 'interactions', say, signal })) {
    if (!found) {
      const finder = new ColumnFinder(path, Object.keys(cells), columns, onNotice)
      found = findColumns(finder)
      about = describes ? itemReaderIn(finder) : undefined
    }
    const [userId, itemId] = [userIds.of(textOf(cells[found.user])), itemIds.of(textOf(cells[found.item]))]
    if (userId === '' || itemId === '') {
      incomplete++
      continue
    }
    const describe = about
    const number = itemNumber(itemId, describe && (() => describe(cells)))
    if (number === undefined) {
      excluded++
      continue
    }
    const userNumber = users.get(userId) ?? users.size
    if (userNumber === users.size) users.set(userId, userNumber)
    user.push(userNumber)
    item.push(number)
    clock.read(found.timestamp === undefined ? undefined : cells[found.timestamp], line)
    if (found.value === undefined) continue
    const cell = textOf(cells[found.value]).trim()
    value.push(found.kind === 'event' ? events.of(cell) : valueOf(cell, `${path}:${line}`, found.value))
  }
  if (incomplete > 0) say(`${counted(incomplete, 'row')} without a user or an item ${are(incomplete)} left out.`)
  if (excluded > 0) say(`${counted(excluded, 'row')} with excluded items ${are(excluded)} left out.`)
  if (user.length === 0) throw new DataError(path, 'rows with user and item', 'none', 'Add what users did.')

  userIds.finish((message) => say(`users: ${message}`))
  itemIds.finish(say)
  events.finish(say)
  const { kind: measured, times } = clock.finish(onNotice)
  const rows = {
    user: user.finish(),
    item: item.finish(),
    time: times,
    value: found?.value === undefined ? undefined : value.finish(),
  }
  const timed = measured === 'none' ? { ...rows, time: rows.time.map((_, row) => row) } : onlyTimed(rows)
  if (measured === 'none' && isGrouped(rows.item) && !isGrouped(rows.user)) {
    say('the file is sorted by item, so that its order says nothing of what a user did last. Add timestamps.')
  }
  const interactions: Interactions = {
    ...timed,
    users: [...users.keys()],
    clock: measured === 'time' ? 'time' : 'order',
    ...meaningOf(timed.value, found?.kind ?? 'none'),
  }
  sayWhatCounts(interactions, say)
  return interactions
}

interface Found {
  readonly user: string
  readonly item: string
  readonly timestamp: string | undefined
  readonly value: string | undefined
  readonly kind: ValueKind
}

function findColumns(finder: ColumnFinder): Found {
  const [user, item, timestamp, rating] = [
    finder.need('user'),
    finder.need('item'),
    finder.find('timestamp'),
    finder.find('rating'),
  ]
  const event = rating === undefined ? finder.find('event') : undefined
  const quantity = rating === undefined && event === undefined ? finder.find('quantity') : undefined
  return {
    user,
    item,
    timestamp,
    value: rating ?? event ?? quantity,
    kind:
      rating !== undefined ? 'rating' : event !== undefined ? 'event' : quantity !== undefined ? 'quantity' : 'none',
  }
}

function valueOf(text: string, at: string, column: string): number {
  if (text === '') return Number.NaN
  const value = numberIn(text)
  if (Number.isFinite(value)) return value
  throw new DataError(
    at,
    `a number in "${column}"`,
    JSON.stringify(text.slice(0, 60)),
    'Correct it, or empty the cell.',
  )
}

type Rows = Pick<Interactions, 'user' | 'item' | 'time' | 'value'>

/** Without the rows that have no time. */
function onlyTimed({ user, item, time, value }: Rows): Rows {
  if (!time.includes(Number.NaN)) return { user, item, time, value }
  const has = (_: number, row: number): boolean => !Number.isNaN(time[row])
  return { user: user.filter(has), item: item.filter(has), time: time.filter(has), value: value?.filter(has) }
}

/** Whether equal numbers stand together, with at least one of them more than once. */
function isGrouped(numbers: Int32Array): boolean {
  const seen = new Set<number>()
  let repeated = false
  for (const [place, number] of numbers.entries()) {
    if (place > 0 && numbers[place - 1] === number) repeated = true
    else if (seen.has(number)) return false
    else seen.add(number)
  }
  return repeated
}

/** What values mean, by their name and their range. */
type Meaning = Pick<Interactions, 'valueKind' | 'bestRating' | 'likedFrom' | 'dislikedTo'>

/**
 * Marks go up to 1, 5, 10 or 100, or to the best that was given where nothing would be liked then (7, 3), and are never
 * negative unless up and down are -1 and 1; anything else is a number of pieces. The worst fifth is disliked, and the worst mark
 * that is given from 1 on.
 */
function meaningOf(value: Float32Array | undefined, named: ValueKind): Meaning {
  if (value === undefined || value.every(Number.isNaN)) return { valueKind: 'none' }
  if (named === 'event') return { valueKind: 'event', dislikedTo: -Number.MIN_VALUE }
  let [least, most, areWhole] = [Infinity, -Infinity, true]
  for (const one of value) {
    if (one < least) least = one
    if (one > most) most = one
    if (!Number.isInteger(one) && !Number.isNaN(one)) areWhole = false
  }
  if (named !== 'rating' || most > 100) return { valueKind: 'quantity' }
  if (least < 0) {
    const areThumbs = least >= -1 && most <= 1
    return areThumbs ? { valueKind: 'rating', bestRating: 1, dislikedTo: -Number.MIN_VALUE } : { valueKind: 'quantity' }
  }
  if (most <= 1 && areWhole) return { valueKind: 'rating', bestRating: 1 }
  const usual = [1, 5, 10, 100].find((best) => most <= best) as number
  const bestRating = most >= fourFifths(usual) ? usual : most
  // As values are kept, in single precision.
  const dislikedTo = Math.fround(Math.max(bestRating / 5, least >= 1 && bestRating > 2 ? 1 : 0))
  return { valueKind: 'rating', bestRating, likedFrom: fourFifths(bestRating), dislikedTo }
}

function sayWhatCounts(interactions: Interactions, say: (message: string) => void): void {
  const { value, valueKind, bestRating = 1, likedFrom, dislikedTo } = interactions
  if (likedFrom !== undefined)
    say(`ratings go up to ${rounded(bestRating)}: from ${rounded(likedFrom)} on they count as liked.`)
  const below = (limit: number): number => value?.reduce((sum, one) => sum + (one <= limit ? 1 : 0), 0) ?? 0
  const disliked = dislikedTo === undefined ? 0 : below(dislikedTo)
  if (disliked > 0 && valueKind === 'rating')
    say(
      `${disliked} ratings ${(dislikedTo as number) > 0 ? `up to ${rounded(dislikedTo as number)}` : 'below 0'} are dislikes.`,
    )
  const returned = valueKind === 'quantity' ? below(-Number.MIN_VALUE) : 0
  if (returned > 0)
    say(
      `${counted(returned, 'row')} with a negative quantity ${returned === 1 ? 'is a return, and counts' : 'are returns, and count'} for nothing.`,
    )
}

function rounded(value: number): number {
  return Number(value.toPrecision(6))
}
