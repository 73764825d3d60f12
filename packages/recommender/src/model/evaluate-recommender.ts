import { DataError, OptionError } from '@headstart/core'
import { materialOf, recommenderMethods, type ShopOptions } from '../methods/choose-method.js'
import { evaluateRanking, type RankingReport } from '../evaluate/evaluate-ranking.js'
import { fingerprintOf } from '../shop/fingerprint.js'
import { positives } from '../shop/histories.js'
import type { Interactions } from '../shop/interactions.js'
import type { Shop } from '../shop/read-shop.js'
import type { RecommenderModel } from './recommender-model.js'
import { leaveOneOut } from '../shop/split-histories.js'
import { withRepeats } from '../methods/with-repeats.js'

/** Options of `evaluateRecommender`. */
export type EvaluateRecommenderOptions = Pick<ShopOptions, 'methods' | 'texts' | 'seed' | 'signal' | 'onEvent'>

/**
 * Asks a recommender for the last item of each user, after those before it. Of the interactions that it learned from itself it
 * would know the answers: it is then fitted again, with the settings that it has, to all but the last of each user, which
 * is said; neither settings nor method were chosen by these.
 * @param shop Whose items are those of the model; interactions with others are left out, and said.
 * @throws DataError when there is nobody to ask.
 * @throws OptionError when the model is to be fitted again and compares texts by a backbone that is not given.
 */
export async function evaluateRecommender(
  model: RecommenderModel,
  shop: Shop,
  options: EvaluateRecommenderOptions = {},
): Promise<RankingReport> {
  const { signal, seed } = options
  const say = (message: string): void => options.onEvent?.({ type: 'notice', message })
  const threshold = model.recipe.threshold ?? undefined
  const { repeats } = model.recipe
  const everything = positives(shop.interactions, shop.catalog.size, { threshold, repeats })
  if (fingerprintOf(shop.catalog, everything) === model.training.fingerprint) {
    say(
      'these are the interactions that the model learned from: it is fitted again without the last one of each user, which is asked for.',
    )
    return evaluateRefitted(model, shop, options)
  }
  const known = interactionsKnownTo(model, shop, say)
  const { cases } = leaveOneOut(positives(known, model.catalog.size, { threshold, minimum: 2, repeats }))
  checkCases(shop, cases.length, 2)
  const takers = Float64Array.from(await model.popular.score({ items: new Int32Array(), times: new Float64Array() }))
  // What came to the catalog later was taken by nobody.
  takers.fill(0, model.training.items)
  const train = { itemCount: model.catalog.size, popularity: () => takers.slice() }
  return evaluateRanking(model.recommender, { train, cases }, { signal, seed, repeats })
}

async function evaluateRefitted(
  { recipe }: RecommenderModel,
  shop: Shop,
  options: EvaluateRecommenderOptions,
): Promise<RankingReport> {
  const { methods = recommenderMethods, texts, signal } = options
  const method = methods.find(({ name }) => name === recipe.method)
  if (!method)
    throw new OptionError('option "methods"', `the method ${recipe.method}`, 'others', 'Leave it out for all.')
  if ((texts?.id ?? null) !== recipe.texts) {
    const remedy = 'Give the same as in training.'
    throw new OptionError('option "texts"', recipe.texts ?? 'no backbone', texts?.id ?? 'none', remedy)
  }
  const { threshold, minimum, settings, seed, repeats } = recipe
  const test = leaveOneOut(
    positives(shop.interactions, shop.catalog.size, { threshold: threshold ?? undefined, minimum, repeats }),
  )
  checkCases(shop, test.cases.length, minimum)
  const recommender = await (repeats ? withRepeats(method) : method).fit(
    await materialOf(shop.catalog, options),
    test.train,
    settings,
    { ...options, seed },
  )
  return evaluateRanking(recommender, test, { signal, seed: options.seed, repeats })
}

/** The interactions with items of the model, by the model's numbers. */
function interactionsKnownTo(
  { catalog }: RecommenderModel,
  { name, catalog: { items }, interactions }: Shop,
  say: (message: string) => void,
): Interactions {
  const numbers = items.map(({ id }) => catalog.numberOf(id) ?? -1)
  const isKnown = (_: number, row: number): boolean => numbers[interactions.item[row] as number] !== -1
  const item = interactions.item.filter(isKnown).map((number) => numbers[number] as number)
  const left = interactions.item.length - item.length
  if (item.length === 0)
    throw new DataError(
      `shop "${name}"`,
      'interactions with items that the model knows',
      'none',
      'Give data of the same shop.',
    )
  if (left > 0)
    say(
      `${left} of ${interactions.item.length} interactions are with items that the model does not know, and left out.`,
    )
  return {
    ...interactions,
    item,
    user: interactions.user.filter(isKnown),
    time: interactions.time.filter(isKnown),
    value: interactions.value?.filter(isKnown),
  }
}

function checkCases({ name }: Shop, cases: number, minimum: number): void {
  if (cases > 0) return
  throw new DataError(
    `shop "${name}"`,
    `users who took at least ${minimum} items`,
    'none',
    'The last one of each is asked for: add what they did.',
  )
}
