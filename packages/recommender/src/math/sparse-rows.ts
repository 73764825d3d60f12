import { GrowingArray } from './growing-array.js'

/** A sparse matrix, row by row: row `r` has `values[k]` in `columns[k]` for k from `starts[r]` to `starts[r + 1] - 1`. */
export interface SparseRows {
  readonly rows: number
  readonly columnCount: number
  /** `[rows + 1]` */
  readonly starts: Int32Array
  readonly columns: Int32Array
  readonly values: Float32Array
}

/** Rows and columns exchanged; within a row, columns rise. */
export function transposed({ rows, columnCount, starts, columns, values }: SparseRows): SparseRows {
  const turned = {
    rows: columnCount,
    columnCount: rows,
    starts: new Int32Array(columnCount + 1),
    columns: new Int32Array(columns.length),
    values: new Float32Array(columns.length),
  }
  for (const column of columns) turned.starts[column + 1] = (turned.starts[column + 1] as number) + 1
  for (let column = 0; column < columnCount; column++) {
    turned.starts[column + 1] = (turned.starts[column + 1] as number) + (turned.starts[column] as number)
  }
  const next = turned.starts.slice()
  for (let row = 0; row < rows; row++) {
    for (let k = starts[row] as number; k < (starts[row + 1] as number); k++) {
      const column = columns[k] as number
      const place = next[column] as number
      turned.columns[place] = row
      turned.values[place] = values[k] as number
      next[column] = place + 1
    }
  }
  return turned
}

/** Columns and values of one row. */
export interface SparseRow {
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<number>
}

/** Joins rows, taking one after the other: only what they amount to stays in memory. */
export function sparseRows(columnCount: number, lines: Iterable<SparseRow>): SparseRows {
  const starts = new GrowingArray((length) => new Int32Array(length))
  const columns = new GrowingArray((length) => new Int32Array(length))
  const values = new GrowingArray((length) => new Float32Array(length))
  starts.push(0)
  for (const line of lines) {
    for (let k = 0; k < line.columns.length; k++) {
      columns.push(line.columns[k] as number)
      values.push(line.values[k] as number)
    }
    starts.push(columns.length)
  }
  return {
    rows: starts.length - 1,
    columnCount,
    starts: starts.finish(),
    columns: columns.finish(),
    values: values.finish(),
  }
}

/** Adds `factor` times row `row` of the matrix to a dense row. */
export function addRow(
  target: Float32Array | Float64Array,
  { starts, columns, values }: SparseRows,
  row: number,
  factor: number,
): void {
  for (let k = starts[row] as number; k < (starts[row + 1] as number); k++) {
    const column = columns[k] as number
    target[column] = (target[column] as number) + factor * (values[k] as number)
  }
}
