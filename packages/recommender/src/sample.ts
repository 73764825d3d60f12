import type { Sample } from '@headstart/core'
import { readAssets } from '@headstart/core/kit'
import type { RecommendQuery } from './model/recommend-query.js'

const files = {
  'interactions.csv': () => new URL('../sample/interactions.csv', import.meta.url),
  'items.csv': () => new URL('../sample/items.csv', import.meta.url),
  NOTICE: () => new URL('../sample/NOTICE', import.meta.url),
}

/** Made by scripts/draw-sample.ts. A few hundred purchases of few things: they tell nearly all that there is to know. */
export const madeUpShop: Sample<RecommendQuery> = {
  name: 'shop',
  description: 'What 200 customers of a shop for hobbies bought. Made up for Headstart (Apache-2.0).',
  files: () => readAssets('@headstart/recommender', 'sample', files),
  train: '',
  test: '',
  query: { history: ['coffee-5,coffee-8'], explain: true },
  comparing: { methods: ['popularity', 'item-knn', 'ease-text', 'untrained', 'frozen'] },
}
