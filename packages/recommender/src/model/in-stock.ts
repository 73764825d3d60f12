import { numberIn } from '../shop/number-in.js'
import { textOf } from '../shop/read-items.js'
import { readTable } from '../shop/read-table.js'
import { ColumnFinder } from '../shop/shop-columns.js'
import { DataError } from '@headstart/core/kit'

/**
 * Ids of the items of a table that are in stock: whose cell in a column is a number above 0, or yes or true.
 * @throws DataError where there is no such column; FileError where the table cannot be read.
 */
export async function inStock(path: string, column: string, onNotice: (message: string) => void): Promise<Set<string>> {
  const ids = new Set<string>()
  let item: string | undefined
  const say = (message: string): void => onNotice(`${path}: ${message}`)
  for await (const { cells } of await readTable(path, { kind: 'items', say })) {
    if (item === undefined) {
      item = new ColumnFinder(path, Object.keys(cells), {}, onNotice).need('item')
      if (!(column in cells)) {
        const columns = Object.keys(cells).map((name) => JSON.stringify(name))
        throw new DataError(
          path,
          `a column "${column}"`,
          `the columns ${columns.join(', ')}`,
          'Name it: --stock-column.',
        )
      }
    }
    const text = textOf(cells[column]).trim().toLowerCase()
    if (numberIn(text) > 0 || ['true', 'yes', 'y'].includes(text)) ids.add(textOf(cells[item]).trim())
  }
  return ids
}
