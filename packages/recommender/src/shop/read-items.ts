import { are, counted } from '@headstart/core/kit'
import type { Item } from './catalog.js'
import { amountIn } from './number-in.js'
import { PlainIds } from './plain-id.js'
import { readTable } from './read-table.js'
import { ColumnFinder, type ColumnNames } from './shop-columns.js'

/** Text of a cell, exactly as it stands there; '' for an empty one. */
export function textOf(cell: unknown): string {
  if (typeof cell === 'string') return cell
  if (cell === undefined || cell === null) return ''
  return Array.isArray(cell) ? cell.map(textOf).join(' ') : String(cell)
}

/**
 * The items of a table, with whatever texts stand beside them; numbers are no texts. Of two rows with one id the first
 * counts, which is said.
 * @throws DataError without a column of items; FileError when the file cannot be read.
 */
export async function readItems(
  path: string,
  columns: ColumnNames,
  onNotice: (message: string) => void,
  signal?: AbortSignal,
): Promise<Item[]> {
  const items = new Map<string, Item>()
  let read: ((cells: Readonly<Record<string, unknown>>) => Item) | undefined
  let [twice, withoutId, untitled] = [0, 0, 0]
  const ids = new PlainIds()
  const say = (message: string): void => onNotice(`${path}: ${message}`)
  for await (const { cells } of await readTable(path, { kind: 'items', say, signal })) {
    read ??= itemReader(new ColumnFinder(path, Object.keys(cells), columns, onNotice), ids)
    const item = read(cells)
    if (item.id === '') withoutId++
    else if (items.has(item.id)) twice++
    else {
      items.set(item.id, item)
      if (item.title === undefined && item.texts?.length === 0) untitled++
    }
  }
  ids.finish(say)
  if (withoutId > 0) onNotice(`${path}: ${counted(withoutId, 'row')} without an item ${are(withoutId)} left out.`)
  if (twice > 0)
    onNotice(
      `${path}: ${counted(twice, 'row repeats', 'rows repeat')} an item that stands further up; the first one counts.`,
    )
  if (untitled > 0)
    onNotice(`${path}: ${untitled} of ${items.size} items have no title: what their text says is not used.`)
  return [...items.values()]
}

/**
 * What a row of interactions says of its item: title, price and category; undefined where no column has them. A `name` beside an
 * interaction can be anybody's.
 */
export function itemReaderIn(
  finder: ColumnFinder,
): ((cells: Readonly<Record<string, unknown>>) => Omit<Item, 'id'>) | undefined {
  const [title, price, category] = [
    finder.find('title', ['name', 'description']),
    finder.find('price'),
    finder.find('category'),
  ]
  if (title === undefined && price === undefined && category === undefined) return undefined
  return (cells) => ({ ...detailsOf(cells, title, price, category), texts: [] })
}

function itemReader(finder: ColumnFinder, ids: PlainIds): (cells: Readonly<Record<string, unknown>>) => Item {
  const id = finder.need('item')
  const [title, price, category] = [finder.find('title'), finder.find('price'), finder.find('category')]
  const others = finder.columns.filter((name) => name !== id && name !== title && name !== price)
  return (cells) => {
    const texts = others
      .map((name) => textOf(cells[name]))
      .filter((text) => text.trim() !== '' && Number.isNaN(Number(text)))
    return { id: ids.of(textOf(cells[id])), ...detailsOf(cells, title, price, category), texts }
  }
}

/** What stands in these columns, where there are such. */
function detailsOf(
  cells: Readonly<Record<string, unknown>>,
  title: string | undefined,
  price: string | undefined,
  category: string | undefined,
): Pick<Item, 'title' | 'price' | 'category'> {
  const amount = price === undefined ? Number.NaN : amountIn(textOf(cells[price]))
  return {
    title: title === undefined ? undefined : textOf(cells[title]).trim() || undefined,
    price: Number.isNaN(amount) ? undefined : amount,
    category: category === undefined ? undefined : categoryOf(cells[category]),
  }
}

/** Categories of a cell, several of a list (`["a", "b"]` in JSON or as Python writes it) separated by `|`. */
function categoryOf(cell: unknown): string | undefined {
  const text = textOf(cell).trim()
  const list = Array.isArray(cell) ? cell.map(textOf) : /^\[.*\]$/s.test(text) ? listed(text) : [text]
  return (
    list
      .map((one) => one.trim())
      .filter((one) => one !== '')
      .join('|') || undefined
  )
}

function listed(text: string): string[] {
  const parts = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^,'"\s][^,]*)/g)
  return [...parts].map(([, double, single, bare]) => double ?? single ?? bare ?? '')
}
