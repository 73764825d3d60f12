import type { Learner, Run } from '@headstart/core'
import type { Choice, RecommenderMethod } from '../contract/recommender-method.js'
import type { ChoicesCheckpoint } from './choices.js'
import { examine, type ShopData } from '../methods/shop-data.js'
import { withRepeats } from '../methods/with-repeats.js'
import { RecommenderModel } from '../model/recommender-model.js'
import { popularity } from '../scorers/popularity.js'
import { type Histories, meanWeight, weighed } from '../shop/histories.js'
import { defaultThreshold, usuallyLongest } from '../shop/interactions.js'
import { type KeptHistories, userKey } from '../shop/kept-histories.js'
import { fingerprintOf } from '../shop/fingerprint.js'

/** Learns to recommend a shop's items. */
export type ShopLearner = Learner<ShopData, RecommenderModel>

/** Options of `shopLearner`. */
export interface ShopLearnerOptions extends Partial<Pick<ShopLearner, 'takes' | 'adds'>> {
  /** Whether it can be what to use, as what others are measured against is not. Default: true. */
  readonly competes?: boolean | undefined
}

/** A method as a learner: it chooses its settings on validation data, and is fitted once more to all there is. */
export function shopLearner(
  method: RecommenderMethod,
  { takes = 'seconds', adds = [], competes = true }: ShopLearnerOptions = {},
): ShopLearner {
  return {
    name: method.name,
    description: method.description,
    takes,
    adds,
    suits: () => true,
    async fit(data, run) {
      const chosen = await chosenFor(data, method, run)
      return fitted(data, chosen, competes ? [chosen] : [], run)
    },
  }
}

/** Options of `fitted`. */
export interface KeepOptions {
  /** Whether the model keeps what users did, by hashes of their ids, so that it can be updated. Default: false. */
  readonly keep?: boolean | undefined
}

/** A method with the settings that were chosen for it. */
export interface ChosenMethod extends Choice {
  readonly method: RecommenderMethod
}

/** Has a method choose its settings on a shop's validation data. */
export async function chosenFor(
  data: ShopData,
  plain: RecommenderMethod,
  run: Run,
  checkpoint?: ChoicesCheckpoint,
): Promise<ChosenMethod> {
  const { material, validation } = await examine(data, run)
  const method = data.repeats ? withRepeats(plain) : plain
  run.signal?.throwIfAborted()
  const choose = () => method.choose(material, validation, partOf(run, method.name))
  return { ...(checkpoint ? await checkpoint.once(method.name, choose) : await choose()), method }
}

/** A model of the method that was chosen. @param tried Every one that there was to choose from. */
export async function fitted(
  data: ShopData,
  { method, settings }: ChosenMethod,
  tried: readonly ChosenMethod[],
  run: Run,
  { keep = false }: KeepOptions = {},
): Promise<RecommenderModel> {
  const { catalog } = data.shop
  const { repeats = false, threshold = null, longestHistory = usuallyLongest } = data
  const { material, train, minimum } = await examine(data, run)
  return new RecommenderModel({
    catalog,
    recommender: await method.fit(material, train, settings, partOf(run, 'fit')),
    popular: popularity(repeats ? train.distinct() : train),
    recipe: {
      method: method.name,
      settings,
      seed: run.seed,
      texts: data.texts?.id ?? null,
      threshold,
      minimum,
      repeats,
      longestHistory,
      ...(data.split === 'time' && { split: data.split }),
    },
    training: {
      users: train.length,
      interactions: train.items.length,
      items: catalog.size,
      fingerprint: fingerprintOf(catalog, train),
    },
    ...(keep && { kept: keptHistories(data, train) }),
    validation: tried.map((one) => ({ method: one.method.name, settings: one.settings, ndcg: one.ndcg ?? null })),
  })
}

/** The same run with a checkpoint beside that of the whole, for work within it that takes minutes. */
function partOf(run: Run, name: string): Run {
  return run.checkpoint === undefined ? run : { ...run, checkpoint: `${run.checkpoint}.${name}` }
}

/** What users did, as it was learned from. */
function keptHistories({ shop, threshold, repeats }: ShopData, histories: Histories): KeptHistories {
  const { interactions, catalog } = shop
  const { users, valueKind, clock, dislikedTo } = interactions
  return {
    histories,
    keys: Array.from(histories.users, (user) => userKey(users[user] as string)),
    meanWeight: meanWeight(weighed(interactions, catalog.size, { threshold, repeats })),
    threshold: threshold ?? defaultThreshold(interactions),
    dislikedTo,
    valueKind,
    clock,
  }
}
