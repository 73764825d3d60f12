import { DataError, type JsonObject, type KnowledgeLoader, type KnowledgePart } from '@headstart/core/load'
import type { ColumnKnowledge } from '@headstart/core'
import * as z from 'zod'
import { savedJson } from './saved-json.js'

/** Options of `words`. */
export interface WordsOptions {
  /** Most columns, the most frequent first. Default: 8,192, which is all of few texts; fewer for many labels. */
  readonly columns?: number
}

/** Most columns: four times as many say no more of a few hundred long texts, and a quarter says less of thousands. */
const usualColumns = 8192

const id = 'words/1'
const fileName = 'words.json'

/**
 * The words of the texts that are learned from, and their parts: TF-IDF of words and of runs of 3 and 4 letters, which know the same
 * word in another form. A word that occurs n times counts (1 + ln n) · ln((1 + N) / (1 + df)), with df of the N texts having it; words
 * that are in none count in a text's length alone. Rows have length 1 (Salton and Buckley, "Term-weighting approaches in automatic
 * text retrieval", 1988).
 */
export function words({ columns }: WordsOptions = {}): ColumnKnowledge<string> {
  return {
    name: 'words',
    fit(texts, unlabelled = [], most = Number.POSITIVE_INFINITY) {
      const frequency = new Map<string, number>()
      for (const text of texts) {
        for (const gram of new Set(gramsOf(text))) frequency.set(gram, (frequency.get(gram) ?? 0) + 1)
      }
      // Only how rare is learned from those without labels: what examples have not says nothing of a class.
      for (const text of unlabelled) {
        for (const gram of new Set(gramsOf(text))) {
          const df = frequency.get(gram)
          if (df !== undefined) frequency.set(gram, df + 1)
        }
      }
      const kept = [...frequency]
        .sort(([a, df], [b, other]) => other - df || (a < b ? -1 : 1))
        .slice(0, columns ?? Math.min(most, usualColumns))
      return kept.length === 0 ? undefined : wordsPart(texts.length + unlabelled.length, kept)
    },
  }
}

/** Makes the words of a saved model again. */
export const wordsLoader: KnowledgeLoader<string> = {
  id,
  load(config, files) {
    const { texts } = config
    const bytes = files.get(fileName)
    if (typeof texts === 'number' && bytes) return wordsPart(texts, savedJson(fileName, bytes, keptSchema))
    const got = `files ${[...files.keys()].join(', ')} and settings ${JSON.stringify(config)}`
    throw new DataError('saved words', `${fileName} and the setting texts`, got, 'Train the model again.')
  },
}

type Kept = readonly (readonly [gram: string, texts: number])[]
const keptSchema = z.array(z.tuple([z.string(), z.number()]))

function wordsPart(texts: number, kept: Kept): KnowledgePart<string> {
  const columns = new Map(kept.map(([gram], column) => [gram, column]))
  const weights = kept.map(([, df]) => Math.log((1 + texts) / (1 + df)))
  const unknown = Math.log(1 + texts)
  const config: JsonObject = { texts }
  return {
    name: 'words',
    id,
    config,
    files: new Map([[fileName, new TextEncoder().encode(JSON.stringify(kept))]]),
    columns: kept.length,
    write(text, row) {
      const counts = new Map<string, number>()
      for (const gram of gramsOf(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
      let squares = 0
      const met: [column: number, value: number][] = []
      for (const [gram, count] of counts) {
        const column = columns.get(gram)
        const value = (1 + Math.log(count)) * (column === undefined ? unknown : (weights[column] as number))
        squares += value * value
        if (column !== undefined) met.push([column, value])
      }
      const length = Math.sqrt(squares) || 1
      for (const [column, value] of met) row[column] = value / length
    },
  }
}

const token = /[\p{L}\p{N}']+|[?!]/gu

/** What lies behind this many characters is not read. */
const longestText = 2 ** 16

/** Words in lower case, and the runs of 3 and 4 characters of each between its marks: `<word>`. A word itself has no mark. */
function gramsOf(text: string): string[] {
  const grams: string[] = []
  for (const [word] of text.slice(0, longestText).toLowerCase().matchAll(token)) {
    grams.push(word)
    if (word === '?' || word === '!') continue
    const marked = `<${word}>`
    for (let at = 0; at + 3 <= marked.length; at++) {
      grams.push(`#${marked.slice(at, at + 3)}`)
      if (at + 4 <= marked.length) grams.push(`#${marked.slice(at, at + 4)}`)
    }
  }
  return grams
}
