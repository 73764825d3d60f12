import { beforeAll, describe, expect, it } from 'vitest'
import { shopOf, smallItems, smallLists } from './small-shop.js'
import { baselineMethods } from '../src/methods/baseline-methods.js'
import { recommenderMethods } from '../src/methods/recommender-methods.js'
import type { RecommendOptions } from '../src/model/recommend-options.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { trainRecommender } from '../src/learners/train-recommender.js'

const only = (name: string) => baselineMethods.filter((method) => method.name === name)
let model: RecommenderModel
let texts: RecommenderModel
beforeAll(async () => {
  model = await trainRecommender(shopOf(smallLists), { methods: only('ease') })
  texts = await trainRecommender(shopOf(smallLists), { methods: only('ease-text') })
})

const kindOf = (number: number): string => ['lamp', 'mug', 'scarf'][number % 3] as string
const idsOf = async (history: readonly string[], options?: RecommendOptions, of = model) =>
  (await of.recommend(history, options)).map(({ item }) => item.id)

describe('RecommenderModel.recommend', () => {
  it('recommends what users of like histories took, without what the user has', async () => {
    const history = [0, 3].map((number) => smallItems[number]?.id as string)
    const list = await model.recommend(history, { k: 2 })
    expect(list.map(({ item }) => item.category)).toEqual([kindOf(0), kindOf(0)])
    expect(list.map(({ item }) => item.id)).not.toContain(history[0])
    expect(list[0]?.score).toBeGreaterThanOrEqual(list[1]?.score as number)
    expect(list.every(({ because }) => because.length === 0)).toBe(true)
  })

  it('counts what was taken a moment ago, by somebody never seen before', async () => {
    expect(await idsOf(['007'])).not.toEqual(await idsOf(['007', 'a,b']))
  })

  it('gives who took nothing, or nothing that is known, what most users took', async () => {
    const counts = smallItems.map((_, number) => smallLists.filter((list) => list.includes(number)).length)
    const popular = [...counts.keys()].sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    const expected = popular.slice(0, 4).map((number) => smallItems[number]?.id)
    expect(await idsOf([], { k: 4 })).toEqual(expected)
    const notices: string[] = []
    expect(await idsOf(['nothing'], { k: 4, onNotice: (message) => notices.push(message) })).toEqual(expected)
    expect(notices).toEqual(['1 of 1 items of the history are not in the catalog, and left out: "nothing".'])
  })

  it('takes odd ids as they are, and an id that is given twice where it stands last', async () => {
    expect(await idsOf(['a,b', 'say "hi"', '🎁'])).toHaveLength(9)
    expect(await idsOf(['007', 'a,b', '007'])).toEqual(await idsOf(['a,b', '007']))
    expect(await idsOf(['7'])).toEqual(await idsOf([]))
  })

  it('lets in only what the filter takes', async () => {
    const list = await idsOf(['007'], { filter: ({ category, price = 0 }) => category === 'mug' && price > 7 })
    expect(list.toSorted()).toEqual(['i10', 'i4', 'i7'])
    expect(await idsOf(['007'], { filter: () => false })).toEqual([])
  })

  it('gives a list no longer than the catalog, with repeats all of it', async () => {
    expect(await idsOf(['007'], { k: 100 })).toHaveLength(11)
    expect(await idsOf(['007'], { k: 100, repeats: true })).toHaveLength(12)
  })

  it('gives more kinds of things with more diversity', async () => {
    const kinds = async (diversity: number) =>
      new Set((await texts.recommend(['007', 'i9'], { k: 3, diversity })).map(({ item }) => item.category)).size
    expect(await kinds(0.8)).toBeGreaterThan(await kinds(0))
  })

  it('says which items of the history carried each recommendation, as is seen by taking them out', async () => {
    const history = ['a,b', '007', '🎁']
    const list = await model.recommend(history, { k: 3, explain: true })
    expect(list.some(({ because }) => because.length > 0)).toBe(true)
    for (const { item, score, because } of list) {
      for (const reason of because) {
        const rest = await model.recommend(
          history.filter((id) => id !== reason.item.id),
          {
            k: 12,
            filter: ({ id }) => !history.includes(id),
          },
        )
        const place = rest.findIndex((line) => line.item.id === item.id)
        expect(score - (rest[place]?.score as number)).toBeCloseTo(reason.drop, 5)
        expect(reason.drop).toBeGreaterThan(0)
        expect(rest.filter((line) => line.score > (rest[place]?.score as number)).length + 1).toBe(reason.place)
      }
      const drops = because.map(({ drop }) => drop)
      expect(drops).toEqual(drops.toSorted((a, b) => b - a))
    }
  })

  it('never recommends what was disliked, and what is like it later', async () => {
    const history = ['007', 'i4']
    const list = async (disliked: readonly string[]) => idsOf(history, { k: 12, disliked })
    const [plain, mugless] = [await list([]), await list(['a,b'])]
    expect(mugless).not.toContain('a,b')
    // Mugs are what users of that mug took.
    const mugs = ['i7', 'i10']
    const placesIn = (ids: readonly string[]) => mugs.reduce((sum, id) => sum + ids.indexOf(id), 0)
    expect(placesIn(mugless)).toBeGreaterThan(placesIn(plain.filter((id) => id !== 'a,b')))
    expect(await idsOf([], { k: 12, disliked: ['a,b'] })).not.toContain('a,b')
  })

  it('says of a history of one item which place a recommendation has among what most users took', async () => {
    const list = await model.recommend(['007'], { k: 4, explain: true })
    const popular = await model.recommend([], { k: 12, filter: ({ id }) => id !== '007' })
    // Of what was taken as often the order of the list counts, too.
    const places = list.map(({ item }) => popular.findIndex((line) => line.item.id === item.id) + 1)
    expect(list.flatMap(({ because }) => because.map(({ place }) => place))).toEqual(places)
    expect(Math.max(...places)).toBeGreaterThan(1)
  })

  it('gives no reasons for a popular list', async () => {
    expect((await model.recommend([], { k: 2, explain: true })).map(({ because }) => because)).toEqual([[], []])
  })

  it.each<[RecommendOptions, string]>([
    [{ k: 0 }, 'option "k": expected a whole number from 1 on, got 0'],
    [{ k: 2.5 }, 'got 2.5'],
    [{ diversity: 2 }, 'option "diversity": expected a number from 0 to 1, got 2'],
  ])('refuses %j', async (options, message) => {
    await expect(model.recommend([], options)).rejects.toThrow(message)
  })
})

describe('RecommenderModel.withItems', () => {
  const added = [{ id: 'new lamp', title: 'Lamp z' }, { id: 'odd', title: 'Submarine' }, { id: 'blank' }]

  it('recommends a new item at once, by its text, and takes it in a history', async () => {
    const wider = model.withItems(added)
    const list = await wider.recommend(['007', '🎁'], { k: 20 })
    const place = (id: string): number => list.findIndex(({ item }) => item.id === id)
    expect(place('new lamp')).toBeGreaterThanOrEqual(0)
    expect(place('new lamp')).toBeLessThan(place('i8'))
    // Nothing is known of these: they stand below all of which something is.
    expect(list.slice(-2).map(({ item }) => item.id)).toEqual(['odd', 'blank'])
    // The most like known item stands for it.
    const [likest] = await wider.recommend(['new lamp'], { k: 1 })
    expect(likest?.item.category ?? likest?.item.title).toMatch(/lamp/i)
    // Nothing is known of a history of things that are like nothing.
    expect(await idsOf(['blank', 'odd'], { k: 3 }, wider)).toEqual(await idsOf([], { k: 3 }))
    expect(model.catalog.size).toBe(12)
  })

  it('does not take an id twice', () => {
    expect(() => model.withItems([{ id: '007' }])).toThrow('expected items with different ids, got "007" twice')
  })
})

describe('trainRecommender', () => {
  it('keeps the method that validation picks, with its settings, and says what it tried', async () => {
    const all = await trainRecommender(shopOf(smallLists))
    const best = Math.max(...all.validation.map(({ ndcg }) => ndcg as number))
    const winner = all.validation.find(({ ndcg }) => ndcg === best)
    expect(all.validation.map(({ method }) => method)).toEqual(recommenderMethods.map(({ name }) => name))
    expect(all.recipe).toMatchObject({ method: winner?.method, settings: winner?.settings, seed: 0, minimum: 3 })
    expect(all.training).toMatchObject({ users: 40, items: 12, interactions: smallLists.flat().length })
  })

  it.each<[string, number[][], number]>([
    ['one user', [[0, 1, 2, 3, 4, 5]], 12],
    ['one user of one item', [[0]], 12],
    ['one item', [[0], [0], [0]], 1],
    [
      'a catalog of three',
      [
        [0, 1],
        [1, 2],
        [2, 0],
        [0, 2, 1],
      ],
      3,
    ],
  ])('learns what there is to learn from %s, and says that it is little', async (_, lists, size) => {
    const notices: string[] = []
    const little = await trainRecommender(shopOf(lists, smallItems.slice(0, size)), {
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(notices.join()).toMatch(/nothing to choose by: it is ease-text|the choice of [\w-]+ may be chance/)
    for (const history of [[], ['007']]) {
      const list = await little.recommend(history, { explain: true })
      expect(list).toHaveLength(Math.min(10, size - history.length))
      expect(list.every(({ score }) => Number.isFinite(score))).toBe(true)
    }
  })

  it('needs something that anybody liked, a method, and two items to hold out', async () => {
    const nothing = {
      ...shopOf([[0]]),
      interactions: { ...shopOf([[0]]).interactions, value: Float32Array.of(-1), valueKind: 'quantity' as const },
    }
    await expect(trainRecommender(nothing)).rejects.toThrow(
      'shop "small": expected interactions that count as liked or bought, got none.',
    )
    await expect(trainRecommender(shopOf(smallLists), { methods: [] })).rejects.toThrow(
      'expected at least one method, got none',
    )
    await expect(trainRecommender(shopOf(smallLists), { minimum: 1 })).rejects.toThrow(
      'option "minimum": expected a whole number from 2 on, got 1',
    )
  })

  it('compares texts by the features of a backbone where it is given one', async () => {
    const backbone = {
      id: 'letters',
      modality: 'text' as const,
      featureSize: 3,
      fingerprint: 'letters',
      contentKey: (text: string) => text,
      embed: (inputs: readonly string[]) =>
        Promise.resolve({
          rows: inputs.length,
          columns: 3,
          data: Float32Array.from(
            inputs.flatMap((text) => ['lamp', 'mug', 'scarf'].map((kind) => (text.includes(kind) ? 2 : 0))),
          ),
        }),
    }
    const withBackbone = await trainRecommender(shopOf(smallLists), {
      methods: only('ease-text'),
      texts: backbone as never,
    })
    expect(withBackbone.recipe.texts).toBe('letters')
    const [, text] = withBackbone.recommender.state?.().parts ?? []
    expect(text?.arrays?.['features']).toEqual(
      Float32Array.from(smallItems.flatMap((_, number) => [0, 1, 2].map((kind) => (number % 3 === kind ? 1 : 0)))),
    )
  })
})
