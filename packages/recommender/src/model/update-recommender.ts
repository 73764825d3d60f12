import type { Backbone, RunOptions } from '@headstart/core'
import { counted, DataError, OptionError } from '@headstart/core/kit'
import { Growth } from '../contract/growth.js'
import { featuresOf } from '../methods/shop-data.js'
import { updatedRecommender } from '../scorers/updated.js'
import { fingerprintOf } from '../shop/fingerprint.js'
import { growHistories } from '../shop/grow-histories.js'
import { usuallyLongest } from '../shop/interactions.js'
import type { Shop } from '../shop/read-shop.js'
import type { RecommenderParts } from './recommender-parts.js'

/** Options of `RecommenderModel.update`. */
export interface UpdateOptions extends RunOptions {
  /** The backbone that texts were compared by in training, where it was one and there are new items. */
  readonly texts?: Backbone<string> | undefined
}

/** See `RecommenderModel.update`. */
export async function updateRecommender(
  { recommender, popular, ...model }: RecommenderParts,
  shop: Shop,
  { texts, signal, onEvent }: UpdateOptions = {},
): Promise<RecommenderParts> {
  if (!model.kept) {
    const remedy = 'Train it with the option keep (on the command line: --keep).'
    throw new DataError('model', 'one that keeps what users did', 'one that does not', remedy)
  }
  const say = (message: string): void => onEvent?.({ type: 'notice', message })
  const { repeats, longestHistory = usuallyLongest } = model.recipe
  const { catalog, kept, users, late } = growHistories(model.kept, model.catalog, shop, { repeats, longestHistory })
  const fresh = catalog.size - model.kept.histories.itemCount
  const newTexts =
    model.recipe.texts === null || fresh === 0
      ? undefined
      : await featuresOf(catalog.texts().slice(-fresh), sameBackbone(texts, model.recipe.texts), signal)
  signal?.throwIfAborted()
  const growth = new Growth(model.kept.histories, kept.histories, users, catalog, newTexts)
  const updated = {
    recommender: await updatedRecommender(recommender, growth),
    popular: await updatedRecommender(popular, repeats ? growth.distinct() : growth),
  }
  const waiting = [...new Set([...(model.since?.waiting ?? []), ...growth.waiting])]
  const since = {
    updates: (model.since?.updates ?? 0) + 1,
    interactions: (model.since?.interactions ?? 0) + shop.interactions.item.length,
    items: (model.since?.items ?? 0) + catalog.size - model.catalog.size,
    waiting,
  }
  if (late > 0)
    say(
      `${counted(late, 'interaction is', 'interactions are')} older than what their users did before, and stand in their place.`,
    )
  if (waiting.length > 0)
    say(`${waiting.join(', ')}: as before, until the model is trained again. What else there is knows all that came.`)
  return {
    ...model,
    ...updated,
    catalog,
    kept,
    since,
    training: {
      users: kept.histories.length,
      interactions: kept.histories.items.length,
      items: catalog.size,
      fingerprint: fingerprintOf(catalog, kept.histories),
    },
  }
}

function sameBackbone(texts: Backbone<string> | undefined, id: string): Backbone<string> {
  if (texts?.id === id) return texts
  throw new OptionError('option "texts"', id, texts?.id ?? 'none', 'Give the same as in training: there are new items.')
}
