import { OptionError } from '@headstart/core/load'
import type { Histories } from '../shop/histories.js'
import { historyWeights, type Scorer } from '../contract/scorer.js'
import { itemsIn, type NumberArray, numberIn, rowsIn, type ScorerState, textIn } from '../contract/scorer-state.js'
import { addRow, type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { invertSpd } from '../math/spd-inverse.js'
import { largest } from '../math/top-k.js'
import { userItems } from '../shop/user-items.js'

/** Options of `ease`. */
export interface EaseOptions {
  /** Strength of the L2 regularization. Default: 200. */
  readonly l2?: number | undefined
  /** Texts as side information: one row for each item of the catalog (`tfIdf`). Default: none. */
  readonly texts?: SparseRows | undefined
  /** What a term counts beside a user. Default: 5. */
  readonly textWeight?: number | undefined
  /** What the item before the last of a history counts, beside the last one's 1, and so on. Default: 1, all alike. */
  readonly decay?: number | undefined
  /**
   * The inverse takes the third power of the items' number in time and the square in memory. Of a larger catalog the
   * items that most users took are in it, and the others score 0. Default: 12,000 (a matrix of 0.6 GB).
   */
  readonly itemLimit?: number | undefined
  /** Told of items beyond the limit. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * EASE, the linear autoencoder without a diagonal (Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", 2019). With
 * the Gram matrix G = XᵀX of users by items and P = (G + λI)⁻¹, the weight from item i to item j is
 *
 *     B(i, j) = -P(i, j) / P(j, j),   B(j, j) = 0      (equation 8)
 *
 * and the score of j the sum of B(i, j) over the history's items. With texts, terms are further rows of X, each times
 * `textWeight` (collective EASE: Jeunen, Van Balen and Goethals, "Closed-form models for collaborative filtering with side
 * information", 2020): items that nobody took yet are found by their terms. Where there are fewer users (and terms) than items,
 * the matrix that is inverted is theirs.
 * @throws OptionError when `l2` is not above 0.
 */
export async function ease(train: Histories, { decay = 1, ...options }: EaseOptions = {}): Promise<Scorer> {
  return easeScorer(options.texts ? 'ease-text' : 'ease', await easeInverse(train, options), train.itemCount, decay)
}

/** What EASE is fitted to. */
export interface EaseInverse {
  /** P, [known items, known items]. */
  readonly inverse: Float32Array
  /** Numbers of the items that it knows, rising. */
  readonly known: Int32Array
}

/** The inverse P of `ease`, between those items that anything is known of. */
export async function easeInverse(
  train: Histories,
  { l2 = 200, texts, textWeight = 5, itemLimit = 12_000, onNotice = () => {}, signal }: Omit<EaseOptions, 'decay'> = {},
): Promise<EaseInverse> {
  if (!(l2 > 0)) throw new OptionError('ease', 'an l2 above 0', `${l2}`, 'Without it the matrix may have no inverse.')
  const takers = takersOfKnown(train, texts)
  const known = largest(takers, itemLimit).sort((a, b) => a - b)
  const n = known.length
  const beyond = takers.reduce((count, some) => count + (some === -Infinity ? 0 : 1), -n)
  if (beyond > 0)
    onNotice(
      `ease: ${beyond} items beyond the ${n} that most users took score 0: add itemKnn or textSimilarity for them.`,
    )
  const place = new Int32Array(train.itemCount).fill(-1)
  known.forEach((item, row) => (place[item] = row))

  const lines = function* (): Generator<SparseRow> {
    yield* rowsOf(userItems(train), place, 1)
    if (texts) yield* rowsOf(transposed(texts), place, textWeight)
  }
  const x = sparseRows(n, lines())
  const inverse = x.rows < n ? await inverseByRows(x, l2, signal) : await inverseByColumns(x, l2, signal)
  return { inverse, known: Int32Array.from(known) }
}

/** EASE by an inverse. */
export function easeScorer(name: string, inverse: EaseInverse, itemCount: number, decay: number): Scorer {
  const addWeights = easeWeights(inverse, itemCount)
  return {
    name,
    score(history) {
      const scores = new Float32Array(itemCount)
      const counts = historyWeights(history, decay)
      addWeights(
        [scores],
        Array.from(history.items, (item, index) => ({ item, factors: [counts[index] as number] })),
      )
      return scores
    },
    state: () => ({ kind: 'ease', config: { name, itemCount, decay }, arrays: easeArrays(inverse) }),
  }
}

export function loadEase(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  return easeScorer(textIn(state, 'name'), easeInverseIn(state, items), items, numberIn(state, 'decay'))
}

/** As numbers of a state. P is symmetric: half of it is enough, row by row up to the diagonal. */
export function easeArrays({ inverse, known }: EaseInverse): Record<'triangle' | 'known', NumberArray> {
  const n = known.length
  const triangle = new Float32Array((n * (n + 1)) / 2)
  for (let row = 0; row < n; row++) triangle.set(inverse.subarray(row * n, row * n + row + 1), (row * (row + 1)) / 2)
  return { triangle, known }
}

/** The inverse in a state. @throws DataError when it has none. */
export function easeInverseIn(state: ScorerState, items: number): EaseInverse {
  const known = itemsIn(state, 'known', items)
  const n = known.length
  const triangle = rowsIn(state, 'triangle', Float32Array, (n * (n + 1)) / 2)
  const inverse = new Float32Array(n * n)
  for (let row = 0; row < n; row++)
    inverse.set(triangle.subarray((row * (row + 1)) / 2, ((row + 1) * (row + 2)) / 2), row * n)
  mirror(inverse, n)
  return { inverse, known }
}

/** Copies what is below the diagonal to above it. */
function mirror(matrix: Float32Array, n: number): void {
  for (let row = 1; row < n; row++) {
    for (let column = 0; column < row; column++) matrix[column * n + row] = matrix[row * n + column] as number
  }
}

/** What an item adds to each of some rows of scores. */
export interface ItemFactors {
  readonly item: number
  /** `[rows]` */
  readonly factors: readonly number[]
}

/**
 * Gives what adds the weights B(item, j) of items, times a factor for each row, to rows of all items that are 0 before. The
 * weights are made of P on the way: B would take as much memory again.
 */
export function easeWeights({ inverse, known }: EaseInverse, itemCount: number) {
  const n = known.length
  const place = new Int32Array(itemCount).fill(-1)
  known.forEach((item, row) => (place[item] = row))
  const scale = Float64Array.from(known, (_, row) => -1 / (inverse[row * (n + 1)] as number))
  const weights = new Float32Array(n)
  return (rows: readonly Float32Array[], added: readonly ItemFactors[]): void => {
    const sums = rows.map(() => new Float32Array(n))
    for (const { item, factors } of added) {
      const own = place[item] as number
      if (own === -1) continue
      multiply(weights, inverse.subarray(own * n, (own + 1) * n), scale)
      weights[own] = 0
      sums.forEach((sum, row) => addScaled(sum, weights, factors[row] as number))
    }
    rows.forEach((row, index) => {
      const sum = sums[index] as Float32Array
      for (let column = 0; column < n; column++) row[known[column] as number] = sum[column] as number
    })
  }
}

function multiply(target: Float32Array, values: Float32Array, factors: Float64Array): void {
  for (let k = 0; k < target.length; k++) target[k] = (values[k] as number) * (factors[k] as number)
}

function addScaled(target: Float32Array, values: Float32Array, factor: number): void {
  if (factor === 0) return
  for (let k = 0; k < target.length; k++) target[k] = (target[k] as number) + factor * (values[k] as number)
}

/** How many took each item, [items]; -Infinity where nothing is known of it, not even a text: its weights would be 0. */
function takersOfKnown(train: Histories, texts: SparseRows | undefined): Float64Array {
  return train.popularity().map((count, item) => {
    const hasText = texts !== undefined && (texts.starts[item + 1] as number) > (texts.starts[item] as number)
    return count > 0 || hasText ? count : -Infinity
  })
}

/** The rows that have an entry among the known items, each with its entries there, times `factor`. */
function* rowsOf(
  { rows, starts, columns, values }: SparseRows,
  place: Int32Array,
  factor: number,
): Generator<SparseRow> {
  for (let row = 0; row < rows; row++) {
    const line: { columns: number[]; values: number[] } = { columns: [], values: [] }
    for (let k = starts[row] as number; k < (starts[row + 1] as number); k++) {
      const column = place[columns[k] as number] as number
      if (column === -1) continue
      line.columns.push(column)
      line.values.push(factor * (values[k] as number))
    }
    if (line.columns.length > 0) yield line
  }
}

/** (XᵀX + λI)⁻¹, [columns, columns]. */
async function inverseByColumns(x: SparseRows, l2: number, signal: AbortSignal | undefined): Promise<Float32Array> {
  const n = x.columnCount
  const inverse = new Float32Array(n * n)
  for (let row = 0; row < x.rows; row++) {
    for (let k = x.starts[row] as number; k < (x.starts[row + 1] as number); k++) {
      const column = x.columns[k] as number
      addRow(inverse.subarray(column * n, (column + 1) * n), x, row, x.values[k] as number)
    }
  }
  for (let column = 0; column < n; column++)
    inverse[column * n + column] = (inverse[column * n + column] as number) + l2
  await invertSpd(inverse, n, { signal })
  return inverse
}

/** The same where X has fewer rows than columns: (I - Xᵀ(XXᵀ + λI)⁻¹X) / λ, by the identity of Woodbury. */
async function inverseByRows(x: SparseRows, l2: number, signal: AbortSignal | undefined): Promise<Float32Array> {
  const n = x.columnCount
  const kernel = await inverseByColumns(transposed(x), l2, signal)
  const inverse = new Float32Array(n * n)
  const product = new Float32Array(n)
  for (let row = 0; row < x.rows; row++) {
    product.fill(0)
    for (let other = 0; other < x.rows; other++) addRow(product, x, other, kernel[row * x.rows + other] as number)
    for (let k = x.starts[row] as number; k < (x.starts[row + 1] as number); k++) {
      const [start, factor] = [(x.columns[k] as number) * n, (x.values[k] as number) / l2]
      for (let column = 0; column < n; column++)
        inverse[start + column] = (inverse[start + column] as number) - factor * (product[column] as number)
    }
  }
  for (let column = 0; column < n; column++)
    inverse[column * n + column] = (inverse[column * n + column] as number) + 1 / l2
  // Symmetric to the last bit, which sums in another order are not.
  mirror(inverse, n)
  return inverse
}
