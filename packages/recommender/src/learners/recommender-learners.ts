import {
  alsMethod,
  easeMethod,
  easeTextMethod,
  itemKnnMethod,
  popularityMethod,
  sessionMethods,
} from '../methods/baseline-methods.js'
import { fineTunedMethod, frozenMethod, untrainedMethod } from '../methods/behavior-methods.js'
import { scratchMethod } from '../methods/sequence-method.js'
import { personalization } from './show-comparison.js'
import { shopLearner } from './shop-learner.js'

const popularity = shopLearner(popularityMethod)
const beyondPopularity = { what: personalization, to: popularity }
const personal = { adds: [beyondPopularity] }
const slow = { ...personal, takes: 'minutes' } as const

// What can be known without other shops: who took what, and what the texts say.
const easeText = shopLearner(easeTextMethod, personal)
const untrained = shopLearner(untrainedMethod(), { ...personal, competes: false })
const frozen = shopLearner(frozenMethod(), {
  adds: [beyondPopularity, { what: 'transfer', to: easeText }, { what: 'pre-training', to: untrained }],
})

/**
 * What `compare` sets side by side, from the simplest on. What several of them are made of (EASE, the features that networks
 * see) is fitted once, and its seconds count where it is first needed.
 */
export const recommenderLearners = [
  popularity,
  shopLearner(itemKnnMethod, personal),
  shopLearner(easeMethod, personal),
  easeText,
  shopLearner(alsMethod, slow),
  shopLearner(scratchMethod, slow),
  frozen,
  untrained,
  shopLearner(fineTunedMethod(), {
    takes: 'minutes',
    adds: [beyondPopularity, { what: 'fine-tuning', to: frozen }],
  }),
] as const

/** For sessions: set beside the others by who names them. */
export const sessionLearners = sessionMethods.map((method) => shopLearner(method, personal))
