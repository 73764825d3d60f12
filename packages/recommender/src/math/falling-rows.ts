import type { SparseRows } from './sparse-rows.js'

/** Columns that fit beside the 31 bits of a number that is not negative into the 53 of a double. */
const mostColumns = 2 ** 22
/** The bits of infinity: what is larger has a sign, or is no number. */
const infinity = 0x7f800000

/** A sparse matrix whose rows are brought into the order of their values, the largest first, when they are first looked at. */
export class FallingRows {
  /** Of those rows that were looked at; where each begins and ends is as in the matrix. */
  readonly columns: Int32Array
  readonly values: Float32Array
  readonly #rows: SparseRows
  readonly #isSorted: Uint8Array
  #keys = new Float64Array(1024)

  private constructor(rows: SparseRows) {
    this.#rows = rows
    this.columns = new Int32Array(rows.columns.length)
    this.values = new Float32Array(rows.values.length)
    this.#isSorted = new Uint8Array(rows.rows)
  }

  /** Undefined where a value is negative, or there are more columns than can be sorted. */
  static of(rows: SparseRows): FallingRows | undefined {
    const canFall = rows.columnCount <= mostColumns && bitsOf(rows.values).every((bits) => bits <= infinity)
    return canFall ? new FallingRows(rows) : undefined
  }

  sort(row: number): void {
    if (this.#isSorted[row] === 1) return
    this.#isSorted[row] = 1
    const { starts, columns, values } = this.#rows
    const [start, end] = [starts[row] as number, starts[row + 1] as number]
    if (this.#keys.length < end - start) this.#keys = new Float64Array(2 * (end - start))
    const keys = this.#keys.subarray(0, end - start)
    // The bits of numbers that are not negative are in their order.
    const bits = bitsOf(values)
    for (let at = start; at < end; at++)
      keys[at - start] = (0x7fffffff - (bits[at] as number)) * mostColumns + (columns[at] as number)
    keys.sort()
    const own = bitsOf(this.values)
    for (let at = start; at < end; at++) {
      const key = keys[at - start] as number
      const size = Math.floor(key / mostColumns)
      own[at] = 0x7fffffff - size
      this.columns[at] = key - size * mostColumns
    }
  }
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length)
}
