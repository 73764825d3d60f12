import { OptionError } from '@headstart/core/load'
import type * as node from './update-recommender.js'

/** Stands for `update-recommender.ts` in a browser, where no shop can be read. */
export const updateRecommender: typeof node.updateRecommender = async () => {
  throw new OptionError(
    'update',
    'a program in Node, which reads shops',
    'a browser',
    'Update the model before it is served.',
  )
}
