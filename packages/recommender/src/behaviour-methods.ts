import { type BehaviourBackbone, behaviourBackbone } from './behaviour-backbone.js'
import { behaviourRecommender } from './behaviour-recommender.js'
import { withScorers } from './behaviour-network.js'
import type { CalibratedEvidence } from './calibrated-evidence.js'
import { EvidenceInTime } from './evidence-in-time.js'
import { fineTuneRanker, type FineTuneRankerOptions } from './fine-tune-ranker.js'
import type { Histories } from './histories.js'
import { meanNdcg } from './rank-cases.js'
import { latestExamples } from './ranking-examples.js'
import type { Recommender } from './recommend.js'
import type { Material, MethodOptions, RecommenderMethod } from './recommender-method.js'

/** Evidence is fitted once for both methods, where the memory that it takes meanwhile is no matter. */
const fitted = new WeakMap<Histories, Promise<CalibratedEvidence>>()
const mostKept = 20_000

function evidenceOf(past: EvidenceInTime, train: Histories): Promise<CalibratedEvidence> {
  const known = fitted.get(train)
  if (known) return known
  const evidence = past.before(0)
  if (train.itemCount <= mostKept) {
    fitted.set(train, evidence)
    evidence.catch(() => fitted.delete(train))
  }
  return evidence
}

/** The pre-trained network as it is, over the shop's evidence. @param backbone Default: the built-in one. */
export function frozenMethod(backbone?: BehaviourBackbone): RecommenderMethod {
  return method('frozen', 'a network pre-trained on other shops, as it is', async (material, train, options) => {
    const { network } = backbone ?? (await behaviourBackbone())
    const evidence = await evidenceOf(new EvidenceInTime(train, material.terms, options), train)
    return behaviourRecommender('frozen', withScorers(network, evidence.evidence.names), evidence)
  })
}

/**
 * The pre-trained network tuned on what the shop's users took last; as it is, where held-out users do not profit.
 * @param backbone Default: the built-in one.
 */
export function fineTunedMethod(backbone?: BehaviourBackbone, tuning: FineTuneRankerOptions = {}): RecommenderMethod {
  return method('fine-tuned', 'the same network, tuned on this shop', async (material, train, options) => {
    const { network } = backbone ?? (await behaviourBackbone())
    const past = new EvidenceInTime(train, material.terms, options)
    const { seed, signal } = options
    const examples = await latestExamples(past, { seed })
    const evidence = await evidenceOf(past, train)
    const whole = withScorers(network, evidence.evidence.names)
    const tuned = examples ? await fineTuneRanker(whole, [examples], { seed, signal, ...tuning }) : { network: whole }
    return behaviourRecommender('fine-tuned', tuned.network, evidence)
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
      return { settings: {}, ndcg: await meanNdcg(await fit(material, validation.train, options), validation, { signal: options.signal }) }
    },
    fit: (material, train, _, options = {}) => fit(material, train, options),
  }
}
