import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { are, counted, DataError, toFileError } from '@headstart/core/kit'
import { closestFirst } from '@headstart/core/load'
import { Catalog, type Item } from './catalog.js'
import type { Interactions } from './interactions.js'
import { plainId } from './plain-id.js'
import { type ItemNumber, readInteractions } from './read-interactions.js'
import { readItems } from './read-items.js'
import { tableEndings, usualEndings } from './read-table.js'
import type { ReadShopOptions } from './read-shop-options.js'

export type { ReadShopOptions }

/** What the files of the two tables are called, the proper name first. */
const tableNames = {
  interactions: ['interactions', 'ratings', 'events', 'transactions', 'transactions_train', 'purchases', 'clicks'],
  items: ['items', 'movies', 'articles', 'products', 'books', 'catalog'],
}

/** What a shop sells, and what its users did. */
export interface Shop {
  readonly name: string
  readonly catalog: Catalog
  readonly interactions: Interactions
}

/**
 * Reads a folder with the tables `interactions` (columns user, item and, where known, timestamp and rating or quantity)
 * and `items` (item, title, any other texts, price, category), each ending in .csv, .tsv, .jsonl or .parquet. Without a
 * table of items their titles, prices and categories are those that stand beside interactions; of items that no table describes all
 * that is known is the id. A file in the place of the folder is a table of interactions, such as the orders that a shop exports.
 * @throws DataError for tables that cannot be read as such; FileError when the folder or a file cannot be read.
 */
export async function readShop(path: string, options: ReadShopOptions = {}): Promise<Shop> {
  const { columns = {}, onNotice = () => {}, signal } = options
  const paths = await tablesIn(path, onNotice)
  const excluded = new Set(options.exclude?.map(plainId))
  const met = new Set<string>()
  const isIn = ({ id }: Item): boolean => {
    if (!excluded.has(id)) return true
    met.add(id)
    return false
  }
  const items = paths.items === undefined ? [] : (await readItems(paths.items, columns, onNotice, signal)).filter(isIn)
  const listed = items.length
  const numbers = new Map(items.map(({ id }, number) => [id, number]))
  let described = false
  const itemNumber: ItemNumber = (id, about) => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    if (excluded.has(id)) {
      met.add(id)
      return undefined
    }
    numbers.set(id, items.length)
    described ||= about !== undefined
    return items.push({ id, ...about?.() }) - 1
  }
  const describes = paths.items === undefined
  const interactions = await readInteractions(paths.interactions, itemNumber, { ...options, describes })
  const missed = [...excluded].filter((id) => !met.has(id))
  if (missed.length > 0) {
    const known = items.map(({ id }) => id)
    const nearest = missed.slice(0, 5).map((id) => `"${id}" (the nearest one is "${closestFirst(known, id)[0]}")`)
    onNotice(`${path}: there is no item ${nearest.join(', ')} to be left out.`)
  }
  if (described) onNotice(`${path}: no table of items: what is known of them stands beside the interactions.`)
  else if (describes) onNotice(`${path}: no table of items, so that nothing is known of them but their ids.`)
  else if (items.length > listed)
    onNotice(
      `${paths.items}: ${counted(items.length - listed, 'item')} of the interactions ${are(items.length - listed)} not in it, and without texts.`,
    )
  return { name: basename(resolve(path)), catalog: new Catalog(items, path), interactions }
}

/** Paths of the tables of a shop's folder, or of a file that is one of interactions. @throws DataError without such. */
async function tablesIn(
  folder: string,
  onNotice: (message: string) => void,
): Promise<{ readonly interactions: string; readonly items: string | undefined }> {
  // What is missing, or cannot be looked into, is said below.
  if (
    await stat(folder).then(
      (found) => found.isFile(),
      () => false,
    )
  )
    return { interactions: folder, items: undefined }
  const files = await readdir(folder).catch((error: unknown) => {
    throw toFileError(error, folder, 'read')
  })
  const tables = files.filter((name) => tableEndings.some((ending) => name.toLowerCase().endsWith(ending)))
  const find = (names: readonly string[], otherwise?: string): string | undefined => {
    const wanted = names.flatMap((name) => tableEndings.map((ending) => `${name}${ending}`))
    const file = wanted.find((name) => files.includes(name)) ?? otherwise
    if (file !== undefined && !file.startsWith(`${names[0]}.`))
      onNotice(`${folder}: ${file} is taken for the ${names[0]}.`)
    return file === undefined ? undefined : join(folder, file)
  }
  const [only, ...more] = tables
  const areItems = tableNames.items.some((name) => only?.startsWith(`${name}.`))
  const path = find(tableNames.interactions, more.length === 0 && !areItems ? only : undefined)
  if (path === undefined) {
    const got = files.length === 0 ? 'an empty folder' : files.slice(0, 5).join(', ')
    throw new DataError(
      folder,
      `a file interactions (${usualEndings.join(', ')})`,
      got,
      'Add it, with columns user and item, one row for each item that a user took, or give the path of a table itself.',
    )
  }
  return { interactions: path, items: find(tableNames.items) }
}

/** The path of a shop's table of interactions. @throws DataError where its folder has none. */
export async function interactionsIn(folder: string, onNotice: (message: string) => void = () => {}): Promise<string> {
  return (await tablesIn(folder, onNotice)).interactions
}
