import { DataError } from '@headstart/core/kit'
import { Clock } from './clock.js'
import { GrowingArray } from '../math/growing-array.js'
import { defaultThreshold, type Interactions, type ValueKind } from './interactions.js'
import { textOf } from './read-items.js'
import { readTable } from './read-table.js'
import { ColumnFinder, type ColumnNames } from './shop-columns.js'

/**
 * The interactions of a table, read row by row: what stays in memory is about 20 bytes for each row and the ids once.
 * @param itemNumber The number of an item by its id, also of ones never seen before.
 * @throws DataError, with the line, for a time or a value that cannot be read, and when there is no row; FileError when
 *   the file cannot be read.
 */
export async function readInteractions(
  path: string,
  itemNumber: (id: string) => number,
  columns: ColumnNames,
  onNotice: (message: string) => void,
  signal?: AbortSignal,
): Promise<Interactions> {
  const say = (message: string): void => onNotice(`${path}: ${message}`)
  const users = new Map<string, number>()
  const user = new GrowingArray((length) => new Int32Array(length))
  const item = new GrowingArray((length) => new Int32Array(length))
  const time = new GrowingArray((length) => new Float64Array(length))
  const value = new GrowingArray((length) => new Float32Array(length))
  const clock = new Clock(path)
  let found: Found | undefined
  let incomplete = 0
  for await (const { line, cells } of readTable(path, signal)) {
    found ??= findColumns(new ColumnFinder(path, Object.keys(cells), columns, onNotice))
    const [userId, itemId] = [textOf(cells[found.user]), textOf(cells[found.item])]
    if (userId === '' || itemId === '') {
      incomplete++
      continue
    }
    const userNumber = users.get(userId) ?? users.size
    if (userNumber === users.size) users.set(userId, userNumber)
    user.push(userNumber)
    item.push(itemNumber(itemId))
    time.push(found.timestamp === undefined ? Number.NaN : clock.read(cells[found.timestamp], line))
    if (found.value !== undefined) value.push(valueOf(cells[found.value], `${path}:${line}`, found.value))
  }
  if (incomplete > 0) say(`${incomplete} rows without a user or an item are left out.`)
  if (user.length === 0) throw new DataError(path, 'rows with user and item', 'none', 'Add what users did.')

  const measured = clock.finish(onNotice)
  const rows = {
    user: user.finish(),
    item: item.finish(),
    time: time.finish(),
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
    ...valueKindOf(timed.value, found?.kind ?? 'none'),
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
  const quantity = rating === undefined ? finder.find('quantity') : undefined
  return {
    user,
    item,
    timestamp,
    value: rating ?? quantity,
    kind: rating !== undefined ? 'rating' : quantity !== undefined ? 'quantity' : 'none',
  }
}

function valueOf(cell: unknown, at: string, column: string): number {
  const text = textOf(cell).trim()
  if (text === '') return Number.NaN
  const value = Number(text)
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

/** Marks go up to 1, 5, 10 or 100 and are never negative; anything else is a number of pieces. */
function valueKindOf(
  value: Float32Array | undefined,
  named: ValueKind,
): Pick<Interactions, 'valueKind' | 'bestRating'> {
  if (value === undefined || value.every(Number.isNaN)) return { valueKind: 'none' }
  let [least, most] = [Infinity, -Infinity]
  for (const one of value) {
    if (one < least) least = one
    if (one > most) most = one
  }
  const bestRating = [1, 5, 10, 100].find((best) => most <= best)
  return named === 'rating' && least >= 0 && bestRating !== undefined
    ? { valueKind: 'rating', bestRating }
    : { valueKind: 'quantity' }
}

function sayWhatCounts(interactions: Interactions, say: (message: string) => void): void {
  const { value, valueKind, bestRating = 1 } = interactions
  if (valueKind === 'rating' && bestRating > 1)
    say(`ratings go up to ${bestRating}: from ${defaultThreshold(interactions)} on they count as liked.`)
  const returned = value?.reduce((count, one) => count + (one < 0 ? 1 : 0), 0) ?? 0
  if (returned > 0) say(`${returned} rows with a negative quantity are returns, and count for nothing.`)
}
