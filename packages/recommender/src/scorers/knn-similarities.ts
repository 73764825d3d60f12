import type { Growth } from '../contract/growth.js'
import { type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { kthLargest } from '../math/top-k.js'
import type { Histories } from '../shop/histories.js'
import { userItems } from '../shop/user-items.js'

/** Row i: those items that count i among their neighbors, with their similarity. See `itemKnn`. */
export function knnSimilarities(train: Histories, neighbors: number, shrinkage: number): SparseRows {
  const alike = alikeIn(train, transposed(userItems(train)), shrinkage)
  const linesOf = function* (): Generator<SparseRow> {
    for (let item = 0; item < train.itemCount; item++) yield nearest(alike(item), neighbors)
  }
  return transposed(sparseRows(train.itemCount, linesOf()))
}

/**
 * The same for a shop that grew, bit for bit what `knnSimilarities` gives: whom an item that somebody took since is like is
 * counted again; in the neighborhoods of others its similarity changes, and these are counted again only where somebody
 * who is not among the neighbors may now be one.
 */
export function updatedSimilarities(
  links: SparseRows,
  { now, takers, touched }: Growth,
  neighbors: number,
  shrinkage: number,
): SparseRows {
  const alike = alikeIn(now, takers, shrinkage)
  const again = touched.slice()
  const { size, least } = neighborhoods(links, now.itemCount)
  const rows = new Map<number, MergedRow>()
  const lines = new Map<number, SparseRow>()
  const left = new Float32Array(now.itemCount)
  const linkColumns = links.columns
  for (let item = 0; item < touched.length; item++) {
    if (touched[item] === 0) continue
    const own = alike(item)
    const { columns, values } = nearest(own, neighbors)
    lines.set(item, { columns: columns.slice(), values: values.slice() })
    for (let place = 0; place < own.columns.length; place++)
      left[own.columns[place] as number] = own.values[place] as number
    // Those that had it among their neighbors, in order, and those that have it now.
    // An item that came since has no row.
    const end = links.starts[item + 1] ?? 0
    const start = end === 0 ? 0 : (links.starts[item] as number)
    const [had, come] = [new Row(end - start), new Row(own.columns.length)]
    for (let k = start; k < end; k++) {
      const other = linkColumns[k] as number
      const value = left[other] as number
      left[other] = 0
      // Of a full neighborhood nobody knows who comes next.
      const isFull = (size[other] as number) >= neighbors
      if (isFull && value <= (least[other] as number)) again[other] = 1
      else if (value > 0) had.take(other, value, least)
      else size[other] = (size[other] as number) - 1
    }
    for (let place = 0; place < own.columns.length; place++) {
      const other = own.columns[place] as number
      const value = left[other] as number
      left[other] = 0
      if (value === 0) continue
      if ((size[other] as number) < neighbors) {
        come.take(other, value, least)
        size[other] = (size[other] as number) + 1
      } else if (value >= (least[other] as number)) again[other] = 1
    }
    rows.set(item, had.with(come, again))
  }
  const linesAgain = function* (): Generator<SparseRow> {
    for (let item = 0; item < now.itemCount; item++)
      yield again[item] === 0 ? nobody : (lines.get(item) ?? nearest(alike(item), neighbors))
  }
  return merged(links, rows, transposed(sparseRows(now.itemCount, linesAgain())), again)
}

const nobody: SparseRow = { columns: [], values: [] }

interface MergedRow {
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** Columns of one row, and their values: so many at most. */
class Row {
  readonly #columns: Int32Array
  readonly #values: Float32Array
  #length = 0

  constructor(most: number) {
    this.#columns = new Int32Array(most)
    this.#values = new Float32Array(most)
  }

  /** Adds a column, and sees to it that its least value is no larger. */
  take(column: number, value: number, least: Float32Array): void {
    this.#columns[this.#length] = column
    this.#values[this.#length++] = value
    if (value < (least[column] as number)) least[column] = value
  }

  /** Both as one, columns rising, as these do already, without some that are marked. */
  with(others: Row, without: Uint8Array): MergedRow {
    const most = this.#length + others.#length + 1
    const [columns, values] = [new Int32Array(most), new Float32Array(most)]
    const order = Array.from({ length: others.#length }, (_, place) => place)
    order.sort((a, b) => (others.#columns[a] as number) - (others.#columns[b] as number))
    const moreColumns = Int32Array.from(order, (place) => others.#columns[place] as number)
    const moreValues = Float32Array.from(order, (place) => others.#values[place] as number)
    const own = [this.#columns, this.#values, 0, this.#length] as const
    const length = mergeRow(columns, values, 0, ...own, without, moreColumns, moreValues, 0, order.length)
    return { columns: columns.subarray(0, length), values: values.subarray(0, length) }
  }
}

/** Those that share a user with an item, and how similar they are to it; views that the next item overwrites. */
interface Alike {
  readonly columns: Int32Array
  readonly values: Float64Array
}

/** The most similar ones, as views or anew; of equal ones those that were met first. */
function nearest({ columns, values }: Alike, neighbors: number): Alike {
  if (columns.length <= neighbors) return { columns, values }
  const best = { columns: new Int32Array(neighbors), values: new Float64Array(neighbors) }
  const { least, above } = kthLargest(values, neighbors)
  let [length, equal] = [0, neighbors - above]
  for (let place = 0; length < neighbors; place++) {
    const value = values[place] as number
    if (value < least || (value === least && equal-- <= 0)) continue
    best.columns[length] = columns[place] as number
    best.values[length++] = value
  }
  return best
}

/** @param takers [items, users] */
function alikeIn(train: Histories, takers: SparseRows, shrinkage: number): (item: number) => Alike {
  const { itemCount, weights } = train
  const counts = weights ? squaresOf(train.items, weights, itemCount) : train.popularity()
  const common = new Float64Array(itemCount)
  const [met, values] = [new Int32Array(itemCount), new Float64Array(itemCount)]
  return (item) => {
    const length = countCommon(train, takers, item, common, met)
    for (let place = 0; place < length; place++) {
      const other = met[place] as number
      values[place] =
        (common[other] as number) / (Math.sqrt((counts[item] as number) * (counts[other] as number)) + shrinkage)
      common[other] = 0
    }
    common[item] = 0
    return { columns: met.subarray(0, length), values: values.subarray(0, length) }
  }
}

// By itself, with all that it uses as arguments: what a closure holds the compiler does not take for constant.

/** Counts the users that items share with one, and writes down which these items are. Gives how many. */
function countCommon(
  { starts, items, weights }: Histories,
  takers: SparseRows,
  item: number,
  common: Float64Array,
  met: Int32Array,
): number {
  let length = 0
  for (let k = takers.starts[item] as number; k < (takers.starts[item + 1] as number); k++) {
    const user = takers.columns[k] as number
    const own = takers.values[k] as number
    for (let place = starts[user] as number; place < (starts[user + 1] as number); place++) {
      const other = items[place] as number
      if (common[other] === 0 && other !== item) met[length++] = other
      common[other] = (common[other] as number) + (weights ? own * (weights[place] as number) : 1)
    }
  }
  return length
}

/** Σ w² of each item. */
function squaresOf(items: Int32Array, weights: Float32Array, itemCount: number): Float64Array {
  const sums = new Float64Array(itemCount)
  items.forEach((item, place) => (sums[item] = (sums[item] as number) + (weights[place] as number) ** 2))
  return sums
}

/** How many neighbors each item has, and the least similarity among them. */
function neighborhoods({ columns, values }: SparseRows, itemCount: number) {
  const [size, least] = [new Int32Array(itemCount), new Float32Array(itemCount).fill(Infinity)]
  for (let k = 0; k < columns.length; k++) {
    const item = columns[k] as number
    size[item] = (size[item] as number) + 1
    if ((values[k] as number) < (least[item] as number)) least[item] = values[k] as number
  }
  return { size, least }
}

/** The links, some rows of them others, but for the columns that are counted again, which are those of `more`. */
function merged(
  links: SparseRows,
  others: ReadonlyMap<number, MergedRow>,
  more: SparseRows,
  again: Uint8Array,
): SparseRows {
  const most = [...others.values()].reduce(
    (sum, { columns }) => sum + columns.length,
    links.columns.length + more.columns.length,
  )
  const [columns, values] = [new Int32Array(most + 1), new Float32Array(most + 1)]
  const starts = new Int32Array(more.rows + 1)
  let length = 0
  for (let row = 0; row < more.rows; row++) {
    const other = others.get(row)
    const [from, to] = other ? [0, other.columns.length] : [links.starts[row] ?? 0, links.starts[row + 1] ?? 0]
    const [ownColumns, ownValues] = other ? [other.columns, other.values] : [links.columns, links.values]
    const [next, end] = [more.starts[row] as number, more.starts[row + 1] as number]
    length = mergeRow(
      columns,
      values,
      length,
      ownColumns,
      ownValues,
      from,
      to,
      again,
      more.columns,
      more.values,
      next,
      end,
    )
    starts[row + 1] = length
  }
  return {
    rows: more.rows,
    columnCount: more.rows,
    starts,
    columns: columns.subarray(0, length),
    values: values.subarray(0, length),
  }
}

// Arrays as arguments, all of one type: through objects each step takes several times as long.

/**
 * Writes two rows into one from a place on, columns rising as in both, the first one without the marked columns; there is to be room for one
 * more. Gives its end.
 */
function mergeRow(
  columns: Int32Array,
  values: Float32Array,
  start: number,
  ownColumns: Int32Array,
  ownValues: Float32Array,
  from: number,
  to: number,
  without: Uint8Array,
  moreColumns: Int32Array,
  moreValues: Float32Array,
  moreFrom: number,
  moreTo: number,
): number {
  let [length, k] = [start, from]
  for (let next = moreFrom; next < moreTo; next++) {
    const column = moreColumns[next] as number
    for (; k < to && (ownColumns[k] as number) < column; k++) {
      // Overwritten by the next one where it does not stay.
      columns[length] = ownColumns[k] as number
      values[length] = ownValues[k] as number
      length += 1 - (without[ownColumns[k] as number] as number)
    }
    columns[length] = column
    values[length++] = moreValues[next] as number
  }
  for (; k < to; k++) {
    columns[length] = ownColumns[k] as number
    values[length] = ownValues[k] as number
    length += 1 - (without[ownColumns[k] as number] as number)
  }
  return length
}
