import { type Matrix, rowOf } from '@headstart/core/load'
import type { History } from '../shop/histories.js'
import { ItemVectors } from '../contract/item-vectors.js'
import { historyWeights, type Scorer } from '../contract/scorer.js'
import { countIn, numberIn, rowsIn, type ScorerState, sparseArrays, sparseIn } from '../contract/scorer-state.js'
import { addRow, type SparseRows, transposed } from '../math/sparse-rows.js'

/** Options of `textSimilarity`. */
export interface TextSimilarityOptions {
  /** How many of the latest items count. Default: 10. */
  readonly last?: number | undefined
  /** What the item before the last counts, beside the last one's 1, and so on. Default: 1, all alike. */
  readonly decay?: number | undefined
}

/**
 * How much the text of an item is like those of the user's latest items: the mean cosine of their vectors, weighted.
 * It needs no behavior, so that a new item is found at once (content-based filtering: Pazzani and Billsus,
 * "Content-based recommendation systems", 2007).
 * @param vectors One row for each item of the catalog, of length 1 or 0: terms with their weights (`tfIdf`), or the
 *   features of a text backbone (`unitRows`).
 */
export function textSimilarity(
  vectors: SparseRows | Matrix,
  { last = 10, decay = 1 }: TextSimilarityOptions = {},
): Scorer {
  const isSparse = 'starts' in vectors
  const weightsOf = (history: History): Float64Array => {
    const weights = historyWeights(history, decay, last)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return weights.map((weight) => weight / total)
  }
  return {
    name: last === 1 ? 'text similarity to the last item' : `text similarity to the last ${last} items`,
    ...(isSparse ? sparseScores(vectors, weightsOf) : denseScores(vectors, weightsOf)),
    update: ({ catalog, newTexts }) =>
      textSimilarity(isSparse ? catalog.terms : appended(vectors, newTexts), { last, decay }),
    state: () => ({
      kind: 'text-similarity',
      config: { last, decay, columnCount: isSparse ? vectors.columnCount : vectors.columns },
      arrays: isSparse ? sparseArrays(vectors) : { features: vectors.data },
    }),
  }
}

export function loadTextSimilarity(state: ScorerState, _: readonly Scorer[], items: number): Scorer {
  const options = { last: numberIn(state, 'last'), decay: numberIn(state, 'decay') }
  if (state.arrays?.['features'] === undefined) return textSimilarity(sparseIn(state, items), options)
  const columns = countIn(state, 'columnCount', 2 ** 20)
  const data = rowsIn(state, 'features', Float32Array, items * columns)
  return textSimilarity({ rows: items, columns, data }, options)
}

/** What each item of a history counts, [items of the history]. */
type Weights = (history: History) => Float64Array

/** Goes through the texts that share a term, no others. */
function sparseScores(vectors: SparseRows, weightsOf: Weights): Pick<Scorer, 'score'> {
  const byTerm = transposed(vectors)
  return {
    score(history) {
      const profile = new Map<number, number>()
      weightsOf(history).forEach((weight, place) => {
        if (weight === 0) return
        const item = history.items[place] as number
        for (let k = vectors.starts[item] as number; k < (vectors.starts[item + 1] as number); k++) {
          const term = vectors.columns[k] as number
          profile.set(term, (profile.get(term) ?? 0) + weight * (vectors.values[k] as number))
        }
      })
      const scores = new Float32Array(vectors.rows)
      for (const [term, weight] of profile) addRow(scores, byTerm, term, weight)
      return scores
    },
  }
}

function denseScores(matrix: Matrix, weightsOf: Weights): Pick<Scorer, 'score' | 'vectors'> {
  const { data, columns } = matrix
  const of = (history: History): Float64Array => {
    const profile = new Float64Array(columns)
    weightsOf(history).forEach((weight, place) => {
      const row = rowOf(matrix, history.items[place] as number)
      if (weight !== 0)
        for (let k = 0; k < columns; k++) profile[k] = (profile[k] as number) + weight * (row[k] as number)
    })
    return profile
  }
  const vectors = new ItemVectors(data, columns, of)
  return { score: (history) => vectors.scores(history), vectors }
}

function appended(matrix: Matrix, more: Matrix | undefined): Matrix {
  if (!more) return matrix
  const data = new Float32Array(matrix.data.length + more.data.length)
  data.set(matrix.data)
  data.set(more.data, matrix.data.length)
  return { rows: matrix.rows + more.rows, columns: matrix.columns, data }
}

/** The matrix with every row divided by its length, so that products of rows are cosines; rows of zeros stay so. */
export function unitRows(matrix: Matrix): Matrix {
  const unit = { ...matrix, data: matrix.data.slice() }
  for (let row = 0; row < matrix.rows; row++) {
    const values = rowOf(unit, row)
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
    if (length > 0) values.forEach((value, k) => (values[k] = value / length))
  }
  return unit
}
