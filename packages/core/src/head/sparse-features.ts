import type { SparseMatrix } from '../contract/matrix.js'

// Loops go over all that is not zero, many times: nothing is made in them.

/** Features that are mostly zero, as `(features - mean) · scale`, which is never written down: it has no zeros. */
export class SparseFeatures {
  readonly #matrix: SparseMatrix
  readonly #mean: Float64Array
  readonly #scale: number

  /** @param mean Of each column, `[columns]`. */
  constructor(matrix: SparseMatrix, mean: Float64Array, scale: number) {
    this.#matrix = matrix
    this.#mean = mean
    this.#scale = scale
  }

  get columns(): number {
    return this.#matrix.columns
  }

  /** Products with vectors side by side, `[columns, count]`: `[rows, count]`. */
  times(vectors: Float64Array, count: number): Float64Array {
    const { rows, columns, starts, places, values } = this.#matrix
    const shift = new Float64Array(count)
    for (let column = 0, at = 0; column < columns; column++) {
      const mean = this.#mean[column] as number
      for (let k = 0; k < count; k++, at++) shift[k] = (shift[k] as number) + mean * (vectors[at] as number)
    }
    const products = new Float64Array(rows * count)
    for (let row = 0; row < rows; row++) {
      const to = row * count
      for (let place = starts[row] as number; place < (starts[row + 1] as number); place++) {
        const from = (places[place] as number) * count
        const value = values[place] as number
        for (let k = 0; k < count; k++)
          products[to + k] = (products[to + k] as number) + value * (vectors[from + k] as number)
      }
      for (let k = 0; k < count; k++)
        products[to + k] = this.#scale * ((products[to + k] as number) - (shift[k] as number))
    }
    return products
  }

  /** Products of the columns with vectors side by side, `[rows, count]`: `[columns, count]`. */
  transposedTimes(vectors: Float64Array, count: number): Float64Array {
    const { rows, columns, starts, places, values } = this.#matrix
    const sums = new Float64Array(count)
    const products = new Float64Array(columns * count)
    for (let row = 0; row < rows; row++) {
      const from = row * count
      for (let k = 0; k < count; k++) sums[k] = (sums[k] as number) + (vectors[from + k] as number)
      for (let place = starts[row] as number; place < (starts[row + 1] as number); place++) {
        const to = (places[place] as number) * count
        const value = values[place] as number
        for (let k = 0; k < count; k++)
          products[to + k] = (products[to + k] as number) + value * (vectors[from + k] as number)
      }
    }
    for (let column = 0, at = 0; column < columns; column++) {
      const mean = this.#mean[column] as number
      for (let k = 0; k < count; k++, at++)
        products[at] = this.#scale * ((products[at] as number) - mean * (sums[k] as number))
    }
    return products
  }
}
