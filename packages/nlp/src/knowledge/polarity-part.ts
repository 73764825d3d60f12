import { DataError, type KnowledgeLoader, type KnowledgePart } from '@headstart/core/load'
import { isNegation, valenceOf } from './vader.js'

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

/** As VADER does: between -1 and 1, for sums of any size. */
const squashed = (sum: number): number => sum / Math.sqrt(sum * sum + 15)

/**
 * How good or bad a text is by lists of words, in seven numbers: of VADER its compound and its positive and negative shares, of AFINN-165
 * (Nielsen, "A new ANEW", 2011) the sum and its positive and negative parts, turned round behind a negation; and how many negations
 * there are.
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
      lists ??= listsOf(bytes)
      const { compound, positive, negative } = valenceOf(text, lists.vader)
      const { good, bad, negations } = sumsOf(text, lists.afinn)
      row.set([
        compound,
        positive,
        negative,
        squashed(good - bad),
        squashed(good),
        squashed(bad),
        Math.min(negations, 4) / 4,
      ])
    },
  }
}

function listsOf(bytes: Uint8Array) {
  const { vader, afinn } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, Record<string, number>>
  return { vader: new Map(Object.entries(vader ?? {})), afinn: new Map(Object.entries(afinn ?? {})) }
}

/** Words before one that can turn it round. */
const reach = 3

function sumsOf(text: string, list: ReadonlyMap<string, number>): { good: number; bad: number; negations: number } {
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
  return { good, bad, negations }
}
