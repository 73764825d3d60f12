import '@headstart/onnx/test'
import { beforeAll, describe, expect, it } from 'vitest'
import { boosted, withQuotas } from '../src/model/shape-list.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { trainRecommender } from '../src/learners/train-recommender.js'
import { easeTextMethod, itemKnnMethod, popularityMethod } from '../src/methods/baseline-methods.js'
import { forGroup } from '../src/scorers/for-group.js'
import type { Recommender } from '../src/contract/recommend.js'
import { historyOf } from './histories.js'
import { shopOf, smallLists } from './small-shop.js'

let model: RecommenderModel
beforeAll(async () => {
  model = await trainRecommender(shopOf(smallLists), { methods: [itemKnnMethod] })
})
const idsOf = (list: readonly { readonly item: { readonly id: string } }[]) => list.map(({ item }) => item.id)

describe('items like one', () => {
  it('are what is recommended to who took it alone', async () => {
    expect(idsOf(await model.similarItems('007', { k: 4 }))).toEqual(idsOf(await model.recommend(['007'], { k: 4 })))
  })

  it('are those of like texts, where the method says the same to everybody', async () => {
    const popular = await trainRecommender(shopOf(smallLists), { methods: [popularityMethod] })
    const list = await popular.similarItems('007')
    expect(list.map(({ item }) => item.category)).toEqual(['lamp', 'lamp', 'lamp'])
  })

  it('keep to a filter, and are not asked of an item that left the catalog', async () => {
    const mugs = await model.similarItems('007', { filter: ({ category }) => category === 'mug' })
    expect(mugs.every(({ item }) => item.category === 'mug')).toBe(true)
    await expect(model.similarItems('gone')).rejects.toThrow(
      'similarItems: expected an item of the catalog, got "gone". Update or train the model with it.',
    )
    const [answer] = await model.ask([{ like: 'gone' }])
    expect(answer).toBeInstanceOf(Error)
  })

  it('are a question as JSON, which takes no history beside', async () => {
    const [answer, both] = await model.ask([
      { like: '007', k: 3 },
      { like: '007', history: ['a,b'] },
    ])
    expect(answer).toMatchObject({ history: ['007'], recommendations: [{}, {}, {}] })
    expect(String(both)).toContain('option "like": expected an item alone, got a history as well.')
  })
})

describe('a list for a group', () => {
  const scores: Record<string, number[]> = { 0: [0, 4, 1, 3], 1: [0, 0, 1, 3], both: [0, 0, 0, 0] }
  const one: Recommender = { name: 'one', score: ({ items }) => Float32Array.from(scores[`${items[0]}`] as number[]) }
  const standardized = (values: number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
    return values.map((value) => (value - mean) / deviation)
  }

  it.each(['average', 'least-misery'] as const)('has the %s of what they like', async (strategy) => {
    const [a, b] = [standardized(scores['0'] as number[]), standardized(scores['1'] as number[])] as const
    const found = await forGroup(one, [historyOf([0]), historyOf([1])], strategy).score(historyOf([]))
    const expected = a.map((x, item) => {
      const y = b[item] as number
      return strategy === 'average' ? (x + y) / 2 : Math.min(x, y)
    })
    expect([...found]).toBeAllclose(expected, { rtol: 1e-5 })
  })

  it('holds nothing that one of them has, and is that of the others where nothing is known of one', async () => {
    const [lamps, mugs] = [
      ['007', '🎁'],
      ['a,b', 'i4'],
    ] as const
    const list = idsOf(await model.recommendToGroup([lamps, mugs], { k: 12 }))
    expect(list.some((id) => [...lamps, ...mugs].includes(id as never))).toBe(false)
    expect(idsOf(await model.recommendToGroup([lamps, ['gone']]))).toEqual(idsOf(await model.recommendToGroup([lamps])))
    expect(idsOf(await model.recommendToGroup([[], []], { k: 3 }))).toEqual(idsOf(await model.recommend([], { k: 3 })))
    const [answer] = await model.ask([{ history: ['007,🎁', '"a,b",i4'], group: 'average', k: 12 }])
    expect(answer).toMatchObject({ recommendations: list.map((item) => ({ item })) })
    const [reasons] = await model.ask([{ history: ['007'], group: 'average', explain: true }])
    expect(String(reasons)).toContain('option "explain": expected one history, got an item or a group.')
  })
})

describe('a list as the shop wants it', () => {
  const list = [9, 7, 5, 3, 1].map((score, place) => ({
    item: { id: 'abcde'[place] as string, category: place < 3 ? 'lamp' : 'mug' },
    score,
  }))
  const isMug = ({ category }: { readonly category?: string | undefined }) => category === 'mug'

  it('has some items further up, by standard deviations of its scores', () => {
    const raised = boosted(list, (item) => (isMug(item) ? 1 : 0))
    expect(idsOf(raised)).toEqual(['a', 'b', 'd', 'c', 'e'])
    expect(raised[2]?.score).toBeCloseTo(3 + Math.sqrt(8))
    expect(() => boosted(list, () => Number.NaN)).toThrow('boosted: expected a finite number for item a, got NaN.')
  })

  it.each([
    ['at most one lamp', [{ of: (item: object) => !isMug(item), most: 1 }], ['a', 'd', 'e']],
    ['at least two mugs', [{ of: isMug, least: 2 }], ['a', 'd', 'e']],
    ['at least one mug', [{ of: isMug, least: 1 }], ['a', 'b', 'd']],
    ['more mugs than there are', [{ of: isMug, least: 3 }], ['a', 'd', 'e']],
    [
      'a mug at least, and no d',
      [
        { of: isMug, least: 1 },
        { of: ({ id }: { id: string }) => id === 'd', most: 0 },
      ],
      ['a', 'b', 'e'],
    ],
  ])('keeps to quotas: %s', (_, quotas, expected) => {
    expect(idsOf(withQuotas(list, 3, quotas as never))).toEqual(expected)
  })

  it('refuses quotas that do not fit', () => {
    expect(() => withQuotas(list, 2, [{ of: isMug, least: 3 }])).toThrow(
      'withQuotas: expected quotas that fit into a list of 2, got 3 items at least.',
    )
    expect(() => withQuotas(list, 3, [{ of: isMug, least: 2, most: 1 }])).toThrow('got a least above its most')
  })
})

describe('what is disliked', () => {
  it('counts as much as one says', async () => {
    const both = await trainRecommender(shopOf(smallLists), { methods: [easeTextMethod] })
    const placeOf = async (dislikeWeight?: number) =>
      idsOf(await both.recommend(['a,b', '007'], { k: 12, disliked: ['🎁'], dislikeWeight })).indexOf('i9')
    expect(await placeOf(3)).toBeGreaterThan(await placeOf(0))
    await expect(placeOf(-1)).rejects.toThrow('option "dislikeWeight": expected a number from 0 on, got -1.')
  })
})
