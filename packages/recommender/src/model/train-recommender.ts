import {
  best,
  type ChosenMethod,
  chooseEach,
  describeSettings,
  examine,
  recommenderMethods,
  type ShopOptions,
} from '../methods/choose-method.js'
import { fingerprintOf } from '../shop/fingerprint.js'
import { popularity } from '../scorers/popularity.js'
import type { Shop } from '../shop/read-shop.js'
import { RecommenderModel } from './recommender-model.js'

/**
 * Learns to recommend a shop's items. Every method chooses its settings on validation data (of each user the interaction
 * before the last, from what all did before); the one that does best there is fitted once more to all there is. The same
 * data, options and seed give the same model.
 * @throws DataError when nobody liked or bought anything.
 * @throws OptionError for an option outside its range.
 */
export async function trainRecommender(shop: Shop, options: ShopOptions = {}): Promise<RecommenderModel> {
  const { methods = recommenderMethods, seed = 0, threshold, repeats = false, onEvent } = options
  const examined = await examine(shop, options)
  const { material, everything, validation, minimum } = examined
  const chosen: ChosenMethod[] = []
  for await (const one of chooseEach(examined, options)) {
    chosen.push(one)
    onEvent?.({ type: 'compare', done: chosen.length, total: methods.length, method: one.method.name })
  }
  const { method, settings, ndcg } = best(chosen)
  if (ndcg === undefined) {
    onEvent?.({
      type: 'notice',
      message: `Nobody took ${minimum} items or more, so that there is nothing to choose by: it is ${method.name}, ${describeSettings(settings)}.`,
    })
  } else if (validation.cases.length < fewCases) {
    onEvent?.({
      type: 'notice',
      message: `${validation.cases.length} users to choose by: the choice of ${method.name} may be chance.`,
    })
  }
  return new RecommenderModel({
    catalog: shop.catalog,
    recommender: await method.fit(material, everything, settings, options),
    popular: popularity(repeats ? everything.distinct() : everything),
    recipe: {
      method: method.name,
      settings,
      seed,
      texts: options.texts?.id ?? null,
      threshold: threshold ?? null,
      minimum,
      repeats,
    },
    training: {
      users: everything.length,
      interactions: everything.items.length,
      items: shop.catalog.size,
      fingerprint: fingerprintOf(shop.catalog, everything),
    },
    validation: chosen.map((one) => ({ method: one.method.name, settings: one.settings, ndcg: one.ndcg ?? null })),
  })
}

/** Below so many users the choice between methods is noise rather than knowledge. */
const fewCases = 100
