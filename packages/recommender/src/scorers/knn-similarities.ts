import type { Growth } from '../contract/growth.js'
import { type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { largest } from '../math/top-k.js'
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
  const rows = new Map<number, SparseRow>()
  const lines = new Map<number, SparseRow>()
  const left = new Float32Array(now.itemCount)
  for (let item = 0; item < touched.length; item++) {
    if (touched[item] === 0) continue
    const own = alike(item)
    lines.set(item, nearest(own, neighbors))
    own.columns.forEach((other, place) => (left[other] = own.values[place] as number))
    const row: { columns: number[]; values: number[] } = { columns: [], values: [] }
    const take = (other: number, value: number): void => {
      row.columns.push(other)
      row.values.push(value)
      if (value < (least[other] as number)) least[other] = value
    }
    for (let k = links.starts[item] ?? 0; k < (links.starts[item + 1] ?? 0); k++) {
      const other = links.columns[k] as number
      const value = left[other] as number
      left[other] = 0
      // Of a full neighborhood nobody knows who comes next.
      const isFull = (size[other] as number) >= neighbors
      if (isFull && value <= (least[other] as number)) again[other] = 1
      else if (value > 0) take(other, value)
      else size[other] = (size[other] as number) - 1
    }
    for (const other of own.columns) {
      const value = left[other] as number
      left[other] = 0
      if (value === 0) continue
      if ((size[other] as number) < neighbors) {
        take(other, value)
        size[other] = (size[other] as number) + 1
      } else if (value >= (least[other] as number)) again[other] = 1
    }
    rows.set(item, rising(row))
  }
  const linesAgain = function* (): Generator<SparseRow> {
    for (let item = 0; item < now.itemCount; item++)
      yield again[item] === 0 ? nobody : (lines.get(item) ?? nearest(alike(item), neighbors))
  }
  return merged(links, rows, transposed(sparseRows(now.itemCount, linesAgain())), again)
}

const nobody: SparseRow = { columns: [], values: [] }

/** Those that share a user with an item, and how similar they are to it. */
interface Alike {
  readonly columns: readonly number[]
  readonly values: readonly number[]
}

function nearest({ columns, values }: Alike, neighbors: number): SparseRow {
  if (columns.length <= neighbors) return { columns, values }
  const chosen = largest(values, neighbors)
  return {
    columns: chosen.map((place) => columns[place] as number),
    values: chosen.map((place) => values[place] as number),
  }
}

/** @param takers [items, users] */
function alikeIn(train: Histories, takers: SparseRows, shrinkage: number): (item: number) => Alike {
  const { itemCount, weights } = train
  const counts = weights ? squaresOf(train.items, weights, itemCount) : train.popularity()
  const common = new Float64Array(itemCount)
  return (item) => {
    const met: number[] = []
    for (let k = takers.starts[item] as number; k < (takers.starts[item + 1] as number); k++) {
      const user = takers.columns[k] as number
      const own = takers.values[k] as number
      for (let place = train.starts[user] as number; place < (train.starts[user + 1] as number); place++) {
        const other = train.items[place] as number
        if (common[other] === 0 && other !== item) met.push(other)
        common[other] = (common[other] as number) + (weights ? own * (weights[place] as number) : 1)
      }
    }
    const values = met.map(
      (other) =>
        (common[other] as number) / (Math.sqrt((counts[item] as number) * (counts[other] as number)) + shrinkage),
    )
    for (const other of met) common[other] = 0
    common[item] = 0
    return { columns: met, values }
  }
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
  others: ReadonlyMap<number, SparseRow>,
  more: SparseRows,
  again: Uint8Array,
): SparseRows {
  const most = [...others.values()].reduce(
    (sum, { columns }) => sum + columns.length,
    links.columns.length + more.columns.length,
  )
  const [columns, values] = [new Int32Array(most), new Float32Array(most)]
  const starts = new Int32Array(more.rows + 1)
  let length = 0
  for (let row = 0; row < more.rows; row++) {
    const other = others.get(row)
    const own = other ?? links
    const [from, to] = other ? [0, other.columns.length] : [links.starts[row] ?? 0, links.starts[row + 1] ?? 0]
    length = mergeRow(columns, values, length, own, from, to, more, row, again)
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

// By itself, with all that it uses as arguments: what a closure holds the compiler does not take for constant.

/** Writes two rows into one from a place on, columns rising as in both; of the first, without the marked ones. Gives its end. */
function mergeRow(
  columns: Int32Array,
  values: Float32Array,
  start: number,
  own: SparseRow,
  from: number,
  to: number,
  more: SparseRows,
  row: number,
  without: Uint8Array,
): number {
  let length = start
  let next = more.starts[row] as number
  const end = more.starts[row + 1] as number
  for (let k = from; k < to; k++) {
    const column = own.columns[k] as number
    if (without[column] === 1) continue
    for (; next < end && (more.columns[next] as number) < column; next++) {
      columns[length] = more.columns[next] as number
      values[length++] = more.values[next] as number
    }
    columns[length] = column
    values[length++] = own.values[k] as number
  }
  for (; next < end; next++) {
    columns[length] = more.columns[next] as number
    values[length++] = more.values[next] as number
  }
  return length
}

/** The same row, its columns rising. */
function rising({ columns, values }: Alike): SparseRow {
  const order = Array.from(columns.keys()).sort((a, b) => (columns[a] as number) - (columns[b] as number))
  return {
    columns: Int32Array.from(order, (place) => columns[place] as number),
    values: Float32Array.from(order, (place) => values[place] as number),
  }
}
