import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { DataError, toFileError } from '@headstart/core/kit'
import { Catalog, type Item } from './catalog.js'
import type { Interactions } from './interactions.js'
import { readInteractions } from './read-interactions.js'
import { readItems } from './read-items.js'
import { tableEndings } from './read-table.js'
import type { ColumnNames } from './shop-columns.js'

/** What a shop sells, and what its users did. */
export interface Shop {
  readonly name: string
  readonly catalog: Catalog
  readonly interactions: Interactions
}

/** Options of `readShop`. */
export interface ReadShopOptions {
  /** Columns whose names are not the usual ones. */
  readonly columns?: ColumnNames | undefined
  /** Told of guessed columns, of the writing of timestamps, of what counts as liked, and of what is left out or odd. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a folder with the tables `interactions` (columns user, item and, where known, timestamp and rating or quantity)
 * and `items` (item, title, any other texts, price, category), each ending in .csv, .tsv, .jsonl or .parquet. Without a
 * table of items, and for items it does not hold, all that is known of an item is its id.
 * @throws DataError for tables that cannot be read as such; FileError when the folder or a file cannot be read.
 */
export async function readShop(
  folder: string,
  { columns = {}, onNotice = () => {}, signal }: ReadShopOptions = {},
): Promise<Shop> {
  const files = await readdir(folder).catch((error: unknown) => {
    throw toFileError(error, folder, 'read')
  })
  const find = (name: string): string | undefined => {
    const file = tableEndings.map((ending) => `${name}${ending}`).find((wanted) => files.includes(wanted))
    return file === undefined ? undefined : join(folder, file)
  }
  const paths = { interactions: find('interactions'), items: find('items') }
  if (paths.interactions === undefined) {
    const got = files.length === 0 ? 'an empty folder' : files.slice(0, 5).join(', ')
    throw new DataError(
      folder,
      `a file interactions (${tableEndings.join(', ')})`,
      got,
      'Add it, with columns user and item.',
    )
  }
  const items: Item[] = paths.items === undefined ? [] : await readItems(paths.items, columns, onNotice, signal)
  const listed = items.length
  const numbers = new Map(items.map(({ id }, number) => [id, number]))
  const itemNumber = (id: string): number => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    numbers.set(id, items.length)
    return items.push({ id }) - 1
  }
  const interactions = await readInteractions(paths.interactions, itemNumber, columns, onNotice, signal)
  if (paths.items === undefined)
    onNotice(`${folder}: no table of items, so that nothing is known of them but their ids.`)
  else if (items.length > listed)
    onNotice(`${paths.items}: ${items.length - listed} items of the interactions are not in it; they have no texts.`)
  return { name: basename(resolve(folder)), catalog: new Catalog(items, folder), interactions }
}
