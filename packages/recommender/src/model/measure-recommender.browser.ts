import { OptionError } from '@headstart/core/load'
import type * as node from './measure-recommender.js'

/** Stands for `measure-recommender.ts` in a browser, where no shop can be read. */
export const measureRecommender: typeof node.measureRecommender = async () => {
  throw new OptionError(
    'measure',
    'a program in Node, which reads shops',
    'a browser',
    'Measure the model before it is served.',
  )
}
