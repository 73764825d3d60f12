import type { ColumnKnowledge, KnowledgePart } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { polarityAsset } from '../assets.js'
import { isOpinion } from './is-opinion.js'
import { polarityPart } from './polarity-part.js'

/** Languages with a list of words. */
const languages = ['en'] as const
/** A language with a list of words. */
export type PolarityLanguage = (typeof languages)[number]

/**
 * How good or bad texts are by lists of words with what people said of them, negated where the text negates them: VADER's and
 * AFINN-165 for English. Seven numbers beside the network (see `polarityPart`).
 * @throws OptionError for a language without a list.
 */
export function polarity(language: PolarityLanguage): ColumnKnowledge<string> {
  if (!languages.includes(language)) {
    const expected = `a language with a list of words: ${languages.join(', ')}`
    const remedy = 'Leave it out: words and class names are of any language.'
    throw new OptionError('polarity', expected, `"${String(language)}"`, remedy)
  }
  const part = async (): Promise<KnowledgePart<string>> => polarityPart(language, await polarityAsset(language))
  return {
    name: `polarity-${language}`,
    fit: part,
    doubt: async (labels) => (isOpinion(labels, await part()) ? -3 : 2),
  }
}
