import { type EaseInverse, easeWeights } from './ease.js'
import { type EvidenceSource, forEachWeighted, type WeightingName, weightings } from './evidence-source.js'
import type { Histories } from './histories.js'
import { knnSimilarities } from './item-knn.js'
import { addRow, type SparseRows, transposed } from './sparse-rows.js'
import { followCounts } from './transitions.js'

/**
 * Item-based neighbourhoods of all items (see `itemKnn`), with shrinkage 5: the likes of the whole history, of its late
 * items, and of the last one.
 */
export function neighbourEvidence(similarities: SparseRows): EvidenceSource {
  return linear('knn', ['all', 'recent', 'last'], similarities)
}

/** Neighbours that are kept of an item; without a limit, memory would grow with the square of the catalogue. */
const mostNeighbours = 1000

/** What `neighbourEvidence` is made from. */
export function neighbourLinks(train: Histories): SparseRows {
  return knnSimilarities(train, Math.min(mostNeighbours, train.itemCount), 5)
}

/** EASE for the whole history, and for its late items (see `ease`). */
export function easeEvidence(name: string, inverse: EaseInverse, itemCount: number): EvidenceSource {
  const addWeights = easeWeights(inverse, itemCount)
  const names = ['all', 'recent'] as const
  return {
    names: names.map((weighting) => `${name}-${weighting}`),
    score({ items }, rows) {
      const factorsOf = (place: number): number[] => names.map((weighting) => weightings[weighting](items.length - 1 - place))
      addWeights(rows, Array.from(items, (item, place) => ({ item, factors: factorsOf(place) })))
    },
  }
}

/**
 * What came soon after an item, up to 5 places on: Σ 1/d for each time j came d places after i, divided by
 * (√n(i) + 0.7)(√n(j) + 0.7), n being the number of users.
 */
export function transitionLinks(train: Histories): SparseRows {
  const follow = followCounts(train, 5)
  const scale = train.popularity().map((count) => 1 / (Math.sqrt(count) + 0.7))
  for (let item = 0; item < follow.rows; item++) {
    for (let k = follow.starts[item] as number; k < (follow.starts[item + 1] as number); k++) {
      follow.values[k] = (follow.values[k] as number) * (scale[item] as number) * (scale[follow.columns[k] as number] as number)
    }
  }
  return follow
}

/** What comes soon after the last item, after the last ten, and before them. */
export function transitionEvidence(follow: SparseRows): EvidenceSource {
  const [after, before] = [linear('follows', ['last', 'ten'], follow), linear('precedes', ['ten'], transposed(follow))]
  return {
    names: [...after.names, ...before.names],
    score(history, rows) {
      after.score(history, rows.slice(0, 2))
      before.score(history, rows.slice(2))
    },
  }
}

/** Sums of a matrix's rows over the history's items. */
function linear(name: string, weighted: readonly WeightingName[], matrix: SparseRows): EvidenceSource {
  return {
    names: weighted.map((weighting) => `${name}-${weighting}`),
    score(history, rows) {
      forEachWeighted(history, weighted, (item, index, weight) => addRow(rows[index] as Float32Array, matrix, item, weight))
    },
  }
}
