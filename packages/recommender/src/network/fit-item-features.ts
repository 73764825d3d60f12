import { als } from '../scorers/als.js'
import { easeInverse } from '../scorers/ease.js'
import type { Histories } from '../shop/histories.js'
import type { SparseRows } from '../math/sparse-rows.js'
import { ItemFeatures } from './item-features.js'
import { neighborLinks, transitionLinks } from './linear-features.js'
import { popularityCounts } from './popularity-features.js'
import { epochsWithin, trainSequence } from './train-sequence.js'

/** Epochs and steps for a sequence model at most: it is fitted several times, and its worth is measured. */
const [sequenceEpochs, sequenceSteps] = [15, 2000]

/** Options of `fitItemFeatures`. */
export interface ItemFeaturesOptions {
  /** Items in the matrices of EASE: see `ease`. Default: 6000, which takes seconds. */
  readonly itemLimit?: number | undefined
  /**
   * Whether a sequence model trained on the same histories is one more scorer, `sequence`. Default: false; `ItemFeaturesInTime`
   * looks at the shop.
   */
  readonly sequence?: boolean | undefined
  /** Of the sequence model. Default: 0. */
  readonly seed?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Item features of a shop's histories.
 * @param train First occurrences only.
 * @param texts One row for each item of the catalog, of length 1 or 0 (`tfIdf`).
 */
export async function fitItemFeatures(
  train: Histories,
  texts: SparseRows,
  { itemLimit = 6000, sequence = false, seed, signal }: ItemFeaturesOptions = {},
): Promise<ItemFeatures> {
  const counts = train.popularity()
  return new ItemFeatures({
    itemCount: train.itemCount,
    userCount: train.length,
    usualPopularity: counts.reduce((sum, count) => sum + count * count, 0) / Math.max(train.items.length, 1),
    popularity: popularityCounts(train),
    neighbors: neighborLinks(train),
    ease: await easeInverse(train, { itemLimit, signal }),
    // A text counts √10, so that the products of texts count 10 beside those of users.
    easeText: await easeInverse(train, { texts, textWeight: Math.sqrt(10), itemLimit, signal }),
    follows: transitionLinks(train),
    texts,
    als: als(train, { factors: 32, iterations: 6, signal }),
    ...(sequence && {
      sequence: await trainSequence({ texts }, train, {
        epochs: epochsWithin(sequenceEpochs, train, sequenceSteps),
        seed,
        signal,
      }),
    }),
  })
}
