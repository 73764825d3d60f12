import { type Asked, InputError } from '@headstart/core'
import { stat } from 'node:fs/promises'
import { positives } from './histories.js'
import { numberIn } from './number-in.js'
import { readInteractions } from './read-interactions.js'
import { textOf } from './read-items.js'
import type { ReadShopOptions } from './read-shop-options.js'
import { interactionsIn } from './read-shop.js'
import { readTable, tableEndings } from './read-table.js'
import { ColumnFinder } from './shop-columns.js'

/** What is asked for a user: what he took, oldest first, and what else his row says. */
export interface UserQuery {
  readonly history: string[]
  readonly exclude?: string[]
  readonly disliked?: string[]
  readonly category?: string
  readonly k?: number
  readonly diversity?: number
}

/** Options of `readUsers`. */
export interface ReadUsersOptions extends ReadShopOptions {
  /** The least value that counts as liked. Default: see `defaultThreshold`. */
  readonly threshold?: number | undefined
}

/** Whether a path is that of a table by its ending, or of a folder. */
export async function holdsUsers(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return (
    found?.isDirectory() ?? (found !== undefined && tableEndings.some((ending) => path.toLowerCase().endsWith(ending)))
  )
}

/**
 * The users of a table: of one with a column `history` (ids, a list in JSONL, else separated by commas as in CSV; empty for who took
 * nothing) each row is one, with what its columns `exclude`, `disliked`, `category`, `k` and `diversity` say; of interactions, or a shop's
 * folder, all that have a row, with what they liked. Who liked nothing has an empty history.
 * @param options `exclude`: ids that nobody is recommended, beside those of a row.
 * @throws DataError for what is no such table; FileError when it cannot be read.
 */
export async function* readUsers(path: string, options: ReadUsersOptions = {}): AsyncGenerator<Asked<UserQuery>> {
  const { exclude = [], ...reading } = options
  const table = (await stat(path).catch(() => undefined))?.isDirectory()
    ? await interactionsIn(path, options.onNotice)
    : path
  let user: string | undefined
  // Interactions are read anew, which says the same again.
  const said: string[] = []
  for await (const { cells, line } of await tableOf(table, { ...reading, onNotice: (message) => said.push(message) })) {
    if (!('history' in cells)) {
      yield* usersIn(table, exclude, reading)
      return
    }
    for (const message of said.splice(0)) reading.onNotice?.(message)
    user ??= new ColumnFinder(table, Object.keys(cells), reading.columns ?? {}, reading.onNotice ?? (() => {})).need(
      'user',
    )
    yield { query: queryIn(cells, `${table}:${line}`, exclude), columns: { user: textOf(cells[user]) } }
  }
}

function tableOf(path: string, { onNotice, signal }: ReadShopOptions): ReturnType<typeof readTable> {
  return readTable(path, { kind: 'interactions', say: (message) => onNotice?.(`${path}: ${message}`), signal })
}

type Cells = Readonly<Record<string, unknown>>

function queryIn(cells: Cells, at: string, excluded: readonly string[]): UserQuery | InputError {
  const query: Record<string, unknown> = { history: listIn(cells['history']) }
  const own = listIn(cells['exclude'])
  if (own.length > 0) query['exclude'] = [...excluded, ...own]
  const disliked = listIn(cells['disliked'])
  if (disliked.length > 0) query['disliked'] = disliked
  const category = textOf(cells['category']).trim()
  if (category !== '') query['category'] = category
  for (const name of ['k', 'diversity']) {
    const text = textOf(cells[name]).trim()
    if (text === '') continue
    const value = numberIn(text)
    if (!Number.isFinite(value)) return new InputError(at, `a number in "${name}"`, JSON.stringify(text), 'Correct it.')
    query[name] = value
  }
  return query as unknown as UserQuery
}

/** Ids of a cell: a list, or a line of CSV, which is taken apart where the catalog is known. */
function listIn(cell: unknown): string[] {
  if (Array.isArray(cell)) return cell.map(textOf)
  const text = textOf(cell)
  return text.trim() === '' ? [] : [text]
}

async function* usersIn(
  path: string,
  exclude: readonly string[],
  { threshold, ...reading }: ReadUsersOptions,
): AsyncGenerator<Asked<UserQuery>> {
  const ids: string[] = []
  const numbers = new Map<string, number>()
  const numberOf = (id: string): number => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    numbers.set(id, ids.length)
    return ids.push(id) - 1
  }
  const interactions = await readInteractions(path, numberOf, reading)
  const liked = positives(interactions, ids.length, { threshold, repeats: true })
  const places = new Map(Array.from(liked.users, (user, place) => [user, place]))
  for (const [number, user] of interactions.users.entries()) {
    const place = places.get(number)
    const items = place === undefined ? [] : Array.from(liked.at(place).items, (item) => ids[item] as string)
    yield { query: { history: items, ...(exclude.length > 0 && { exclude: [...exclude] }) }, columns: { user } }
  }
}
