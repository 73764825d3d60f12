import { describe } from 'vitest'
import { testScorer } from '../src/test/index.js'
import { historiesOf } from './histories.js'
import { fixture, train as fixtureTrain } from './scorers-fixture.js'
import { smallItems, smallLists } from './small-shop.js'
import { tfIdf } from '../src/math/tf-idf.js'
import { als } from '../src/scorers/als.js'
import { blend } from '../src/scorers/blend.js'
import { ease } from '../src/scorers/ease.js'
import { easeAndNeighbors } from '../src/scorers/ease-and-neighbors.js'
import { categoryAffinity, priceFit } from '../src/scorers/item-facts.js'
import { itemKnn } from '../src/scorers/item-knn.js'
import { itemAge, recency } from '../src/scorers/item-times.js'
import { popularity } from '../src/scorers/popularity.js'
import { repeats } from '../src/scorers/repeats.js'
import { sessionKnn } from '../src/scorers/session-knn.js'
import { textSimilarity, unitRows } from '../src/scorers/text-similarity.js'
import { transitions } from '../src/scorers/transitions.js'
import { Catalog } from '../src/shop/catalog.js'
import type { Scorer } from '../src/contract/scorer.js'

type Scorers = Readonly<Record<string, () => Scorer | Promise<Scorer>>>

function testAll(scorers: Scorers, catalog: Catalog, histories: readonly (readonly number[])[]): void {
  for (const [name, fit] of Object.entries(scorers)) testScorer(name, { fit, catalog, histories })
}

describe('fitted to a shop with titles, categories and prices', () => {
  const catalog = new Catalog(smallItems)
  const train = historiesOf(smallLists, catalog.size)
  const terms = tfIdf(catalog.texts())
  const data = Float32Array.from({ length: 36 }, (_, place) => Math.sin(place))
  const scorers: Scorers = {
    popularity: () => popularity(train, { halfLife: 2 }),
    'item-knn': () => itemKnn(train, { neighbors: 3, decay: 0.8 }),
    transitions: () => transitions(train),
    ease: () => ease(train, { itemLimit: 7, decay: 0.9 }),
    'ease with texts': () => ease(train, { texts: terms }),
    'ease with neighbors': () => easeAndNeighbors(train, { itemLimit: 7 }),
    als: () => als(train, { factors: 4 }),
    'similarity of terms': () => textSimilarity(terms, { last: 2, decay: 0.5 }),
    'similarity of features': () => textSimilarity(unitRows({ rows: 12, columns: 3, data })),
    repeats: () => repeats(train),
    'session-knn': () => sessionKnn(train, { neighbors: 5, sample: 20, gap: 0.5, least: 2 }),
    recency: () => recency(train),
    'item age': () => itemAge(train),
    category: () => categoryAffinity(catalog, { decay: 0.4 }),
    price: () => priceFit(catalog, { decay: 0.4 }),
    blend: async () =>
      blend('both', [
        [await ease(train), 1],
        [blend('inner', [[popularity(train), 0.2]]), -0.5],
      ]),
  }
  testAll(scorers, catalog, [
    [3, 1, 4],
    [11, 0, 5, 2, 9],
  ])
})

describe('fitted to a shop with an item that nobody took', () => {
  const catalog = new Catalog(fixture.texts.map((title, item) => ({ id: `${item}`, title })))
  const texts = tfIdf(fixture.texts)
  const scorers: Scorers = {
    popularity: () => popularity(fixtureTrain),
    'item-knn': () => itemKnn(fixtureTrain),
    ease: () => ease(fixtureTrain),
    'ease with texts': () => ease(fixtureTrain, { texts }),
    als: () => als(fixtureTrain),
    transitions: () => transitions(fixtureTrain),
    'similarity of terms': () => textSimilarity(texts),
    repeats: () => repeats(fixtureTrain),
    recency: () => recency(fixtureTrain),
    'item age': () => itemAge(fixtureTrain),
  }
  testAll(scorers, catalog, [[11], [3], [0, 1, 2, 3]])
})
