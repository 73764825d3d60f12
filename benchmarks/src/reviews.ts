import { dataset } from '@headstart/nlp'
import { type Domain, domains, type Sentiment, sentences } from '../../apps/sentiment/src/sentences.js'

export { type Domain, domains }

/** Labeled sentences of these kinds of reviews, 1,000 of each (see apps/sentiment). */
export function reviews(kinds: readonly Domain[] = domains) {
  return dataset<string, Sentiment>(kinds.flatMap(sentences), { name: kinds.join(' + ') })
}
