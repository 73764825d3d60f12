import { type SparseMatrix, transposed } from '../contract/matrix.js'

// Loops go over all that is not zero, many times: nothing is made in them.

/** Features that are mostly zero, as `(features - mean) · scale`, which is never written down: it has no zeros. */
export class SparseFeatures {
  readonly #matrix: SparseMatrix
  #transposed: SparseMatrix | undefined
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
    const { columns } = this.#matrix
    const shift = new Float64Array(count)
    for (let column = 0, at = 0; column < columns; column++) {
      const mean = this.#mean[column] as number
      for (let k = 0; k < count; k++, at++) shift[k] = (shift[k] as number) + mean * (vectors[at] as number)
    }
    const products = multiplied(this.#matrix, vectors, count)
    for (let at = 0; at < products.length;)
      for (let k = 0; k < count; k++, at++)
        products[at] = this.#scale * ((products[at] as number) - (shift[k] as number))
    return products
  }

  /** Products of the columns with vectors side by side, `[rows, count]`: `[columns, count]`. */
  transposedTimes(vectors: Float64Array, count: number): Float64Array {
    const sums = new Float64Array(count)
    for (let at = 0; at < vectors.length;)
      for (let k = 0; k < count; k++, at++) sums[k] = (sums[k] as number) + (vectors[at] as number)
    const products = multiplied((this.#transposed ??= transposed(this.#matrix)), vectors, count)
    for (let column = 0, at = 0; at < products.length; column++) {
      const mean = this.#mean[column] as number
      for (let k = 0; k < count; k++, at++)
        products[at] = this.#scale * ((products[at] as number) - mean * (sums[k] as number))
    }
    return products
  }
}

/** Of so many vectors four are taken at a time, their sums in registers: half the time that adding in memory takes. */
const few = 16

/** A matrix times vectors side by side, `[columns, count]`: `[rows, count]`. */
function multiplied(
  { rows, starts, places, values }: SparseMatrix,
  vectors: Float64Array,
  count: number,
): Float64Array {
  const products = new Float64Array(rows * count)
  const inFours = count <= few ? count - (count % 4) : 0
  for (let row = 0; row < rows; row++) {
    const [first, end, to] = [starts[row] as number, starts[row + 1] as number, row * count]
    for (let k = 0; k < inFours; k += 4) {
      let [a, b, c, d] = [0, 0, 0, 0]
      for (let place = first; place < end; place++) {
        const from = Math.imul(places[place] as number, count) + k
        const value = values[place] as number
        a += value * (vectors[from] as number)
        b += value * (vectors[from + 1] as number)
        c += value * (vectors[from + 2] as number)
        d += value * (vectors[from + 3] as number)
      }
      products[to + k] = a
      products[to + k + 1] = b
      products[to + k + 2] = c
      products[to + k + 3] = d
    }
    for (let place = first; place < end; place++) {
      const from = Math.imul(places[place] as number, count)
      const value = values[place] as number
      for (let k = inFours; k < count; k++)
        products[to + k] = (products[to + k] as number) + value * (vectors[from + k] as number)
    }
  }
  return products
}
