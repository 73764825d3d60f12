import { type EaseInverse, easeWeights } from '../scorers/ease.js'
import { type FeatureSource, forEachWeighted, type WeightingName, weightings } from './feature-source.js'
import type { Histories } from '../shop/histories.js'
import { knnSimilarities, updatedSimilarities } from '../scorers/knn-similarities.js'
import { addRow, type SparseRow, type SparseRows, sparseRows, transposed } from '../math/sparse-rows.js'
import { followCounts, updatedFollowers } from '../scorers/transitions.js'
import type { Growth } from '../contract/growth.js'

/**
 * Item-based neighborhoods of all items (see `itemKnn`), with shrinkage 5: the likes of the whole history, of its late
 * items, and of the last one.
 */
export function neighborFeatures(similarities: SparseRows): FeatureSource {
  return linear('knn', ['all', 'recent', 'last'], similarities)
}

/** Neighbors that are kept of an item; without a limit, memory would grow with the square of the catalog. */
const mostNeighbors = 1000

/** What `neighborFeatures` is made from. */
export function neighborLinks(train: Histories): SparseRows {
  return knnSimilarities(train, Math.min(mostNeighbors, train.itemCount), 5)
}

/** The same of a shop that grew. */
export function updatedNeighbors(links: SparseRows, growth: Growth): SparseRows {
  return updatedSimilarities(links, growth, Math.min(mostNeighbors, growth.now.itemCount), 5)
}

/** EASE for the whole history, and for its late items (see `ease`). */
export function easeFeatures(name: string, inverse: EaseInverse, itemCount: number): FeatureSource {
  const addWeights = easeWeights(inverse, itemCount)
  const names = ['all', 'recent'] as const
  return {
    names: names.map((weighting) => `${name}-${weighting}`),
    score({ items }, rows) {
      const factorsOf = (place: number): number[] =>
        names.map((weighting) => weightings[weighting](items.length - 1 - place))
      addWeights(
        rows,
        Array.from(items, (item, place) => ({ item, factors: factorsOf(place) })),
      )
    },
  }
}

/**
 * What came soon after an item, up to 5 places on (`followReach`): Σ 1/d for each time j came d places after i, divided by
 * (√n(i) + 0.7)(√n(j) + 0.7), n being the number of users.
 */
export function transitionLinks(train: Histories): SparseRows {
  const follow = followCounts(train, followReach)
  const scale = followScale(train)
  for (let item = 0; item < follow.rows; item++) {
    for (let k = follow.starts[item] as number; k < (follow.starts[item + 1] as number); k++) {
      follow.values[k] =
        (follow.values[k] as number) * (scale[item] as number) * (scale[follow.columns[k] as number] as number)
    }
  }
  return follow
}

/** The same of a shop that grew, but for the rounding of single precision. */
export function updatedTransitions(links: SparseRows, growth: Growth): SparseRows {
  const [was, is] = [followScale(growth.before), followScale(growth.now)]
  const changed = updatedFollowers(growth, followReach)
  const linesOf = function* (): Generator<SparseRow> {
    for (let item = 0; item < growth.now.itemCount; item++) {
      const counted = changed.get(item)
      const { columns, values } = counted ?? {
        columns: links.columns.subarray(links.starts[item] ?? 0, links.starts[item + 1] ?? 0),
        values: links.values.subarray(links.starts[item] ?? 0, links.starts[item + 1] ?? 0),
      }
      const own = (is[item] as number) / (counted ? 1 : (was[item] as number))
      yield {
        columns,
        values: Array.from(values, (value, k) => {
          const column = columns[k] as number
          return value * own * ((is[column] as number) / (counted ? 1 : (was[column] as number)))
        }),
      }
    }
  }
  return sparseRows(growth.now.itemCount, linesOf())
}

/** How many places on something still follows. */
const followReach = 5

function followScale(train: Histories): Float64Array {
  return train.popularity().map((count) => 1 / (Math.sqrt(count) + 0.7))
}

/** What comes soon after the last item, after the last ten, and before them. */
export function transitionFeatures(follow: SparseRows): FeatureSource {
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
function linear(name: string, weighted: readonly WeightingName[], matrix: SparseRows): FeatureSource {
  return {
    names: weighted.map((weighting) => `${name}-${weighting}`),
    score(history, rows) {
      forEachWeighted(history, weighted, (item, index, weight) =>
        addRow(rows[index] as Float32Array, matrix, item, weight),
      )
    },
  }
}
