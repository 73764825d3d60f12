import { OptionError } from '@headstart/core'
import type { Histories } from './histories.js'
import { historyWeights, type Scorer } from './scorer.js'
import { type SparseRows, transposed } from './sparse-rows.js'
import { invertSpd } from './spd-inverse.js'
import { largest } from './top-k.js'
import { userItems } from './user-items.js'

/** Options of `ease`. */
export interface EaseOptions {
  /** Strength of the L2 regularisation. Default: 200. */
  readonly l2?: number | undefined
  /** Texts as side information: one row for each item of the catalogue (`tfIdf`). Default: none. */
  readonly texts?: SparseRows | undefined
  /** What a term counts beside a user. Default: 5. */
  readonly textWeight?: number | undefined
  /** What the item before the last of a history counts, beside the last one's 1, and so on. Default: 1, all alike. */
  readonly decay?: number | undefined
  /**
   * The inverse takes the third power of the items' number in time and the square in memory. Of a larger catalogue the
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
 * information", 2020): items that nobody took yet are found by their terms.
 * @throws OptionError when `l2` is not above 0.
 */
export async function ease(train: Histories, { decay = 1, ...options }: EaseOptions = {}): Promise<Scorer> {
  const weights = await easeWeights(train, options)
  return {
    name: options.texts ? 'ease-text' : 'ease',
    score(history) {
      const scores = new Float32Array(train.itemCount)
      const counts = historyWeights(history, decay)
      history.items.forEach((item, place) => addDenseRow(scores, weights, item, counts[place] as number))
      return scores
    },
  }
}

/** Weights between those items that anything is known of; all others are 0. */
export interface DenseWeights {
  /** Numbers of the known items, rising. */
  readonly known: readonly number[]
  /** [items]: row of each item, -1 for those that are not known. */
  readonly rowOf: Int32Array
  /** [known, known]: from the row's item to the column's. */
  readonly values: Float32Array
}

/** Adds `factor` times the weights from an item to a dense row, [items]. */
export function addDenseRow(target: Float32Array, { known, rowOf, values }: DenseWeights, item: number, factor: number): void {
  const row = rowOf[item] as number
  if (row === -1) return
  const [n, start] = [known.length, row * known.length]
  for (let column = 0; column < n; column++) {
    const other = known[column] as number
    target[other] = (target[other] as number) + factor * (values[start + column] as number)
  }
}

/** The matrix B of EASE: see `ease`. */
export async function easeWeights(
  train: Histories,
  { l2 = 200, texts, textWeight = 5, itemLimit = 12_000, onNotice = () => {}, signal }: Omit<EaseOptions, 'decay'> = {},
): Promise<DenseWeights> {
  if (!(l2 > 0)) throw new OptionError('ease', 'an l2 above 0', `${l2}`, 'Without it the matrix may have no inverse.')
  const takers = takersOfKnown(train, texts)
  const known = largest(takers, itemLimit).sort((a, b) => a - b)
  const n = known.length
  const beyond = takers.reduce((count, some) => count + (some === -Infinity ? 0 : 1), -n)
  if (beyond > 0) onNotice(`ease: ${beyond} items beyond the ${n} that most users took score 0: add itemKnn or textSimilarity for them.`)
  const place = new Int32Array(train.itemCount).fill(-1)
  known.forEach((item, row) => (place[item] = row))

  const weights = new Float32Array(n * n)
  addGram(weights, n, userItems(train), place, 1)
  if (texts) addGram(weights, n, transposed(texts), place, textWeight ** 2)
  for (let row = 0; row < n; row++) weights[row * n + row] = (weights[row * n + row] as number) + l2
  await invertSpd(weights, n, { signal })
  const diagonal = Float64Array.from(known, (_, row) => weights[row * n + row] as number)
  for (let row = 0; row < n; row++) {
    for (let column = 0; column < n; column++) {
      const at = row * n + column
      weights[at] = row === column ? 0 : -(weights[at] as number) / (diagonal[column] as number)
    }
  }
  return { known, rowOf: place, values: weights }
}

/** How many took each item, [items]; -Infinity where nothing is known of it, not even a text: its weights would be 0. */
function takersOfKnown(train: Histories, texts: SparseRows | undefined): Float64Array {
  return train.popularity().map((count, item) => {
    const hasText = texts !== undefined && (texts.starts[item + 1] as number) > (texts.starts[item] as number)
    return count > 0 || hasText ? count : -Infinity
  })
}

/** Adds `factor` times the products of the columns of a matrix, [anything, items], to those of the known items. */
function addGram(gram: Float32Array, n: number, { rows, starts, columns, values }: SparseRows, place: Int32Array, factor: number): void {
  for (let row = 0; row < rows; row++) {
    const end = starts[row + 1] as number
    for (let a = starts[row] as number; a < end; a++) {
      const first = place[columns[a] as number] as number
      if (first === -1) continue
      const value = factor * (values[a] as number)
      for (let b = starts[row] as number; b < end; b++) {
        const second = place[columns[b] as number] as number
        if (second !== -1) gram[first * n + second] = (gram[first * n + second] as number) + value * (values[b] as number)
      }
    }
  }
}
