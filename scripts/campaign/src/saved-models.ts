import { fileURLToPath } from 'node:url'

/** Folders of saved models, which the packages keep for their tests. */
const fixtures = (path: string): string => fileURLToPath(new URL(`../../../packages/${path}`, import.meta.url))

export const savedModels = {
  text: fixtures('nlp/test/fixtures/saved/head'),
  pieces: fixtures('nlp/test/fixtures/saved/sentence-piece'),
  image: fixtures('vision/test/fixtures/saved/head'),
  shop: fixtures('recommender/test/fixtures/saved/ease-with-neighbors'),
  behavior: fixtures('recommender/test/fixtures/saved/frozen-with-sequence'),
} as const
