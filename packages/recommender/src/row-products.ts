/** Rows whose products are summed at a time. */
const panelRows = 8

/**
 * Gives the products of all rows of a matrix with a vector. The matrix is copied into panels of eight rows, column by column:
 * it is read from one end to the other, and eight sums grow at a time, since each addition has to wait for the one before.
 * @param data [rows, columns], row-major.
 */
export function rowProducts(data: Float32Array, columns: number): (vector: Float64Array) => Float32Array {
  const rows = data.length / columns
  const panels = new Float32Array(Math.ceil(rows / panelRows) * panelRows * columns)
  for (let row = 0; row < rows; row++) {
    const start = (row - (row % panelRows)) * columns + (row % panelRows)
    for (let k = 0; k < columns; k++) panels[start + k * panelRows] = data[row * columns + k] as number
  }
  return (vector) => productsOf(panels, vector, new Float32Array(rows))
}

// All as arguments: what several closures share the compiler does not take for constant, which costs three times the time.
function productsOf(panels: Float32Array, vector: Float64Array, products: Float32Array): Float32Array {
  for (let row = 0, at = 0; row < products.length; row += panelRows) {
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
  return products
}
