import { random } from '@headstart/core/kit'
import { beforeAll, describe, expect, it } from 'vitest'
import { comparedShop } from './compare-shop.js'
import { historiesOf, historyOf } from './histories.js'
import { shopOf, smallItems } from './small-shop.js'
import { folderOf } from './temporary-folder.js'
import { baselineMethods } from '../src/methods/baseline-methods.js'
import { frozenMethod } from '../src/methods/behavior-methods.js'
import { evaluateRanking } from '../src/evaluate/evaluate-ranking.js'
import { evaluateRecommender } from '../src/model/evaluate-recommender.js'
import { distinct, positives } from '../src/shop/histories.js'
import { itemKnn } from '../src/scorers/item-knn.js'
import { loadRecommender } from '../src/model/load-recommender.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { leaveOneOut } from '../src/shop/split-histories.js'
import { trainRecommender } from '../src/learners/train-recommender.js'

/** A grocery: each user has two things that are bought again and again, and buys something else now and then. */
const { below, uniform } = random(1)
const lists = Array.from({ length: 60 }, (_, user) => {
  const staples = [user % 12, (5 * user + 3) % 12]
  return Array.from({ length: 14 }, () => (uniform() < 0.7 ? (staples[below(2)] as number) : below(12)))
})
const shop = shopOf(lists)
const methods = baselineMethods.filter(({ name }) => name === 'popularity' || name === 'item-knn')

let model: RecommenderModel
beforeAll(async () => {
  model = await trainRecommender(shop, { methods, repeats: true })
})

describe('a shop where things are taken again', () => {
  it('recommends what the user takes again and again first', async () => {
    const [staple, other, once] = [1, 4, 7].map((number) => smallItems[number]?.id as string) as [
      string,
      string,
      string,
    ]
    const list = await model.recommend([once, staple, other, staple, other, staple, other, staple], {
      k: 2,
      explain: true,
    })
    expect(list.map(({ item }) => item.id).toSorted()).toEqual([staple, other].toSorted())
    // All of its purchases are taken out at once.
    expect(list.find(({ item }) => item.id === staple)?.because[0]?.item.id).toBe(staple)
    const fresh = await model.recommend([staple, other, staple], { k: 12, repeats: false })
    expect(fresh.map(({ item }) => item.id)).not.toContain(staple)
    expect(fresh).toHaveLength(10)
  })

  it('finds the next purchase far more often than by first purchases alone', async () => {
    const { rows } = await comparedShop(shop, { methods, repeats: true })
    for (const row of rows) expect(row['hr@10']).toBeGreaterThan(0.9)
    const report = await evaluateRecommender(model, shop)
    expect(report.ndcg).toBe(rows.find(({ method }) => method === model.recipe.method)?.['ndcg@10'])
    // The same questions to one that knows what is bought together, and may recommend what the user has.
    const split = leaveOneOut(positives(shop.interactions, shop.catalog.size, { minimum: 5, repeats: true }))
    const together = await evaluateRanking(itemKnn(split.train.distinct()), split, { repeats: true })
    expect(report.ndcg).toBeGreaterThan(1.3 * together.ndcg)
  })

  it('says what was chosen, and is the same after a file', async () => {
    expect(model.recipe).toMatchObject({
      repeats: true,
      settings: { repeats: { weight: expect.any(Number) as number, decay: expect.any(Number) as number } },
    })
    expect(model.training.interactions).toBe(lists.flat().length)
    const notices: string[] = []
    await trainRecommender(shop, {
      methods,
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    const again = lists.flat().length - lists.flatMap((list) => [...new Set(list)]).length
    expect(notices[0]).toBe(
      `${again} interactions repeat what the user took before, and do not count. With repeats (--repeats) they do: for groceries and the like.`,
    )
    const folder = await folderOf({})
    await model.save(`${folder}/model`)
    const loaded = await loadRecommender(`${folder}/model`)
    const history = [3, 1, 3, 3, 8].map((number) => smallItems[number]?.id as string)
    expect(await loaded.recommend(history)).toEqual(await model.recommend(history))
    expect(loaded.recipe).toEqual(model.recipe)
    expect(model.withItems([{ id: 'new', title: 'lamp z' }]).recipe.repeats).toBe(true)
  })

  it('takes a network for what is new to a user', async () => {
    const { recommender } = await trainRecommender(shop, { methods: [frozenMethod()], repeats: true })
    const scores = await recommender.score(historyOf([2, 5, 2, 2]))
    expect(scores.indexOf(Math.max(...scores))).toBe(2)
  })

  it('goes without anybody to choose by', async () => {
    const little = await trainRecommender(shopOf([[0, 0]]), { methods, repeats: true })
    expect(little.recipe.settings).toMatchObject({ repeats: { weight: 1, decay: 0.9 } })
    expect((await little.recommend(['007', '007'], { k: 1 })).map(({ item }) => item.id)).toEqual(['007'])
  })
})

it('an item that was taken again stands where it was taken last', () => {
  expect(distinct(historyOf([1, 2, 1, 3]))).toEqual({ items: Int32Array.of(2, 1, 3), times: Float64Array.of(1, 2, 3) })
  const histories = historiesOf(
    [
      [1, 1],
      [0, 1],
    ],
    2,
  ).distinct()
  expect([...histories.items]).toEqual([1, 0, 1])
  expect(histories.distinct()).toBe(histories.distinct())
})
