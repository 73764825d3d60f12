import { DataError, type KnowledgeLoader, type KnowledgePart } from '@headstart/core/load'
import * as z from 'zod'
import { savedJson } from './saved-json.js'
import { isNegation, type Valence, valenceOf } from './vader.js'

const id = 'polarity/1'
const fileOf = (language: string): string => `polarity-${language}.json`

/** Makes the word list of a saved model again. */
export const polarityLoader: KnowledgeLoader<string> = {
  id,
  load({ language }, files) {
    const bytes = files.get(fileOf(String(language)))
    if (typeof language === 'string' && bytes) return polarityPart(language, bytes)
    const got = `files ${[...files.keys()].join(', ')}`
    throw new DataError('saved word list', fileOf(String(language)), got, 'Train the model again.')
  },
}

/** A sum over words by the root of their number, between -1 and 1: long texts have larger sums, and are no surer for that. */
const squashed = (sum: number, words: number): number => sum / Math.sqrt(sum * sum + words)

/**
 * How good or bad a text is by lists of words, in seven numbers: of VADER the compound and the positive and negative shares, as the
 * mean over sentences, since those of a long text are near their ends; of AFINN-165 (Nielsen, "A new ANEW", 2011) the sum and its
 * positive and negative parts, turned round behind a negation; and how many negations there are.
 */
export function polarityPart(language: string, bytes: Uint8Array): KnowledgePart<string> {
  let lists: { vader: ReadonlyMap<string, number>; afinn: ReadonlyMap<string, number> } | undefined
  return {
    name: `polarity-${language}`,
    id,
    config: { language },
    files: new Map([[fileOf(language), bytes]]),
    columns: 7,
    write(text, row) {
      lists ??= listsOf(fileOf(language), bytes)
      const { compound, positive, negative } = meanValence(text, lists.vader)
      const { words, good, bad, negations } = sumsOf(text, lists.afinn)
      row.set([
        compound,
        positive,
        negative,
        ...[good - bad, good, bad, negations].map((sum) => squashed(sum, words || 1)),
      ])
    },
  }
}

const listSchema = z.record(z.string(), z.number())

function listsOf(name: string, bytes: Uint8Array) {
  const { vader, afinn } = savedJson(name, bytes, z.object({ vader: listSchema, afinn: listSchema }))
  return { vader: new Map(Object.entries(vader)), afinn: new Map(Object.entries(afinn)) }
}

function meanValence(text: string, list: ReadonlyMap<string, number>): Valence {
  const sentences = text.split(/(?<=[.!?])\s+/).filter((sentence) => sentence.trim() !== '')
  const mean = { compound: 0, positive: 0, negative: 0 }
  for (const sentence of sentences) {
    const own = valenceOf(sentence, list)
    mean.compound += own.compound / sentences.length
    mean.positive += own.positive / sentences.length
    mean.negative += own.negative / sentences.length
  }
  return mean
}

/** Words before one that can turn it round. */
const reach = 3

function sumsOf(
  text: string,
  list: ReadonlyMap<string, number>,
): { words: number; good: number; bad: number; negations: number } {
  let [good, bad, negations] = [0, 0, 0]
  let last = -reach - 1
  let at = 0
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}']+(?:-[\p{L}\p{N}']+)*/gu)) {
    const own = list.get(word) ?? 0
    const value = at - last <= reach ? -own : own
    if (value > 0) good += value
    else bad -= value
    if (isNegation(word)) {
      negations++
      last = at
    }
    at++
  }
  return { words: at, good, bad, negations }
}
