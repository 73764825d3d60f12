import { OptionError } from '@headstart/core'
import type { Index } from 'usearch'
import type { History } from './histories.js'
import type { Recommender } from './recommend.js'

/** What the scores are products of, for recommenders of which they are: [items, columns], and a vector for a history. */
export interface ItemVectors {
  /** [items, columns], row-major. */
  readonly data: Float32Array
  readonly columns: number
  /** [columns]: the score of an item is the product of its row with this. */
  of(history: History): Float64Array
}

/** Neighbours of an item in the graph, those that are looked at when one is added, and when one is looked for. */
const settings = { connectivity: 16, expansion_add: 128, expansion_search: 256 }

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
      const { keys } = index.search(Float32Array.from(vectors.of(history)), Math.min(count, index.size()), 1)
      return Array.from(keys, Number).filter((item) => item >= 0 && item < index.size())
    },
  }
}

async function indexOf({ data, columns }: ItemVectors): Promise<Index> {
  const { Index: Hnsw, MetricKind, ScalarKind } = await import('usearch').catch((cause: unknown) => {
    throw new OptionError('an index of items', 'the package usearch', 'none', 'Install it: npm install usearch. Lists are exact without it.', { cause })
  })
  const rows = data.length / columns
  const index = new Hnsw({ dimensions: columns, metric: MetricKind.IP, quantization: ScalarKind.F32, multi: false, ...settings })
  // One thread: the same graph each time.
  index.add(BigUint64Array.from({ length: rows }, (_, row) => BigInt(row)), data, 1)
  return index
}
