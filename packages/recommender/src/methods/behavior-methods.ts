import type { Network, Run } from '@headstart/core'
import { type BehaviorBackbone, behaviorBackbone } from '../network/behavior-backbone.js'
import { behaviorRecommender } from '../network/behavior-recommender.js'
import { behaviorNetwork, withScorers } from '../network/behavior-network.js'
import type { CalibratedFeatures } from '../network/calibrated-features.js'
import type { ItemFeaturesOptions } from '../network/fit-item-features.js'
import { ItemFeaturesInTime } from '../network/item-features-in-time.js'
import { fineTuneRanker, type FineTuneRankerOptions } from '../network/fine-tune-ranker.js'
import type { Histories } from '../shop/histories.js'
import { meanNdcg } from '../evaluate/rank-cases.js'
import { latestExamples } from '../network/ranking-examples.js'
import type { Recommender } from '../contract/recommend.js'
import { type Material, noticesOf, type RecommenderMethod } from '../contract/recommender-method.js'

/** What a network sees of a shop. */
export type SeenFeatures = Pick<ItemFeaturesOptions, 'itemLimit' | 'sequence'>

/** Up to so many items, what is fitted for one network is kept for the others: the memory that it takes is no matter. */
const mostKept = 20_000

/** A shop's features as they were in time, and as they are. */
function featuresIn(
  { terms }: Material,
  train: Histories,
  seen: SeenFeatures,
  { seed, signal, once }: Run,
): { readonly past: ItemFeaturesInTime; now(): Promise<CalibratedFeatures> } {
  const past = new ItemFeaturesInTime(train, terms, { ...seen, seed, signal })
  const fit = () => past.before(0)
  const key = [ItemFeaturesInTime, train, terms, seen.itemLimit, seen.sequence, seed]
  return { past, now: () => (train.itemCount <= mostKept ? once(key, fit) : fit()) }
}

/**
 * The network with fresh weights over the same features, never trained: what pre-training is worth is what `frozenMethod` has
 * beside it.
 */
export function untrainedMethod(seen: SeenFeatures = {}): RecommenderMethod {
  return method('untrained', 'the same network, not pre-trained', async (material, train, run) => {
    const features = await featuresIn(material, train, seen, run).now()
    return { network: behaviorNetwork(features.features.names, run.seed), features }
  })
}

/** The pre-trained network as it is, over the shop's features. @param backbone Default: the built-in one. */
export function frozenMethod(backbone?: BehaviorBackbone, seen: SeenFeatures = {}): RecommenderMethod {
  return method('frozen', 'a network pre-trained on other shops, as it is', async (material, train, run) => {
    const { network } = backbone ?? (await behaviorBackbone())
    const features = await featuresIn(material, train, seen, run).now()
    return { network: withScorers(network, features.features.names), features }
  })
}

/**
 * The pre-trained network tuned on what the shop's users took last; as it is, where held-out users do not profit.
 * @param backbone Default: the built-in one.
 */
export function fineTunedMethod(
  backbone?: BehaviorBackbone,
  tuning: FineTuneRankerOptions = {},
  seen: SeenFeatures = {},
): RecommenderMethod {
  return method('fine-tuned', 'the same network, tuned on this shop', async (material, train, run) => {
    const { network } = backbone ?? (await behaviorBackbone())
    const { past, now } = featuresIn(material, train, seen, run)
    const { seed, signal } = run
    const examples = await latestExamples(past, { seed })
    const features = await now()
    const whole = withScorers(network, features.features.names)
    const onEvent = noticesOf(run)
    if (!examples) onEvent?.({ type: 'notice', message: 'Nobody took enough to tune by: the network stays as it is.' })
    const tuned = examples
      ? await fineTuneRanker(whole, [examples], { seed, signal, onEvent, ...tuning })
      : { network: whole }
    return { network: tuned.network, features }
  })
}

/** A network, and what it sees. */
interface Fitted {
  readonly network: Network
  readonly features: CalibratedFeatures
}

/** A method without settings to choose. */
function method(
  name: RecommenderMethod['name'],
  description: string,
  fitted: (material: Material, train: Histories, run: Run) => Promise<Fitted>,
): RecommenderMethod {
  const fit = async (material: Material, train: Histories, run: Run): Promise<Recommender> => {
    const { network, features } = await fitted(material, train, run)
    return behaviorRecommender(name, network, features)
  }
  return {
    name,
    description,
    async choose(material, validation, run) {
      if (validation.cases.length === 0) return { settings: {}, ndcg: undefined }
      const recommender = await fit(material, validation.train, run)
      const ndcg = await meanNdcg(recommender, validation, { signal: run.signal })
      await recommender.close?.()
      return { settings: {}, ndcg }
    },
    fit: (material, train, _, run) => fit(material, train, run),
  }
}
