import { OptionError } from '@headstart/core/load'
import type * as node from './evaluate-recommender.js'

/** Stands for `evaluate-recommender.ts` in a browser, where no shop can be read. */
export const evaluateRecommender: typeof node.evaluateRecommender = async () => {
  throw new OptionError(
    'evaluate',
    'a program in Node, which reads shops',
    'a browser',
    'Evaluate the model before it is served.',
  )
}
