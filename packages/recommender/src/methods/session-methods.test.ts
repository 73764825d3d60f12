import { compare, startRun } from '@headstart/core'
import { expect, it } from 'vitest'
import { shopOf } from '../../test/small-shop.js'
import { lastItem } from '../learners/last-item.js'
import { sessionLearners } from '../learners/recommender-learners.js'
import { shopLearner } from '../learners/shop-learner.js'
import { trainRecommender } from '../learners/train-recommender.js'
import { itemKnnMethod, popularityMethod, sessionMethods } from './baseline-methods.js'

/** Sessions in which each thing follows the one before it in a circle, from anywhere. */
const sessions = Array.from({ length: 60 }, (_, session) =>
  Array.from({ length: 5 }, (__, step) => (session + step) % 12),
)
const shop = shopOf(sessions)

it('baselines for sessions know the order of things, which popularity and neighbors of items do not', async () => {
  const learners = [shopLearner(popularityMethod), shopLearner(itemKnnMethod), ...sessionLearners]
  const { rows } = (await compare({ data: { shop }, learners, protocol: lastItem }, startRun())).json as {
    rows: { method: string; 'ndcg@10': number }[]
  }
  const ndcg = Object.fromEntries(rows.map((row) => [row.method, row['ndcg@10']]))
  expect(ndcg['sequential-rules']).toBeGreaterThan(0.9)
  expect(ndcg['sequential-rules']).toBeGreaterThan(ndcg['popularity'] as number)
  expect(ndcg['session-knn']).toBeGreaterThan(ndcg['popularity'] as number)
})

it.each(sessionMethods.map((method) => [method.name, method] as const))(
  '%s recommends what comes next',
  async (_, method) => {
    const model = await trainRecommender(shop, { methods: [method] })
    const [first] = await model.recommend([shop.catalog.items[3]?.id ?? '', shop.catalog.items[4]?.id ?? ''], { k: 1 })
    expect(first?.item.id).toBe(shop.catalog.items[5]?.id)
  },
)
