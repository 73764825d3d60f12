import type { ExampleKnowledge } from '@headstart/core'
import { polarityAsset } from '../assets.js'
import { isOpinion } from './is-opinion.js'
import { polarityPart } from './polarity-part.js'

/** The name of each class as one text of it: `_` and `/` in it are read as spaces. A name without a letter says nothing. */
export function classNames(): ExampleKnowledge<string> {
  return {
    name: 'class names',
    // Good and bad mean what they say; where examples are few, a name such as "ham" misleads.
    doubt: async (labels) => (isOpinion(labels, polarityPart('en', await polarityAsset('en'))) ? -2 : 0.6),
    exampleOf: (label) => (/\p{L}/u.test(label) ? label.replaceAll(/[_/]+/g, ' ').trim() : undefined),
  }
}
