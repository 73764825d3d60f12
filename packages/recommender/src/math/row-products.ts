/** Rows whose products are summed at a time. */
const panelRows = 8

/**
 * Multiplies a vector by the rows of a matrix, those from `from` (a multiple of 8) to before `to`, or all. The products, one for
 * each of these rows, are a view that the next ones overwrite.
 */
export type RowProducts = (vector: Float64Array, from?: number, to?: number) => Float32Array

/**
 * Gives the products of the rows of a matrix with a vector. The matrix is copied into panels of eight rows, column by column:
 * it is read from one end to the other, and eight sums grow at a time, since each addition has to wait for the one before.
 * @param data [rows, columns], row-major.
 */
export function rowProducts(data: Float32Array, columns: number): RowProducts {
  const rows = data.length / columns
  const panels = new Float32Array(Math.ceil(rows / panelRows) * panelRows * columns)
  for (let row = 0; row < rows; row++) {
    const start = (row - (row % panelRows)) * columns + (row % panelRows)
    for (let k = 0; k < columns; k++) panels[start + k * panelRows] = data[row * columns + k] as number
  }
  const products = new Float32Array(rows)
  return (vector, from = 0, to = rows) => {
    multiply(panels, vector, from, to, products)
    return products.subarray(from, to)
  }
}

// All as arguments: what several closures share the compiler does not take for constant, which costs three times the time.
function multiply(panels: Float32Array, vector: Float64Array, from: number, to: number, products: Float32Array): void {
  for (let row = from, at = from * vector.length; row < to; row += panelRows) {
    let [a, b, c, d] = [0, 0, 0, 0]
    let [e, f, g, h] = [0, 0, 0, 0]
    for (let k = 0; k < vector.length; k++, at += panelRows) {
      const factor = vector[k] as number
      a += factor * (panels[at] as number)
      b += factor * (panels[at + 1] as number)
      c += factor * (panels[at + 2] as number)
      d += factor * (panels[at + 3] as number)
      e += factor * (panels[at + 4] as number)
      f += factor * (panels[at + 5] as number)
      g += factor * (panels[at + 6] as number)
      h += factor * (panels[at + 7] as number)
    }
    // What lies beyond the last row is not kept.
    products[row] = a
    products[row + 1] = b
    products[row + 2] = c
    products[row + 3] = d
    products[row + 4] = e
    products[row + 5] = f
    products[row + 6] = g
    products[row + 7] = h
  }
}
