import { type Run, startRun } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import type { RecommenderMethod } from '../contract/recommender-method.js'
import type { ShopView } from '../methods/shop-data.js'
import type { RecommenderModel } from '../model/recommender-model.js'
import type { Shop } from '../shop/read-shop.js'
import { bestOf } from './best-of.js'
import type { KeepOptions } from './shop-learner.js'

/** Options of `trainRecommender`. */
export interface TrainRecommenderOptions extends ShopView, KeepOptions, Partial<Omit<Run, 'once'>> {
  /** What to choose from. Default: `recommenderMethods`. */
  readonly methods?: readonly RecommenderMethod[] | undefined
}

/**
 * Learns to recommend a shop's items. Every method chooses its settings on validation data (of each user the interaction
 * before the last, from what all did before); the one that does best there is fitted once more to all there is. The same
 * data, options and seed give the same model.
 * @throws DataError when nobody liked or bought anything.
 * @throws OptionError for an option outside its range.
 */
export async function trainRecommender(
  shop: Shop,
  {
    methods,
    keep,
    texts,
    threshold,
    minimum,
    askedUsers,
    repeats,
    longestHistory,
    split,
    ...run
  }: TrainRecommenderOptions = {},
): Promise<RecommenderModel> {
  // As a program without types may call it.
  if (!(shop as Partial<Shop> | undefined)?.catalog) {
    const remedy = 'Read one first: await readShop(path).'
    throw new OptionError(
      'trainRecommender',
      'a shop',
      typeof shop === 'string' ? `"${shop as string}"` : 'none',
      remedy,
    )
  }
  return bestOf(methods, { keep }).fit(
    { shop, texts, threshold, minimum, askedUsers, repeats, longestHistory, split },
    startRun(run),
  )
}
