import { francAll } from 'franc-min'
import { languageOf } from '../files/language-of.js'

/** Most characters that a guess looks at: more do not make it surer. */
const mostRead = 5000
/** Fewest characters of which a language can be told: single words are of many. */
const fewestRead = 80

/** The name of a language, in English: 'German'. */
export function languageName(tag: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(languageOf(tag) ?? tag) ?? tag
}

/**
 * The language that texts are most likely in, of two, by the trigrams of all of them together (Cavnar and Trenkle, "N-Gram-Based Text
 * Categorization", 1994; franc).
 * @returns undefined where they are too short to tell, or one of the two is not known.
 */
export function likelierOf(
  texts: readonly string[],
  { source, target }: { source: string; target: string },
): string | undefined {
  const text = texts.join('\n').slice(0, mostRead)
  if (text.length < fewestRead) return undefined
  const scores = new Map(francAll(text).map(([code, score]) => [languageOf(code), score]))
  const [a, b] = [scores.get(languageOf(source)), scores.get(languageOf(target))]
  if (a === undefined || b === undefined || a === b) return undefined
  return a > b ? source : target
}
