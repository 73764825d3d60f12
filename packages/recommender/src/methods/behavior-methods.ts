import { type BehaviorBackbone, behaviorBackbone } from '../network/behavior-backbone.js'
import { behaviorRecommender } from '../network/behavior-recommender.js'
import { withScorers } from '../network/behavior-network.js'
import type { CalibratedFeatures } from '../network/calibrated-features.js'
import { ItemFeaturesInTime } from '../network/item-features-in-time.js'
import { fineTuneRanker, type FineTuneRankerOptions } from '../network/fine-tune-ranker.js'
import type { Histories } from '../shop/histories.js'
import { meanNdcg } from '../evaluate/rank-cases.js'
import { latestExamples } from '../network/ranking-examples.js'
import type { Recommender } from '../contract/recommend.js'
import { type Material, type MethodOptions, noticesOf, type RecommenderMethod } from '../contract/recommender-method.js'

/** ItemFeatures is fitted once for both methods, where the memory that it takes meanwhile is no matter. */
const fitted = new WeakMap<Histories, Promise<CalibratedFeatures>>()
const mostKept = 20_000

function featuresOf(past: ItemFeaturesInTime, train: Histories): Promise<CalibratedFeatures> {
  const known = fitted.get(train)
  if (known) return known
  const features = past.before(0)
  if (train.itemCount <= mostKept) {
    fitted.set(train, features)
    features.catch(() => fitted.delete(train))
  }
  return features
}

/** The pre-trained network as it is, over the shop's features. @param backbone Default: the built-in one. */
export function frozenMethod(backbone?: BehaviorBackbone): RecommenderMethod {
  return method('frozen', 'a network pre-trained on other shops, as it is', async (material, train, options) => {
    const { network } = backbone ?? (await behaviorBackbone())
    const features = await featuresOf(new ItemFeaturesInTime(train, material.terms, options), train)
    return behaviorRecommender('frozen', withScorers(network, features.features.names), features)
  })
}

/**
 * The pre-trained network tuned on what the shop's users took last; as it is, where held-out users do not profit.
 * @param backbone Default: the built-in one.
 */
export function fineTunedMethod(backbone?: BehaviorBackbone, tuning: FineTuneRankerOptions = {}): RecommenderMethod {
  return method('fine-tuned', 'the same network, tuned on this shop', async (material, train, options) => {
    const { network } = backbone ?? (await behaviorBackbone())
    const past = new ItemFeaturesInTime(train, material.terms, options)
    const { seed, signal } = options
    const examples = await latestExamples(past, { seed })
    const features = await featuresOf(past, train)
    const whole = withScorers(network, features.features.names)
    const onEvent = noticesOf(options)
    if (!examples) onEvent?.({ type: 'notice', message: 'Nobody took enough to tune by: the network stays as it is.' })
    const tuned = examples
      ? await fineTuneRanker(whole, [examples], { seed, signal, onEvent, ...tuning })
      : { network: whole }
    return behaviorRecommender('fine-tuned', tuned.network, features)
  })
}

type Fit = (material: Material, train: Histories, options: MethodOptions) => Promise<Recommender>

/** A method without settings to choose. */
function method(name: 'frozen' | 'fine-tuned', description: string, fit: Fit): RecommenderMethod {
  return {
    name,
    description,
    async choose(material, validation, options = {}) {
      if (validation.cases.length === 0) return { settings: {}, ndcg: undefined }
      return {
        settings: {},
        ndcg: await meanNdcg(await fit(material, validation.train, options), validation, { signal: options.signal }),
      }
    },
    fit: (material, train, _, options = {}) => fit(material, train, options),
  }
}
