import type { RecommenderMethod } from '../contract/recommender-method.js'
import { baselineMethods } from './baseline-methods.js'
import { fineTunedMethod, frozenMethod } from './behavior-methods.js'
import { scratchMethod } from './sequence-method.js'

/** What training chooses from, from the simplest on. */
export const recommenderMethods: readonly RecommenderMethod[] = [
  ...baselineMethods,
  scratchMethod,
  frozenMethod(),
  fineTunedMethod(),
]
