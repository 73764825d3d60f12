import type { Pooling } from './pooled-graph.js'

/** A text encoder of the Hugging Face Hub, and how it is used: what its card says, where its folder does not. */
export interface PublishedEncoder {
  readonly id: string
  readonly modality: 'text'
  /** Number of weights. In float32 each takes 4 bytes. */
  readonly parameters: number
  readonly features: number
  readonly layers: number
  /** As an SPDX identifier. */
  readonly license: string
  readonly pooling: Pooling
  readonly normalize: boolean
  readonly prefix?: string
  /** Most tokens it was trained on, where that is less than it takes. */
  readonly maxLength?: number
  /** Of an encoder that has learned one language alone, as in BCP 47. Default: it has learned many. */
  readonly language?: 'en'
  /** What it is good for. */
  readonly description: string
}

const shared = { modality: 'text', pooling: 'mean', normalize: true } as const
const small = { ...shared, features: 384, layers: 12 } as const
const base = { ...shared, features: 768, layers: 12 } as const

/** Encoders that are published for Transformers.js, the smallest first. Any other opens by its id as well. */
export const publishedEncoders: readonly PublishedEncoder[] = [
  {
    ...small,
    layers: 6,
    id: 'Xenova/all-MiniLM-L6-v2',
    parameters: 22.7e6,
    maxLength: 256,
    language: 'en',
    license: 'Apache-2.0',
    description: 'English sentences, fast',
  },
  {
    ...small,
    id: 'Xenova/all-MiniLM-L12-v2',
    parameters: 33.4e6,
    maxLength: 128,
    language: 'en',
    license: 'Apache-2.0',
    description: 'English sentences',
  },
  {
    ...small,
    id: 'Xenova/gte-small',
    parameters: 33.4e6,
    language: 'en',
    license: 'MIT',
    description: 'English texts up to 512 tokens',
  },
  {
    ...small,
    id: 'Xenova/bge-small-en-v1.5',
    parameters: 33.4e6,
    pooling: 'cls',
    language: 'en',
    license: 'MIT',
    description: 'English texts up to 512 tokens',
  },
  {
    ...small,
    id: 'Xenova/e5-small-v2',
    parameters: 33.4e6,
    prefix: 'query: ',
    language: 'en',
    license: 'MIT',
    description: 'English texts up to 512 tokens',
  },
  {
    ...base,
    layers: 6,
    id: 'Xenova/distilbert-base-uncased',
    parameters: 66e6,
    normalize: false,
    language: 'en',
    license: 'Apache-2.0',
    description: 'English; no sentence encoder: to be tuned',
  },
  {
    ...base,
    id: 'Xenova/all-mpnet-base-v2',
    parameters: 109e6,
    maxLength: 384,
    language: 'en',
    license: 'Apache-2.0',
    description: 'English sentences and paragraphs',
  },
  {
    ...base,
    id: 'Xenova/bge-base-en-v1.5',
    parameters: 109e6,
    pooling: 'cls',
    language: 'en',
    license: 'MIT',
    description: 'English texts up to 512 tokens',
  },
  {
    ...base,
    id: 'Xenova/bert-base-uncased',
    parameters: 109e6,
    normalize: false,
    language: 'en',
    license: 'Apache-2.0',
    description: 'English; no sentence encoder: to be tuned',
  },
  {
    ...small,
    id: 'Xenova/paraphrase-multilingual-MiniLM-L12-v2',
    parameters: 118e6,
    normalize: false,
    maxLength: 128,
    license: 'Apache-2.0',
    description: 'sentences in about 50 languages',
  },
  {
    ...small,
    id: 'Xenova/multilingual-e5-small',
    parameters: 118e6,
    prefix: 'query: ',
    license: 'MIT',
    description: 'texts in about 100 languages',
  },
  {
    ...base,
    id: 'Xenova/multilingual-e5-base',
    parameters: 278e6,
    prefix: 'query: ',
    license: 'MIT',
    description: 'texts in about 100 languages',
  },
]
