/** A dense row-major matrix: element (row, column) is `data[row * columns + column]`. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array
}

/** A matrix of zeros, `[rows, columns]`. */
export function zeroMatrix(rows: number, columns: number): Matrix {
  return { rows, columns, data: new Float32Array(rows * columns) }
}

/** One row, as a view on the matrix. */
export function rowOf(matrix: Matrix, row: number): Float32Array {
  return matrix.data.subarray(row * matrix.columns, (row + 1) * matrix.columns)
}

/** The rows of the given numbers, copied, in that order. */
export function takeRows(matrix: Matrix, rows: readonly number[]): Matrix {
  const taken = zeroMatrix(rows.length, matrix.columns)
  rows.forEach((row, index) => taken.data.set(rowOf(matrix, row), index * matrix.columns))
  return taken
}

/** The last columns of all rows. */
export function lastColumns(matrix: Matrix, columns: number): Matrix {
  const last = zeroMatrix(matrix.rows, columns)
  for (let row = 0; row < matrix.rows; row++)
    rowOf(last, row).set(rowOf(matrix, row).subarray(matrix.columns - columns))
  return last
}

/**
 * A matrix of mostly zeros, row by row: the numbers of a row that are not zero are `values` from `starts[row]` to `starts[row + 1]`, in
 * the columns `places`, ascending.
 */
export interface SparseMatrix {
  readonly rows: number
  readonly columns: number
  /** `[rows + 1]` */
  readonly starts: Uint32Array
  readonly places: Uint32Array
  readonly values: Float32Array
}

/** @param write Writes each row into one of zeros, `[columns]`. */
export function sparseMatrix(
  rows: number,
  columns: number,
  write: (row: number, into: Float32Array) => void,
): SparseMatrix {
  const starts = new Uint32Array(rows + 1)
  let [places, values] = [new Uint32Array(1024), new Float32Array(1024)]
  const dense = new Float32Array(columns)
  let count = 0
  for (let row = 0; row < rows; row++) {
    write(row, dense)
    if (count + columns > places.length) {
      places = grown(places, 2 * count + columns)
      values = grown(values, 2 * count + columns)
    }
    for (let column = 0; column < columns; column++) {
      if (dense[column] === 0) continue
      places[count] = column
      values[count++] = dense[column] as number
    }
    dense.fill(0)
    starts[row + 1] = count
  }
  return { rows, columns, starts, places: places.slice(0, count), values: values.slice(0, count) }
}

function grown<Numbers extends Uint32Array | Float32Array>(numbers: Numbers, length: number): Numbers {
  const more = new (numbers.constructor as new (length: number) => Numbers)(length)
  more.set(numbers)
  return more
}

/** Rows as columns. */
export function transposed({ rows, columns, starts, places, values }: SparseMatrix): SparseMatrix {
  const ends = new Uint32Array(columns + 1)
  for (const place of places) ends[place + 1] = (ends[place + 1] as number) + 1
  for (let column = 0; column < columns; column++)
    ends[column + 1] = (ends[column + 1] as number) + (ends[column] as number)
  const next = ends.slice()
  const own = { places: new Uint32Array(places.length), values: new Float32Array(places.length) }
  for (let row = 0; row < rows; row++) {
    for (let from = starts[row] as number; from < (starts[row + 1] as number); from++) {
      const column = places[from] as number
      const at = next[column] as number
      next[column] = at + 1
      own.places[at] = row
      own.values[at] = values[from] as number
    }
  }
  return { rows: columns, columns: rows, starts: ends, ...own }
}

/** A matrix and a sparse one of as many rows side by side, as one; of the first rows alone where not all are wanted. */
export function sideBySide(matrix: Matrix, sparse: SparseMatrix, rows = matrix.rows): Matrix {
  const all = zeroMatrix(Math.min(rows, matrix.rows), matrix.columns + sparse.columns)
  for (let row = 0; row < all.rows; row++) {
    const own = rowOf(all, row)
    own.set(rowOf(matrix, row))
    for (let at = sparse.starts[row] as number; at < (sparse.starts[row + 1] as number); at++)
      own[matrix.columns + (sparse.places[at] as number)] = sparse.values[at] as number
  }
  return all
}
