import { OptionError } from '@headstart/core/load'
import type usearch from 'usearch'
import type { Index } from 'usearch'
import type { ItemVectors } from '../contract/item-vectors.js'
import type { Recommender } from '../contract/recommend.js'

/** Neighbors of an item in the graph, those that are looked at when one is added, and when one is looked for. */
const settings = { connectivity: 32, expansion_add: 256, expansion_search: 2048 }

/**
 * The same recommender with an approximate index of its items (hierarchical navigable small worlds: Malkov and Yashunin,
 * "Efficient and robust approximate nearest neighbor search using hierarchical navigable small world graphs", 2018), by
 * usearch, which the user has to install. Recommenders whose scores are no products of vectors stay as they are.
 * @throws OptionError where usearch is not installed.
 */
export async function withIndex(recommender: Recommender): Promise<Recommender> {
  const { vectors } = recommender
  if (!vectors) return recommender
  const index = await indexOf(vectors)
  return {
    ...recommender,
    nearest(history, count) {
      const query = new Float32Array(vectors.columns + 1)
      query.set(vectors.of(history))
      return Array.from(index.search(query, Math.min(count, index.size()), 1).keys, Number)
    },
  }
}

/**
 * With one number more to each vector, sqrt(longest² - length²), all are of one length: then the largest products are the largest
 * cosines, for which such graphs are made (Bachrach et al., "Speeding up the Xbox recommender system using a Euclidean
 * transformation for inner-product spaces", 2014).
 */
async function indexOf({ data, columns }: ItemVectors): Promise<Index> {
  const { Index: Hnsw, MetricKind, ScalarKind } = await loadUsearch()
  const squares = Float64Array.from({ length: data.length / columns }, (_, row) => {
    return data.subarray(row * columns, (row + 1) * columns).reduce((sum, value) => sum + value * value, 0)
  })
  const longest = squares.reduce((most, square) => Math.max(most, square), 0)
  // Nothing is known of the others, and in a graph they would all be neighbors.
  const known = [...squares.keys()].filter((row) => (squares[row] as number) > 0)
  const rows = new Float32Array(known.length * (columns + 1))
  known.forEach((row, place) => {
    rows.set(data.subarray(row * columns, (row + 1) * columns), place * (columns + 1))
    rows[place * (columns + 1) + columns] = Math.sqrt(longest - (squares[row] as number))
  })
  const index = new Hnsw({
    dimensions: columns + 1,
    metric: MetricKind.Cos,
    quantization: ScalarKind.F32,
    multi: false,
    ...settings,
  })
  // One thread: the same graph each time.
  index.add(BigUint64Array.from(known, BigInt), rows, 1)
  return index
}

/** In a `try`, by which bundlers know that it may not be installed. */
async function loadUsearch(): Promise<typeof usearch> {
  try {
    return await import('usearch')
  } catch (cause) {
    const remedy = 'Install it: npm install usearch. Lists are exact without it.'
    throw new OptionError('an index of items', 'the package usearch', 'none', remedy, { cause })
  }
}
