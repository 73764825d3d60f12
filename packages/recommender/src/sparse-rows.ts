/** A sparse matrix, row by row: row `r` has `values[k]` in `columns[k]` for k from `starts[r]` to `starts[r + 1] - 1`. */
export interface SparseRows {
  readonly rows: number
  readonly columnCount: number
  /** [rows + 1] */
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

/** Joins rows of which each is given by its columns and values. */
export function sparseRows(columnCount: number, lines: readonly { columns: ArrayLike<number>; values: ArrayLike<number> }[]): SparseRows {
  const starts = new Int32Array(lines.length + 1)
  lines.forEach(({ columns }, row) => (starts[row + 1] = (starts[row] as number) + columns.length))
  const total = starts[lines.length] as number
  const joined = { rows: lines.length, columnCount, starts, columns: new Int32Array(total), values: new Float32Array(total) }
  lines.forEach(({ columns, values }, row) => {
    joined.columns.set(columns, starts[row])
    joined.values.set(values, starts[row])
  })
  return joined
}

/** Adds `factor` times row `row` of the matrix to a dense row. */
export function addRow(target: Float32Array | Float64Array, { starts, columns, values }: SparseRows, row: number, factor: number): void {
  for (let k = starts[row] as number; k < (starts[row + 1] as number); k++) {
    const column = columns[k] as number
    target[column] = (target[column] as number) + factor * (values[k] as number)
  }
}
