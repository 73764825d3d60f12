/**
 * Overwrites the lower triangle of a symmetric positive definite matrix, [n, n] row-major, with its Cholesky factor L
 * (A = L Lᵀ). The rest is left as it is.
 */
function choleskyFactor(matrix: Float64Array, n: number): void {
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * n + column] as number
      for (let k = 0; k < column; k++) sum -= (matrix[row * n + k] as number) * (matrix[column * n + k] as number)
      matrix[row * n + column] = row === column ? Math.sqrt(sum) : sum / (matrix[column * n + column] as number)
    }
  }
}

/** The inverse of a symmetric positive definite matrix, [n, n], by way of the inverse of its Cholesky factor. */
export function choleskyInverse(matrix: Float64Array, n: number): Float64Array {
  const factor = matrix.slice()
  choleskyFactor(factor, n)
  // Row c of `inverses` is column c of L⁻¹: both loops below then run along rows.
  const inverses = new Float64Array(n * n)
  for (let column = 0; column < n; column++) {
    const at = column * n
    inverses[at + column] = 1 / (factor[at + column] as number)
    for (let row = column + 1; row < n; row++) {
      let sum = 0
      for (let k = column; k < row; k++) sum -= (factor[row * n + k] as number) * (inverses[at + k] as number)
      inverses[at + row] = sum / (factor[row * n + row] as number)
    }
  }
  const inverse = new Float64Array(n * n)
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = 0
      for (let k = row; k < n; k++) sum += (inverses[row * n + k] as number) * (inverses[column * n + k] as number)
      inverse[row * n + column] = sum
      inverse[column * n + row] = sum
    }
  }
  return inverse
}

/** The solution x of A x = b, A symmetric positive definite, [n, n]; both are overwritten, b by x. */
export function choleskySolve(matrix: Float64Array, b: Float64Array): void {
  const n = b.length
  choleskyFactor(matrix, n)
  for (let row = 0; row < n; row++) {
    let sum = b[row] as number
    for (let k = 0; k < row; k++) sum -= (matrix[row * n + k] as number) * (b[k] as number)
    b[row] = sum / (matrix[row * n + row] as number)
  }
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row] as number
    for (let k = row + 1; k < n; k++) sum -= (matrix[k * n + row] as number) * (b[k] as number)
    b[row] = sum / (matrix[row * n + row] as number)
  }
}
