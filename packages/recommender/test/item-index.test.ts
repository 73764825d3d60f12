import { random } from '@headstart/core/kit'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { historiesOf, historyOf } from './histories.js'
import { shopOf } from './small-shop.js'
import { als } from '../src/scorers/als.js'
import { alsMethod } from '../src/methods/baseline-methods.js'
import { popularity } from '../src/scorers/popularity.js'
import { withIndex } from '../src/scorers/item-index.js'
import { recommend } from '../src/contract/recommend.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { textSimilarity, unitRows } from '../src/scorers/text-similarity.js'
import { trainRecommender } from '../src/learners/train-recommender.js'

const itemCount = 2000
const { below, normal } = random(7)
/** Users who take things of one of forty kinds. */
const lists = Array.from({ length: 800 }, () => {
  const kind = below(40)
  return [...new Set(Array.from({ length: 12 }, () => kind + 40 * below(50)))]
})
const histories = historiesOf(lists, itemCount)
const features = unitRows({
  rows: itemCount,
  columns: 24,
  data: Float32Array.from({ length: itemCount * 24 }, () => normal()),
})
const asked = lists.slice(0, 100).map((list) => historyOf(list.slice(0, 5)))

afterEach(() => vi.doUnmock('usearch'))

describe('withIndex', () => {
  it.each([
    ['factors', als(histories, { factors: 16, iterations: 5 })],
    ['features of texts', textSimilarity(features)],
  ])(
    'finds nearly all of the best items by %s, with their scores, without those that the user has',
    async (_, recommender) => {
      const indexed = await withIndex(recommender)
      let found = 0
      for (const history of asked) {
        const exact = await recommend(recommender, history)
        const list = await recommend(indexed, history)
        expect(list).toHaveLength(10)
        expect(list.map(({ score }) => score)).toEqual(list.map(({ score }) => score).toSorted((a, b) => b - a))
        const scores = new Map(exact.map(({ item, score }) => [item, score]))
        for (const { item, score } of list) {
          expect(history.items).not.toContain(item)
          if (!scores.has(item)) continue
          found++
          expect(score).toBeCloseTo(scores.get(item) as number, 5)
        }
        expect(await recommend(indexed, history, { exact: true })).toEqual(exact)
        const candidates = new Uint8Array(itemCount).fill(1, 0, 500)
        expect(await recommend(indexed, history, { candidates })).toEqual(
          await recommend(recommender, history, { candidates }),
        )
      }
      expect(found / 10 / asked.length).toBeGreaterThan(0.98)
      const [own] = asked[0]?.items ?? []
      expect((await recommend(indexed, historyOf([own as number]), { repeats: true, k: 1 }))[0]?.item).toBe(
        (await recommend(recommender, historyOf([own as number]), { repeats: true, k: 1 }))[0]?.item,
      )
    },
  )

  it('leaves what is no product of vectors as it is', async () => {
    const recommender = popularity(histories)
    expect(await withIndex(recommender)).toBe(recommender)
  })

  it('says what to install', async () => {
    vi.doMock('usearch', () => {
      throw new TypeError('not there')
    })
    await expect(withIndex(textSimilarity(features))).rejects.toThrow(
      'an index of items: expected the package usearch, got none. Install it: npm install usearch.',
    )
  })
})

describe('RecommenderModel.withIndex', () => {
  const items = Array.from({ length: itemCount }, (_, number) => ({ id: `i${number}` }))
  let model: RecommenderModel
  beforeAll(async () => {
    model = await trainRecommender(shopOf(lists, items), {
      // Which settings are best is of no matter here.
      methods: [{ ...alsMethod, choose: () => Promise.resolve({ settings: { confidence: 40, l2: 100 }, ndcg: 0 }) }],
    })
  })

  it('is for catalogs of more items than can be scored at once', async () => {
    expect(await model.withIndex()).toBe(model)
    const indexed = await model.withIndex({ from: 1000 })
    const history = ['i1', 'i41', 'i81']
    const [exact, list] = [await model.recommend(history), await indexed.recommend(history, { explain: true })]
    expect(list.filter(({ item }) => exact.some((line) => line.item.id === item.id)).length).toBeGreaterThan(8)
    expect(list[0]?.because.length).toBeGreaterThan(0)
    expect(await indexed.recommend(history, { exact: true })).toEqual(exact)
    expect(await indexed.recommend(history, { filter: ({ id }) => id.length < 4 })).toEqual(
      await model.recommend(history, { filter: ({ id }) => id.length < 4 }),
    )
    // Nothing is known of an item that nobody took: what most users took.
    const unknown = items.find(({ id }) => !lists.flat().includes(Number(id.slice(1))))?.id ?? ''
    expect(await indexed.recommend([unknown])).toEqual(await model.recommend([unknown]))
    expect(await indexed.recommend([])).toEqual(await model.recommend([]))
  })
})
