import { type Backbone, type TuningOptions } from '@headstart/core'
import { backboneLearner, type ExampleLearner, transferLearners } from '@headstart/core/kit'
import { bagOfWords } from './bag-of-words.js'

/** Words of the training texts alone, with nothing pre-trained. */
export const wordsAlone: ExampleLearner<string> = backboneLearner({
  name: 'no-transfer',
  description: 'bag of words from the training texts alone',
  backbone: ({ inputs }) => bagOfWords(inputs),
  keep: 'never',
})

/**
 * The learners that `compare` sets side by side for texts: words of the training texts alone, a frozen backbone and, where its
 * graph is at hand, the same network untrained.
 * @param tuning With it two more that take minutes: the network trained from scratch, and the backbone tuned with these options.
 */
export function textLearners(backbone: Backbone<string>, tuning?: TuningOptions): ExampleLearner<string>[] {
  return transferLearners(backbone, wordsAlone, tuning)
}
