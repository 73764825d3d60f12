import { describe, expect, it } from 'vitest'
import { random } from '../kit/random.js'
import { spanOf } from './span.js'

/** X Xᵀ */
function productsOf(x: Float64Array, rows: number): Float64Array {
  const columns = x.length / rows
  return Float64Array.from({ length: rows * rows }, (_, at) => {
    const [i, j] = [Math.floor(at / rows), at % rows]
    let sum = 0
    for (let c = 0; c < columns; c++) sum += (x[i * columns + c] as number) * (x[j * columns + c] as number)
    return sum
  })
}

describe('spanOf', () => {
  const [rows, columns] = [6, 20]
  const numbers = random(3)
  const x = Float64Array.from({ length: rows * columns }, () => numbers.uniform() - 0.5)

  it('keeps lengths and angles', () => {
    const { coordinates, rank } = spanOf(productsOf(x, rows), rows)
    expect(rank).toBe(rows)
    productsOf(coordinates, rows).forEach((product, at) =>
      expect(product).toBeCloseTo(productsOf(x, rows)[at] ?? 0, 12),
    )
  })

  it('leads back: weights of the whole space that give each vector the same results, and are as long', () => {
    const span = spanOf(productsOf(x, rows), rows)
    const weights = Float64Array.from({ length: span.rank * 2 }, () => numbers.uniform() - 0.5)
    const shares = span.shares(weights, 2)
    const expanded = Float64Array.from({ length: columns * 2 }, (_, at) => {
      let sum = 0
      for (let row = 0; row < rows; row++)
        sum += (x[row * columns + (at >> 1)] as number) * (shares[row * 2 + (at % 2)] as number)
      return sum
    })
    for (let row = 0; row < rows; row++) {
      for (const output of [0, 1]) {
        const dot = (vectors: Float64Array, w: Float64Array, size: number): number => {
          let sum = 0
          for (let c = 0; c < size; c++) sum += (vectors[row * size + c] as number) * (w[c * 2 + output] as number)
          return sum
        }
        expect(dot(x, expanded, columns)).toBeCloseTo(dot(span.coordinates, weights, span.rank), 12)
      }
    }
    expect(Math.hypot(...expanded)).toBeCloseTo(Math.hypot(...weights), 12)
  })

  it('has as many coordinates as vectors that are not sums of others', () => {
    const twice = x.slice()
    // The last row is the sum of the first two, another is nothing.
    for (let c = 0; c < columns; c++) {
      twice[5 * columns + c] = (twice[c] as number) + (twice[columns + c] as number)
      twice[3 * columns + c] = 0
    }
    const span = spanOf(productsOf(twice, rows), rows)
    expect(span.rank).toBe(4)
    productsOf(span.coordinates, rows).forEach((product, at) =>
      expect(product).toBeCloseTo(productsOf(twice, rows)[at] ?? 0, 12),
    )
    expect(spanOf(new Float64Array(4), 2).rank).toBe(0)
  })
})
