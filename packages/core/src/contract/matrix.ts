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

/** The first columns of all rows; the matrix itself where it has no more. */
export function firstColumns(matrix: Matrix, columns: number): Matrix {
  if (columns === matrix.columns) return matrix
  const first = zeroMatrix(matrix.rows, columns)
  for (let row = 0; row < matrix.rows; row++) rowOf(first, row).set(rowOf(matrix, row).subarray(0, columns))
  return first
}
