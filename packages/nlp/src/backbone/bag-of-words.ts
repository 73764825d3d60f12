import { createHash } from 'node:crypto'
import { type Backbone } from '@headstart/core'
import { counted, OptionError, zeroMatrix } from '@headstart/core/kit'

/** Words that are kept at most, the most frequent first. */
const largestVocabulary = 5000

/**
 * Features learned from the given texts alone, with nothing pre-trained: TF-IDF of their words (Salton and Buckley
 * 1988; smoothed as in scikit-learn: idf = ln((1 + n) / (1 + df)) + 1), rows of unit length. It is what a frozen
 * backbone has to beat.
 *
 * @throws OptionError when there is no word in the texts.
 */
export function bagOfWords(texts: readonly string[]): Backbone<string> {
  const frequency = new Map<string, number>()
  for (const text of texts)
    for (const word of new Set(wordsOf(text))) frequency.set(word, (frequency.get(word) ?? 0) + 1)
  if (frequency.size === 0) {
    throw new OptionError(
      'bagOfWords',
      'texts with words in them',
      `${counted(texts.length, 'text')} without`,
      'Check the text column.',
    )
  }
  const vocabulary = [...frequency]
    .sort(([a, df], [b, other]) => other - df || (a < b ? -1 : 1))
    .slice(0, largestVocabulary)
  const columns = new Map(vocabulary.map(([word], column) => [word, column]))
  const idf = vocabulary.map(([, df]) => Math.log((1 + texts.length) / (1 + df)) + 1)
  return {
    id: 'bag-of-words',
    modality: 'text',
    featureSize: vocabulary.length,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([vocabulary, texts.length]))
      .digest('hex'),
    contentKey: (text) => text,
    async embed(inputs, { signal, onProgress } = {}) {
      signal?.throwIfAborted()
      const features = zeroMatrix(inputs.length, vocabulary.length)
      inputs.forEach((text, row) => {
        const values = features.data.subarray(row * features.columns, (row + 1) * features.columns)
        for (const word of wordsOf(text)) {
          const column = columns.get(word)
          if (column !== undefined) values[column] = (values[column] as number) + (idf[column] as number)
        }
        const length = Math.hypot(...values.filter((value) => value !== 0)) || 1
        values.forEach((value, column) => (values[column] = value / length))
      })
      onProgress?.({ done: inputs.length, total: inputs.length })
      return features
    },
  }
}

/** Runs of letters and digits in lower case; other signs by themselves, since an exclamation mark may say much. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}'’]+|[^\s\p{L}\p{N}]/gu) ?? []
}
