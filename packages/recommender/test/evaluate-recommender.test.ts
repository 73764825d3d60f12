import { beforeAll, describe, expect, it } from 'vitest'
import { comparedShop } from './compare-shop.js'
import { shopOf, smallItems, smallLists } from './small-shop.js'
import { baselineMethods } from '../src/methods/baseline-methods.js'
import { evaluateRecommender } from '../src/model/evaluate-recommender.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { trainRecommender } from '../src/learners/train-recommender.js'

const methods = baselineMethods.filter(({ name }) => name === 'item-knn')
let model: RecommenderModel
beforeAll(async () => {
  model = await trainRecommender(shopOf(smallLists), { methods })
})

async function evaluate(shop: ReturnType<typeof shopOf>, of = model) {
  const notices: string[] = []
  const report = await evaluateRecommender(of, shop, {
    onEvent: (event) => event.type === 'notice' && notices.push(event.message),
  })
  return { report, notices }
}

describe('evaluateRecommender', () => {
  it('on what it learned from, fits again without the last items: the figures of compare', async () => {
    const { report, notices } = await evaluate(shopOf(smallLists))
    const { rows } = await comparedShop(shopOf(smallLists), { methods })
    expect(report.ndcg).toBe(rows[0]?.['ndcg@10'])
    expect(notices).toEqual([
      'these are the interactions that the model learned from: it is fitted again without the last one of each user, which is asked for.',
    ])
  })

  it('says of a model that keeps what users did how many answers it knows, though the data are other ones', async () => {
    const kept = await trainRecommender(shopOf(smallLists), { methods, keep: true })
    const { report, notices } = await evaluate(shopOf(smallLists.slice(0, 20)), kept)
    expect(notices).toContain(
      `of ${report.cases} of ${report.cases} users the model learned what is asked for, so that figures are too good: ask about what came since.`,
    )
    const before = await trainRecommender(shopOf(smallLists.map((list) => list.slice(0, -1))), { methods, keep: true })
    expect((await evaluate(shopOf(smallLists), before)).notices).toEqual([])
  })

  it('learns from sessions of two clicks, and asks a fifth of them', async () => {
    // Whoever clicked an item clicks the one six further on.
    const clicks = Array.from({ length: 60 }, (_, session) => [session % 6, (session % 6) + 6])
    const notices: string[] = []
    const { rows } = await comparedShop(shopOf(clicks), {
      methods,
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(rows[0]?.['ndcg@10']).toBeGreaterThan(0.9)
    expect(notices).toContain(
      '0 users have 3 positives or more: of those with 2 or more a fifth is asked for the last one.',
    )
    const pairs = await trainRecommender(shopOf(clicks), { methods })
    expect(pairs.recipe.minimum).toBe(2)
    expect((await evaluate(shopOf(clicks), pairs)).report).toMatchObject({ cases: 12, ndcg: rows[0]?.['ndcg@10'] })
  })

  it('counts of a long history the latest items, as its model did, and says so', async () => {
    const notices: string[] = []
    const shop = shopOf([...smallLists, smallItems.map((_, item) => item)])
    const longest = await trainRecommender(shop, {
      methods,
      longestHistory: 4,
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(notices).toContain(
      '1 user took more than 4 items, up to 12: of each the latest 4 count. For more, set longestHistory (--longest-history).',
    )
    expect(longest.training.interactions).toBe(model.training.interactions + 4)
    expect((await evaluate(shop, longest)).notices).toHaveLength(1)
  })

  it('sees that it learned from these where items had been excluded', async () => {
    const items = [...smallItems, { id: 'voucher' }]
    const { report, notices } = await evaluate(
      shopOf(
        smallLists.map((list) => [...list, 12]),
        items,
      ),
    )
    expect(notices.at(-1)).toMatch(/^these are the interactions that the model learned from/)
    expect(report.cases).toBeGreaterThan(0)
  })

  it('on others, asks the model as it is, by ids', async () => {
    // The catalog in another order, with one item that the model does not know.
    const items = [{ id: 'unknown' }, ...smallItems.toReversed()]
    const lists = [[12, 9, 6], [12, 0, 9], [3]]
    const { report, notices } = await evaluate(shopOf(lists, items))
    expect(report.cases).toBe(2)
    expect(notices).toEqual(['1 of 7 interactions are with items that the model does not know, and left out.'])
    // Items 12 and 9 of that catalog are 0 and 3 of the model's.
    const scores = await model.recommender.score({ items: Int32Array.of(0), times: Float64Array.of(0) })
    const above = scores.filter((score, item) => item !== 0 && score > (scores[3] as number)).length
    expect(report.mrr).toBeGreaterThan(0)
    expect(report.hitRate).toBe(above < 10 ? 1 : 0.5)
  })

  it('knows items that came later as cold', async () => {
    const items = [...smallItems, { id: 'new', title: 'lamp z' }]
    const { report } = await evaluate(shopOf([[0, 3, 12]], items), model.withItems(items.slice(12)))
    expect(report.coldItems).toMatchObject({ items: expect.any(Number) as number, all: { cases: 1 } })
  })

  it.each<[string, ReturnType<typeof shopOf>, string]>([
    [
      'nothing that it knows',
      shopOf([[0, 1]], [{ id: 'x' }, { id: 'y' }]),
      'expected interactions with items that the model knows, got none',
    ],
    ['nobody to ask', shopOf([[0], [1]]), 'shop "small": expected users who took at least 2 items, got none'],
  ])('refuses %s', async (_, shop, message) => {
    await expect(evaluate(shop)).rejects.toThrow(message)
  })

  it('needs the method and the text backbone that the model was trained with to fit again', async () => {
    await expect(evaluateRecommender(model, shopOf(smallLists), { methods: [] })).rejects.toThrow(
      'option "methods": expected the method item-knn',
    )
    const backbone = { id: 'other' } as never
    await expect(evaluateRecommender(model, shopOf(smallLists), { texts: backbone })).rejects.toThrow(
      'option "texts": expected no backbone, got other',
    )
  })
})
