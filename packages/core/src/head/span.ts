/** Vectors in coordinates of an orthonormal basis of the space that they span. */
export interface Span {
  /** `[rows, rank]`, row-major. */
  readonly coordinates: Float64Array
  readonly rank: number
  /**
   * Weights in such coordinates, `[rank, outputs]`, as sums of the vectors: how often each vector is in them, `[rows, outputs]`.
   */
  shares(weights: Float64Array, outputs: number): Float64Array
  /** Weights in such coordinates, `[rank, outputs]`, of a linear function that has these values at the vectors, `[rows, outputs]`. */
  weights(values: Float64Array, outputs: number): Float64Array
}

/** A vector of which less than this share of the longest one's square is new adds nothing but rounding. */
const negligible = 1e-12

/**
 * What a linear head with an L2 penalty learns lies in the span of its examples (the representer theorem: Kimeldorf and Wahba
 * 1971). Where there are fewer examples than features, its problem has fewer unknowns in coordinates of that span, with the
 * same minimum, lengths and angles. They are the rows of L in the pivoted Cholesky decomposition X Xᵀ = L Lᵀ (Higham,
 * "Accuracy and Stability of Numerical Algorithms", section 10.3), which stops at the rank.
 * @param products X Xᵀ, `[rows, rows]`.
 */
export function spanOf(products: Float64Array, rows: number): Span {
  const lower = new Float64Array(rows * rows)
  /** Of each row, the square of what the pivots so far do not span. */
  const rest = Float64Array.from({ length: rows }, (_, row) => products[row * (rows + 1)] as number)
  const least = negligible * rest.reduce((largest, square) => Math.max(largest, square), 0)
  const pivots: number[] = []
  const open = new Int32Array(rows + 3)
  while (pivots.length < rows) {
    const rank = pivots.length
    let pivot = 0
    for (let row = 1; row < rows; row++) if ((rest[row] as number) > (rest[pivot] as number)) pivot = row
    if (!((rest[pivot] as number) > least)) break
    const length = Math.sqrt(rest[pivot] as number)
    let count = 0
    for (let row = 0; row < rows; row++) if (rest[row] !== 0) open[count++] = row
    // Four rows side by side, since one sum after the other would wait for each subtraction; the pivot fills the last four up.
    while (count % 4 > 0) open[count++] = pivot
    const own = pivot * rows
    for (let first = 0; first < count; first += 4) {
      const [p, q] = [rows * (open[first] as number), rows * (open[first + 1] as number)]
      const [r, s] = [rows * (open[first + 2] as number), rows * (open[first + 3] as number)]
      let [a, b] = [products[p + pivot] as number, products[q + pivot] as number]
      let [c, d] = [products[r + pivot] as number, products[s + pivot] as number]
      for (let k = 0; k < rank; k++) {
        const coordinate = lower[own + k] as number
        a -= (lower[p + k] as number) * coordinate
        b -= (lower[q + k] as number) * coordinate
        c -= (lower[r + k] as number) * coordinate
        d -= (lower[s + k] as number) * coordinate
      }
      lower[p + rank] = a / length
      lower[q + rank] = b / length
      lower[r + rank] = c / length
      lower[s + rank] = d / length
    }
    for (let i = 0; i < count; i++) {
      const row = open[i] as number
      const coordinate = lower[row * rows + rank] as number
      rest[row] = Math.max(0, (rest[row] as number) - coordinate * coordinate)
    }
    rest[pivot] = 0
    pivots.push(pivot)
  }

  const rank = pivots.length
  const coordinates = new Float64Array(rows * rank)
  for (let row = 0; row < rows; row++) coordinates.set(lower.subarray(row * rows, row * rows + rank), row * rank)
  return {
    coordinates,
    rank,
    // The basis is Q = X₁ᵀ L₁⁻ᵀ, with the rows of the pivots: Q v = X₁ᵀ a, where L₁ᵀ a = v.
    shares(weights, outputs) {
      const shares = new Float64Array(rows * outputs)
      const left = weights.slice()
      for (let at = rank - 1; at >= 0; at--) {
        const pivot = pivots[at] as number
        for (let output = 0; output < outputs; output++) {
          const share = (left[at * outputs + output] as number) / (coordinates[pivot * rank + at] as number)
          shares[pivot * outputs + output] = share
          for (let k = 0; k < at; k++)
            left[k * outputs + output] =
              (left[k * outputs + output] as number) - (coordinates[pivot * rank + k] as number) * share
        }
      }
      return shares
    },
    // L₁ v = the values at the pivots.
    weights(values, outputs) {
      const weights = new Float64Array(rank * outputs)
      for (const [at, pivot] of pivots.entries())
        for (let output = 0; output < outputs; output++) {
          let value = values[pivot * outputs + output] as number
          for (let k = 0; k < at; k++)
            value -= (coordinates[pivot * rank + k] as number) * (weights[k * outputs + output] as number)
          weights[at * outputs + output] = value / (coordinates[pivot * rank + at] as number)
        }
      return weights
    },
  }
}
