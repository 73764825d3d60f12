import { random } from '@headstart/core'
import { choleskyFactor, choleskySolve } from './cholesky.js'
import type { Histories } from './histories.js'
import type { Scorer } from './scorer.js'
import { type SparseRows, transposed } from './sparse-rows.js'
import { userItems } from './user-items.js'

/** Options of `als`. */
export interface AlsOptions {
  /** Default: 64. */
  readonly factors?: number | undefined
  /** Strength of the L2 regularisation. Default: 10. */
  readonly l2?: number | undefined
  /** How much more what a user took counts than what he did not: α in the confidence 1 + α. Default: 10. */
  readonly confidence?: number | undefined
  /** Default: 15. */
  readonly iterations?: number | undefined
  /** Of the items' first factors. Same seed, same model. Default: 0. */
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Implicit alternating least squares (Hu, Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", 2008):
 * factors x of users and y of items that minimise
 *
 *     Σ c(u, i) (p(u, i) - x(u)·y(i))² + λ (Σ |x(u)|² + Σ |y(i)|²),   p = 1 and c = 1 + α where u took i, else p = 0 and c = 1
 *
 * in turns, each to its optimum (equations 4 and 5). The user of a history is solved for in the same way.
 */
export function als(
  train: Histories,
  { factors = 64, l2 = 10, confidence = 10, iterations = 15, seed = 0, signal }: AlsOptions = {},
): Scorer {
  const byUser = userItems(train)
  const byItem = transposed(byUser)
  const { normal } = random(seed)
  const users = new Float64Array(byUser.rows * factors)
  // Items that nobody took stay at 0, where the first half step would put them.
  const items = Float64Array.from({ length: byItem.rows * factors }, () => normal() / Math.sqrt(factors))
  for (let iteration = 0; iteration < iterations; iteration++) {
    signal?.throwIfAborted()
    solveRows(users, byUser, items, factors, l2, confidence)
    solveRows(items, byItem, users, factors, l2, confidence)
  }

  const gram = gramOf(items, factors)
  return {
    name: 'als',
    score(history) {
      const user = new Float64Array(factors)
      solveRow(user, history.items, items, gram, factors, l2, confidence)
      const scores = new Float32Array(train.itemCount)
      for (let item = 0; item < scores.length; item++) {
        let sum = 0
        for (let k = 0; k < factors; k++) sum += (user[k] as number) * (items[item * factors + k] as number)
        scores[item] = sum
      }
      return scores
    },
  }
}

/** Sets the factors of one side to their optimum, those of the other side being fixed. */
function solveRows(target: Float64Array, taken: SparseRows, fixed: Float64Array, factors: number, l2: number, confidence: number): void {
  const gram = gramOf(fixed, factors)
  for (let row = 0; row < taken.rows; row++) {
    const others = taken.columns.subarray(taken.starts[row], taken.starts[row + 1])
    solveRow(target.subarray(row * factors, (row + 1) * factors), others, fixed, gram, factors, l2, confidence)
  }
}

/** (YᵀY + α Σ y yᵀ + λI)⁻¹ (1 + α) Σ y over the others y. */
function solveRow(
  target: Float64Array,
  others: Int32Array,
  fixed: Float64Array,
  gram: Float64Array,
  factors: number,
  l2: number,
  confidence: number,
): void {
  target.fill(0)
  if (others.length === 0) return
  const normal = gram.slice()
  for (let k = 0; k < factors; k++) normal[k * factors + k] = (normal[k * factors + k] as number) + l2
  for (const other of others) {
    const start = other * factors
    addOuter(normal, fixed, start, factors, confidence)
    for (let k = 0; k < factors; k++) target[k] = (target[k] as number) + (1 + confidence) * (fixed[start + k] as number)
  }
  choleskyFactor(normal, factors)
  choleskySolve(normal, factors, target)
}

/** YᵀY, its lower triangle. */
function gramOf(fixed: Float64Array, factors: number): Float64Array {
  const gram = new Float64Array(factors * factors)
  for (let start = 0; start < fixed.length; start += factors) addOuter(gram, fixed, start, factors, 1)
  return gram
}

/** Adds `factor` y yᵀ to the lower triangle. */
function addOuter(matrix: Float64Array, fixed: Float64Array, start: number, factors: number, factor: number): void {
  for (let row = 0; row < factors; row++) {
    const value = factor * (fixed[start + row] as number)
    const at = row * factors
    for (let column = 0; column <= row; column++) matrix[at + column] = (matrix[at + column] as number) + value * (fixed[start + column] as number)
  }
}
