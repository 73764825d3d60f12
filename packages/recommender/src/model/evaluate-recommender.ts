import { type Run, type Shown, startRun } from '@headstart/core'
import { counted, DataError, OptionError, shown, textTable } from '@headstart/core/kit'
import { materialOf, type ShopView } from '../methods/shop-data.js'
import { recommenderMethods } from '../methods/recommender-methods.js'
import { sessionMethods } from '../methods/baseline-methods.js'
import { untrainedMethod } from '../methods/behavior-methods.js'
import { evaluateRanking, type RankingReport } from '../evaluate/evaluate-ranking.js'
import { fingerprintOf } from '../shop/fingerprint.js'
import { positives } from '../shop/histories.js'
import { userKey } from '../shop/kept-histories.js'
import type { Interactions } from '../shop/interactions.js'
import type { Shop } from '../shop/read-shop.js'
import type { RecommenderMethod } from '../contract/recommender-method.js'
import type { RecommenderParts } from './recommender-parts.js'
import { shopKnownTo } from './shop-known-to.js'
import { askedFor, type Case, heldOut, knownUsers, leaveOneOut, timeSplit } from '../shop/split-histories.js'
import { withRepeats } from '../methods/with-repeats.js'

/** Options of `evaluateRecommender`. */
export interface EvaluateRecommenderOptions extends Partial<Run>, Pick<ShopView, 'texts' | 'split'> {
  /** Where that of the model is looked for when it is fitted again. Default: all of this package. */
  readonly methods?: readonly RecommenderMethod[] | undefined
}

/**
 * Asks a recommender for the last item of each user, after those before it. Of the interactions that it learned from itself it
 * would know the answers: it is then fitted again, with the settings that it has, to all but the last of each user, which
 * is said; neither settings nor method were chosen by these.
 * @param shop Whose items are those of the model; interactions with others are left out, and said.
 * @throws DataError when there is nobody to ask.
 * @throws OptionError when the model is to be fitted again and compares texts by a backbone that is not given.
 */
export async function evaluateRecommender(
  model: RecommenderParts,
  shop: Shop,
  options: EvaluateRecommenderOptions = {},
): Promise<RankingReport & Shown> {
  return shown(
    await reportOf(model, shop, options),
    (report) => textOf(report, model.recipe, options.split),
    (report) => jsonOf(report, model.recipe),
  )
}

async function reportOf(
  model: RecommenderParts,
  shop: Shop,
  options: EvaluateRecommenderOptions,
): Promise<RankingReport> {
  const { signal, seed = 0 } = options
  const say = (message: string): void => options.onEvent?.({ type: 'notice', message })
  const threshold = model.recipe.threshold ?? undefined
  const { repeats, longestHistory = Infinity } = model.recipe
  const isLearnedFrom = ({ catalog, interactions }: Shop): boolean =>
    fingerprintOf(catalog, positives(interactions, catalog.size, { threshold, repeats }).latest(longestHistory)) ===
    model.training.fingerprint
  const refitted = (learned: Shop): Promise<RankingReport> => {
    say(
      'these are the interactions that the model learned from: it is fitted again without the last one of each user, which is asked for.',
    )
    return refittedReport(model, learned, options)
  }
  if (isLearnedFrom(shop)) return refitted(shop)
  const known = shopKnownTo(model.catalog, shop, say)
  // Items may have been excluded in training.
  if (isLearnedFrom(known)) return refitted(known)
  const { interactions } = known
  const asked = positives(interactions, model.catalog.size, { threshold, minimum: 2, repeats })
  const { cases } = options.split === 'time' ? knownUsers(timeSplit(asked)) : leaveOneOut(asked)
  checkCases(shop, cases.length, 2)
  const learned = cases.filter(knower(model, interactions)).length
  if (learned > 0)
    say(
      `of ${learned} of ${cases.length} users the model learned what is asked for, so that figures are too good: ask about what came since.`,
    )
  const takers = Float64Array.from(await model.popular.score({ items: new Int32Array(), times: new Float64Array() }))
  // What came to the catalog later was taken by nobody.
  takers.fill(0, model.training.items)
  const train = { itemCount: model.catalog.size, popularity: () => takers.slice() }
  return evaluateRanking(model.recommender, { train, cases }, { signal, seed, repeats, texts: model.catalog.terms })
}

/** Says of a model that keeps what users did whether it knows the answer to a case. */
function knower({ kept }: RecommenderParts, { users }: Interactions): (asked: Case) => boolean {
  const places = new Map(kept?.keys.map((key, place) => [key, place]))
  return ({ user, target, time }) => {
    const place = places.get(userKey(users[user] as string))
    if (!kept || place === undefined) return false
    const { items, times } = kept.histories.at(place)
    return items.some((item, at) => item === target && (kept.clock === 'order' || times[at] === time))
  }
}

async function refittedReport(
  { recipe }: RecommenderParts,
  shop: Shop,
  {
    methods = [...recommenderMethods, untrainedMethod(), ...sessionMethods],
    texts,
    split,
    ...options
  }: EvaluateRecommenderOptions,
): Promise<RankingReport> {
  const method = methods.find(({ name }) => name === recipe.method)
  if (!method)
    throw new OptionError('option "methods"', `the method ${recipe.method}`, 'others', 'Leave it out for all.')
  if ((texts?.id ?? null) !== recipe.texts) {
    const remedy = 'Give the same as in training.'
    throw new OptionError('option "texts"', recipe.texts ?? 'no backbone', texts?.id ?? 'none', remedy)
  }
  const { threshold, minimum, settings, seed, repeats, longestHistory = Infinity } = recipe
  const { test } = heldOut(
    positives(shop.interactions, shop.catalog.size, { threshold: threshold ?? undefined, minimum, repeats }).latest(
      longestHistory,
    ),
    minimum,
    seed,
    split,
  )
  checkCases(shop, test.cases.length, minimum)
  const run: Run = { ...startRun(), ...options, seed }
  const material = await materialOf(shop.catalog, texts, run)
  const recommender = await (repeats ? withRepeats(method) : method).fit(material, test.train, settings, run)
  try {
    const { terms } = material
    return await evaluateRanking(recommender, test, { signal: run.signal, seed: options.seed, repeats, texts: terms })
  } finally {
    await recommender.close?.()
  }
}

/** As `headstart evaluate --json` has it. */
function jsonOf(report: RankingReport, { method }: RecommenderParts['recipe']): object {
  const { cases, hitRate, ndcg, mrr, coverage, popularityBias, coldItems, intervals } = report
  const { novelty, diversity, gini } = report
  return {
    method,
    users: cases,
    'hr@10': hitRate,
    // Of one item that is asked for, what is found of it.
    'recall@10': hitRate,
    'ndcg@10': ndcg,
    mrr,
    'coverage@10': coverage,
    popularityBias,
    novelty,
    diversity,
    gini,
    'coldNdcg@10': coldItems?.amongThemselves.ndcg ?? null,
    intervals: { 'hr@10': intervals.hitRate, 'ndcg@10': intervals.ndcg, mrr: intervals.mrr },
  }
}

function textOf(
  report: RankingReport,
  { method, repeats }: RecommenderParts['recipe'],
  split: ShopView['split'],
): string {
  const { intervals, coldItems } = report
  const range = (figure: keyof typeof intervals): string => intervals[figure].map((end) => end.toFixed(4)).join(' to ')
  return [
    textTable([
      [counted(report.cases, 'user'), method, '95 % interval'],
      ['HR@10, recall@10', report.hitRate.toFixed(4), range('hitRate')],
      ['NDCG@10', report.ndcg.toFixed(4), range('ndcg')],
      ['MRR', report.mrr.toFixed(4), range('mrr')],
      ['coverage', report.coverage.toFixed(4), ''],
      ['popularity bias', report.popularityBias.toFixed(4), ''],
      ['novelty, bits', report.novelty.toFixed(2), ''],
      ...(report.diversity === null ? [] : [['diversity within a list', report.diversity.toFixed(4), '']]),
      ['Gini index of what is shown', report.gini.toFixed(4), ''],
      ...(coldItems ? [['cold items, NDCG@10', coldItems.amongThemselves.ndcg.toFixed(4), '']] : []),
    ]),
    `${askedFor(split)} is asked for, the whole catalog ranked ${repeats ? 'with' : 'without'} what the user has.`,
  ].join('\n')
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
