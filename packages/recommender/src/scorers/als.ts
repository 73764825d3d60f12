import { random } from '@headstart/core/load'
import type { Histories } from '../shop/histories.js'
import { ItemVectors } from '../contract/item-vectors.js'
import type { Scorer } from '../contract/scorer.js'
import { countIn, numberIn, rowsIn, type ScorerState } from '../contract/scorer-state.js'
import { choleskyInverse, choleskySolve } from '../math/cholesky-inverse.js'
import { type SparseRows, transposed } from '../math/sparse-rows.js'
import { userItems } from '../shop/user-items.js'

/** Options of `als`. */
export interface AlsOptions {
  /** Default: 64. */
  readonly factors?: number | undefined
  /** Strength of the L2 regularization. Default: 10. */
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
 * factors x of users and y of items that minimize
 *
 *     Σ c(u, i) (p(u, i) - x(u)·y(i))² + λ (Σ |x(u)|² + Σ |y(i)|²),   p = 1 and c = 1 + α r where u took i, else p = 0 and c = 1
 *
 * with r for how much that counts (`Histories.weights`), in turns (equations 4 and 5), each by a few steps of conjugate gradients from where it stands (Takács, Pilászy and Tikk,
 * "Applications of the conjugate gradient method for implicit feedback collaborative filtering", 2011), which costs
 * about half of solving exactly and comes to the same optimum. The user of a history is solved for to the end.
 */
export function als(
  train: Histories,
  { factors = 64, l2 = 10, confidence = 10, iterations = 15, seed = 0, signal }: AlsOptions = {},
): Scorer {
  const byUser = userItems(train)
  const byItem = transposed(byUser)
  const { normal } = random(seed)
  const problem = { factors, l2, confidence }
  const users = new Float64Array(byUser.rows * factors)
  // Those of items that nobody took come to 0 in the first iteration.
  const items = Float64Array.from({ length: byItem.rows * factors }, () => normal() / Math.sqrt(factors))
  for (let iteration = 0; iteration < iterations; iteration++) {
    signal?.throwIfAborted()
    improveRows(users, byUser, items, problem)
    improveRows(items, byItem, users, problem)
  }

  // In single precision they are read in half the time.
  return alsScorer(Float32Array.from(items), problem)
}

/** @param items Factors of the items, [items, factors]. */
function alsScorer(items: Float32Array, problem: Problem): Scorer {
  const { factors, l2, confidence } = problem
  const solve = rowSolver(items, gramOf(items, factors), problem)
  const vectors = new ItemVectors(items, factors, (history) => solve(history.items))
  return {
    name: 'als',
    score: (history) => vectors.scores(history),
    vectors,
    state: () => ({ kind: 'als', config: { factors, l2, confidence }, arrays: { items } }),
  }
}

export function loadAls(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  const problem = {
    factors: countIn(state, 'factors', 4096),
    l2: numberIn(state, 'l2'),
    confidence: numberIn(state, 'confidence'),
  }
  return alsScorer(rowsIn(state, 'items', Float32Array, items * problem.factors), problem)
}

type Numbers = Float32Array | Float64Array

interface Problem {
  readonly factors: number
  readonly l2: number
  readonly confidence: number
}

/** Steps of conjugate gradients for each row in each iteration. */
const steps = 3

/** Moves the factors of one side towards their optimum, those of the other side being fixed. */
function improveRows(target: Float64Array, taken: SparseRows, fixed: Float64Array, problem: Problem): void {
  const { factors } = problem
  const improve = rowImprover(fixed, gramOf(fixed, factors), problem)
  for (let row = 0; row < taken.rows; row++) {
    improve(
      target.subarray(row * factors, (row + 1) * factors),
      taken.columns.subarray(taken.starts[row], taken.starts[row + 1]),
      steps,
      taken.values.subarray(taken.starts[row], taken.starts[row + 1]),
    )
  }
}

/**
 * Gives the optimum itself for who took few: with P = (YᵀY + λI)⁻¹ over all and the rows y of what he took
 *
 *     x = (1 + α) P yᵀ z,   (I + α y P yᵀ) z = 1
 *
 * (push-through identity), which has as many unknowns as he has items; by conjugate gradients for who took more than there are factors.
 */
function rowSolver(fixed: Numbers, gram: Float64Array, problem: Problem): (others: Int32Array) => Float64Array {
  const { factors, l2, confidence } = problem
  const improve = rowImprover(fixed, gram, problem)
  const regular = gram.map((value, place) => value + (place % (factors + 1) === 0 ? l2 : 0))
  const inverse = l2 > 0 ? choleskyInverse(regular, factors) : undefined
  // P y of an item is the same for all users: kept from when it is first asked for.
  const [kept, isKept] = [new Float32Array(inverse ? fixed.length : 0), new Uint8Array(fixed.length / factors)]
  const moved = new Float64Array(factors)
  /** P y, until it is asked for another. */
  const movedOf = (other: number, exact: Float64Array): Float64Array => {
    const own = kept.subarray(other * factors, (other + 1) * factors)
    if (isKept[other] === 0) {
      moved.fill(0)
      for (let k = 0; k < factors; k++) addScaled(moved, exact, k * factors, fixed[other * factors + k] as number)
      own.set(moved)
      isKept[other] = 1
    }
    moved.set(own)
    return moved
  }
  return (others) => {
    const x = new Float64Array(factors)
    const count = others.length
    if (!inverse || count > factors) {
      improve(x, others, factors)
      return x
    }
    const [system, z] = [new Float64Array(count * count), new Float64Array(count).fill(1)]
    for (let row = 0; row < count; row++) {
      const own = movedOf(others[row] as number, inverse)
      for (let column = 0; column <= row; column++)
        system[row * count + column] = confidence * dot(own, fixed, (others[column] as number) * factors)
      system[row * count + row] = 1 + (system[row * count + row] as number)
    }
    choleskySolve(system, z)
    for (let row = 0; row < count; row++)
      addScaled(x, kept, (others[row] as number) * factors, (1 + confidence) * (z[row] as number))
    return x
  }
}

/** Gives what takes steps of conjugate gradients on (YᵀY + α Σ r y yᵀ + λI) x = Σ (1 + α r) y over the others y, from x on. */
function rowImprover(fixed: Numbers, gram: Float64Array, { factors, l2, confidence }: Problem) {
  const product = new Float64Array(factors)
  const residual = new Float64Array(factors)
  const direction = new Float64Array(factors)
  return (x: Float64Array, others: Int32Array, most: number, weights?: ArrayLike<number>): void => {
    if (others.length === 0) {
      x.fill(0)
      return
    }
    /** The matrix times a vector, without the matrix. */
    const times = (vector: Float64Array): Float64Array => {
      product.fill(0)
      // Row by row, of a symmetric matrix.
      for (let row = 0; row < factors; row++) addScaled(product, gram, row * factors, vector[row] as number)
      addScaled(product, vector, 0, l2)
      addProjections(product, vector, fixed, others, confidence, weights)
      return product
    }
    residual.fill(0)
    others.forEach((other, place) =>
      addScaled(residual, fixed, other * factors, 1 + confidence * (weights?.[place] ?? 1)),
    )
    addScaled(residual, times(x), 0, -1)
    direction.set(residual)
    let squares = dot(residual, residual, 0)
    for (let step = 0; step < most && squares > 1e-20; step++) {
      const moved = times(direction)
      const length = squares / dot(direction, moved, 0)
      addScaled(x, direction, 0, length)
      addScaled(residual, moved, 0, -length)
      const left = dot(residual, residual, 0)
      scaleAndAdd(direction, left / squares, residual)
      squares = left
    }
  }
}

// Loops stand by themselves, with all that they use as arguments: what a closure holds the compiler does not take for constant.

/** Adds α Σ r y (y · vector) over the rows y of the others. */
function addProjections(
  target: Float64Array,
  vector: Float64Array,
  rows: Numbers,
  others: Int32Array,
  confidence: number,
  weights?: ArrayLike<number>,
): void {
  for (let place = 0; place < others.length; place++) {
    const start = (others[place] as number) * vector.length
    const weight = weights === undefined ? 1 : (weights[place] as number)
    addScaled(target, rows, start, confidence * weight * dot(vector, rows, start))
  }
}

/** vector = factor · vector + added */
function scaleAndAdd(vector: Float64Array, factor: number, added: Float64Array): void {
  for (let k = 0; k < vector.length; k++) vector[k] = factor * (vector[k] as number) + (added[k] as number)
}

/** The vector times that which begins at `start`; four sums, since each addition has to wait for the one before. */
function dot(vector: Float64Array, values: Numbers, start: number): number {
  let [a, b, c, d] = [0, 0, 0, 0]
  let k = 0
  for (; k + 3 < vector.length; k += 4) {
    a += (vector[k] as number) * (values[start + k] as number)
    b += (vector[k + 1] as number) * (values[start + k + 1] as number)
    c += (vector[k + 2] as number) * (values[start + k + 2] as number)
    d += (vector[k + 3] as number) * (values[start + k + 3] as number)
  }
  for (; k < vector.length; k++) a += (vector[k] as number) * (values[start + k] as number)
  return a + b + (c + d)
}

/** Adds `factor` times the vector that begins at `start`. */
function addScaled(vector: Float64Array, values: Numbers, start: number, factor: number): void {
  for (let k = 0; k < vector.length; k++) vector[k] = (vector[k] as number) + factor * (values[start + k] as number)
}

/** YᵀY */
function gramOf(fixed: Numbers, factors: number): Float64Array {
  const gram = new Float64Array(factors * factors)
  for (let start = 0; start < fixed.length; start += factors) addSquare(gram, fixed, start, factors)
  for (let row = 0; row < factors; row++) {
    for (let column = 0; column < row; column++) gram[column * factors + row] = gram[row * factors + column] as number
  }
  return gram
}

/** Adds y yᵀ of the vector that begins at `start`, up to the diagonal. */
function addSquare(gram: Float64Array, values: Numbers, start: number, factors: number): void {
  for (let row = 0; row < factors; row++) {
    const value = values[start + row] as number
    if (value === 0) continue
    const at = row * factors
    for (let column = 0; column <= row; column++)
      gram[at + column] = (gram[at + column] as number) + value * (values[start + column] as number)
  }
}
