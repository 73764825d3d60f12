import { join } from 'node:path'
import { startRun } from '@headstart/core'
import { random } from '@headstart/core/kit'
import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import type { ScorerState } from '../src/contract/scorer-state.js'
import type { SparseRows } from '../src/math/sparse-rows.js'
import { folderOf } from './temporary-folder.js'
import { historyOf } from './histories.js'
import { trainRecommender } from '../src/learners/train-recommender.js'
import { easeTextMethod, itemKnnMethod, popularityMethod, sessionKnnMethod } from '../src/methods/baseline-methods.js'
import { untrainedMethod } from '../src/methods/behavior-methods.js'
import { materialOf } from '../src/methods/shop-data.js'
import { withRepeats } from '../src/methods/with-repeats.js'
import { Catalog, type Item } from '../src/shop/catalog.js'
import type { Histories } from '../src/shop/histories.js'
import type { Interactions } from '../src/shop/interactions.js'
import { type KeptHistories, userKey } from '../src/shop/kept-histories.js'
import { readShop, type Shop } from '../src/shop/read-shop.js'
import { keptFrom, stateOfKept } from '../src/model/kept-state.js'
import { loadRecommender } from '../src/model/load-recommender.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'

/** One row of a file of interactions. */
interface Row {
  readonly user: string
  readonly item: string
  readonly time: number
  readonly value?: number
}

const titles = ['red lamp', 'blue lamp', 'green mug', 'white mug', 'wool scarf', 'silk scarf', 'desk', 'oak chair']
const itemOf = (number: number): Item => ({ id: `i${number}`, title: `${titles[number % 8]} ${number % 5} n${number}` })

/** Rows as a shop is read from them: of items, the given ones and those that the rows name. */
function shopOf(rows: readonly Row[], known: readonly Item[] = [], meaning: Partial<Interactions> = {}): Shop {
  const ids = [...new Set([...known.map(({ id }) => id), ...rows.map(({ item }) => item)])]
  const users = [...new Set(rows.map(({ user }) => user))]
  return {
    name: 'rows',
    catalog: new Catalog(ids.map((id) => itemOf(Number(id.slice(1))))),
    interactions: {
      users,
      user: Int32Array.from(rows, ({ user }) => users.indexOf(user)),
      item: Int32Array.from(rows, ({ item }) => ids.indexOf(item)),
      time: Float64Array.from(rows, ({ time }) => time),
      clock: 'time',
      value: meaning.valueKind ? Float32Array.from(rows, ({ value = Number.NaN }) => value) : undefined,
      valueKind: 'none',
      ...meaning,
    },
  }
}

/** So many interactions: popular items more often, and users with a taste. */
function rowsOf(count: number, seed: number, from: number, { users = 60, items = 80 } = {}): Row[] {
  const { below, uniform } = random(seed)
  return Array.from({ length: count }, (_, row) => {
    const user = below(users)
    const item = (Math.floor(uniform() ** 2 * items) + 7 * (user % 4)) % items
    return { user: `u${user}`, item: `i${item}`, time: 1_600_000_000 + from + 10 * row }
  })
}

const all = Array.from({ length: 80 }, (_, number) => itemOf(number))
const before = rowsOf(700, 1, 0)
/** Users and items that were never seen, an interaction long before all others, one that is there already, and many usual ones. */
const since: Row[] = [
  ...rowsOf(60, 2, 10_000, { users: 70, items: 85 }),
  { user: 'u1', item: 'i3', time: 1_500_000_000 },
  { ...(before[0] as Row) },
  { user: 'somebody', item: 'i90', time: 1_600_020_000 },
  { user: 'somebody', item: 'i2', time: 1_600_020_001 },
]
const both = shopOf([...before, ...since], all)
const few = { neighbors: 6, shrinkage: 3, decay: 0.9 }

const knn = { ...itemKnnMethod, choose: async () => ({ settings: few, ndcg: 0.5 }) }

async function scoresOf(model: RecommenderModel, histories: readonly (readonly number[])[]): Promise<number[][]> {
  const scores: number[][] = []
  for (const items of histories) scores.push([...(await model.recommender.score(historyOf(items)))])
  return scores
}
const asked = [[0], [3, 9, 40], [79, 1], [2, 80], [84, 5, 6]]

describe('update', () => {
  it.each([
    ['popularity', popularityMethod, {}],
    ['item-knn', itemKnnMethod, few],
    ['session-knn', sessionKnnMethod, { decay: 'linear', neighbors: 20, gap: null, least: 0 }],
  ] as const)('has %s know to the bit what a full fit knows', async (_, plain, settings) => {
    const method = { ...plain, choose: async () => ({ settings, ndcg: 0.5 }) }
    const old = await trainRecommender(shopOf(before, all), { methods: [method], keep: true })
    const full = await trainRecommender(both, { methods: [method], keep: true })
    const updated = await old.update(shopOf(since))
    expect(updated.catalog.items).toEqual(full.catalog.items)
    expect(updated.training).toEqual(full.training)
    expect(await scoresOf(updated, asked)).toEqual(await scoresOf(full, asked))
    expect(updated.kept).toEqual(full.kept)
    expect(await scoresOf(old, [[0]])).not.toEqual(await scoresOf(updated, [[0]]))
  })

  it('goes on after the model was saved and loaded, any number of times', async () => {
    const old = await trainRecommender(shopOf(before, all), { methods: [knn], keep: true })
    const once = await old.update(shopOf(since.slice(0, 30)))
    const again = await reload(once)
    const twice = await again.update(shopOf(since.slice(30)))
    const full = await trainRecommender(both, { methods: [knn], keep: true })
    const ids = (model: RecommenderModel) =>
      Array.from({ length: 86 }, (_, number) => model.catalog.numberOf(`i${number}`))
    const byId = async (model: RecommenderModel, items: readonly number[]) => {
      const numbers = ids(model)
      const scores = await model.recommender.score(historyOf(items.map((item) => numbers[item] as number)))
      return numbers.map((number) => (number === undefined ? undefined : scores[number]))
    }
    for (const items of [[0], [3, 9, 40], [84]]) expect(await byId(twice, items)).toEqual(await byId(full, items))
    expect(twice.since).toEqual({ updates: 2, interactions: since.length, items: full.catalog.size - 80, waiting: [] })
    expect(twice.describe().text()).toContain('Since it was fitted')
  })

  it('has texts know new items, and says what waits for a training: EASE, by whose likes new items stand', async () => {
    const notices: string[] = []
    const settings = { weight: 1, window: { last: 3, decay: 0.7 }, l2: 300 }
    const method = { ...easeTextMethod, choose: async () => ({ settings, ndcg: 0.5 }) }
    const old = await trainRecommender(shopOf(before, all), { methods: [method], keep: true })
    const updated = await old.update(shopOf(since), {
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(updated.since?.waiting).toEqual(['ease'])
    expect(notices).toEqual([
      '2 interactions are older than what their users did before, and stand in their place.',
      'ease: as before, until the model is trained again. What else there is knows all that came.',
    ])
    const [easeState, textState] = updated.recommender.state?.().parts ?? []
    expect(easeState).toMatchObject({ kind: 'new-items', config: { known: 80 } })
    const full = await trainRecommender(both, { methods: [method] })
    expect(textState).toEqual(full.recommender.state?.().parts?.[1])
    const reloaded = await reload(updated)
    expect(await scoresOf(reloaded, asked)).toEqual(await scoresOf(updated, asked))
    expect((await updated.recommend(['i90'], { k: 3 })).map(({ item }) => item.id)).not.toContain('i90')
  })

  it('has a network see what came: popularity, neighbors and texts to the bit, what follows to seven digits', async () => {
    const old = await trainRecommender(shopOf(before, all), { methods: [untrainedMethod()], keep: true })
    const updated = await old.update(shopOf(since))
    const full = await trainRecommender(both, { methods: [untrainedMethod()] })
    const [is, should] = [updated, full].map((model) => model.recommender.state?.().parts?.[0]) as [
      ScorerState,
      ScorerState,
    ]
    expect(is.arrays).toEqual(should.arrays)
    const [neighbors, follows, texts] = is.parts ?? []
    expect(neighbors).toEqual(should.parts?.[0])
    expect(texts).toEqual(should.parts?.[2])
    const [known, expected] = [matrixOf(follows), matrixOf(should.parts?.[1])]
    expect([...known.keys()].sort()).toEqual([...expected.keys()].sort())
    expect([...known].every(([place, value]) => Math.abs(value / (expected.get(place) as number) - 1) < 1e-6)).toBe(
      true,
    )
    expect(updated.since?.waiting).toEqual(['ease', 'als', 'calibration'])
    const reloaded = await reload(updated)
    expect(await scoresOf(reloaded, asked)).toEqual(await scoresOf(updated, asked))
  })

  it('weighs events as in training, and takes back what is disliked since', async () => {
    const events = { valueKind: 'event', dislikedTo: -Number.MIN_VALUE } as const
    const weighed = (rows: readonly Row[]) => rows.map((row, place) => ({ ...row, value: 1 + 2 * (place % 3) }))
    const [then, now] = [weighed(before), weighed(since)]
    const dislike = { ...(then[5] as Row), time: 1_600_090_000, value: -1 }
    const old = await trainRecommender(shopOf(then, all, events), { methods: [knn], keep: true })
    const updated = await old.update(shopOf([...now, dislike], [], events))
    const full = await trainRecommender(shopOf([...then, ...now, dislike], all, events), { methods: [knn], keep: true })
    expect(updated.kept?.histories.items).toEqual(full.kept?.histories.items)
    // The mean weight stays that of the training, so that shrinkage means a little more or less.
    const [is, should] = [await scoresOf(updated, asked), await scoresOf(full, asked)]
    expect(is.flat()).toBeAllclose(should.flat(), { rtol: 0.02, atol: 1e-6 })
  })

  it('reads ratings as in training, whatever the best of a few new ones is', async () => {
    const ratings = { valueKind: 'rating', bestRating: 5, likedFrom: 4, dislikedTo: 1 } as const
    const rated = before.map((row, place) => ({ ...row, value: 1 + (place % 5) }))
    const now = [
      { user: 'u1', item: 'i90', time: 1_600_020_000, value: 3 },
      { user: 'u1', item: 'i91', time: 1_600_020_001, value: 4 },
      // A five that has become a one.
      { ...(rated[4] as Row), time: 1_600_020_002, value: 1 },
    ]
    const old = await trainRecommender(shopOf(rated, all, ratings), { methods: [popularityMethod], keep: true })
    // Of threes and fours alone a reader would say that threes are liked.
    const few = { valueKind: 'rating', bestRating: 3, likedFrom: 2.4, dislikedTo: 0.6 } as const
    const updated = await old.update(shopOf(now, [], few))
    const full = await trainRecommender(shopOf([...rated, ...now], all, ratings), {
      methods: [popularityMethod],
      keep: true,
    })
    expect(await scoresOf(updated, [[]])).toEqual(await scoresOf(full, [[]]))
    expect(updated.kept?.histories).toEqual(full.kept?.histories)
  })

  it('counts what is taken again, where it learned from repeats', async () => {
    const options = { methods: [knn], keep: true, repeats: true }
    const old = await trainRecommender(shopOf(before, all), options)
    const full = await trainRecommender(both, options)
    const updated = await old.update(shopOf(since))
    expect(updated.kept?.histories).toEqual(full.kept?.histories)
    const run = startRun()
    const material = await materialOf(full.catalog, undefined, run)
    const recommender = await withRepeats(itemKnnMethod).fit(
      material,
      full.kept?.histories as Histories,
      old.recipe.settings,
      run,
    )
    for (const items of asked)
      expect(await updated.recommender.score(historyOf(items))).toEqual(await recommender.score(historyOf(items)))
    expect(await updated.popular.score(historyOf([]))).toEqual(await full.popular.score(historyOf([])))
  })

  it('refuses a model that keeps nothing, ratings where there were none, and rows without their times', async () => {
    const forgetful = await trainRecommender(shopOf(before, all), { methods: [popularityMethod] })
    await expect(forgetful.update(shopOf(since))).rejects.toThrow(
      'model: expected one that keeps what users did, got one that does not. Train it with the option keep (on the command line: --keep).',
    )
    const model = await trainRecommender(shopOf(before, all), { methods: [popularityMethod], keep: true })
    const rated = shopOf([{ ...(since[0] as Row), value: 1 }], [], { valueKind: 'rating', bestRating: 5 })
    await expect(model.update(rated)).rejects.toThrow(
      'shop "rows": expected neither ratings nor events, as in the training data, got numbers. Give the same columns.',
    )
    await expect(model.update(shopOf(since, [], { clock: 'order' }))).rejects.toThrow(
      'shop "rows": expected times, as in the training data, got rows without times.',
    )
  })

  it('takes kinds of events that nobody knew, users and items of whom nothing was known, and says what it makes of them', async () => {
    const csv = (rows: readonly string[]) => ['user,item,event,timestamp', ...rows, ''].join('\n')
    const then = before.map(({ user, item, time }) => `${user},${item},view,${time}`)
    const now = ['u1,i200,zoom,1600030000', 'stranger,i200,buy,1600030001', 'stranger,i0,zoom,1600030002']
    const old = await trainRecommender(await readShop(await folderOf({ 'interactions.csv': csv(then) })), {
      methods: [knn],
      keep: true,
    })
    const notices: string[] = []
    const hour = await folderOf({ 'interactions.csv': csv(now) })
    const updated = await old.update(await readShop(hour, { onNotice: (message) => notices.push(message) }))
    expect(notices.join('\n')).toContain('zoom weighs 1 (2 rows), buy weighs 5 (1 row)')
    expect(updated.training).toMatchObject({ users: old.training.users + 1, items: old.training.items + 1 })
    const list = await updated.recommend(['i200'], { k: 3 })
    expect(list.map(({ item }) => item.id)).toContain('i0')
  })

  it('puts rows that only have an order behind all there was', async () => {
    const order = { clock: 'order' } as const
    const ordered = (rows: readonly Row[], from = 0) => rows.map((row, place) => ({ ...row, time: from + place }))
    const old = await trainRecommender(shopOf(ordered(before), all, order), { methods: [knn], keep: true })
    const updated = await old.update(shopOf(ordered(since), [], order))
    const full = await trainRecommender(shopOf([...ordered(before), ...ordered(since, before.length)], all, order), {
      methods: [knn],
      keep: true,
    })
    expect(updated.kept?.histories.items).toEqual(full.kept?.histories.items)
  })
})

/** The model as it is loaded again. */
async function reload(model: RecommenderModel): Promise<RecommenderModel> {
  const folder = join(await folderOf({}), 'model')
  await model.save(folder)
  return loadRecommender(folder)
}

function matrixOf(state: ScorerState | undefined): Map<string, number> {
  const { starts, columns, values } = (state as ScorerState).arrays as unknown as SparseRows
  const entries = new Map<string, number>()
  for (let row = 0; row + 1 < starts.length; row++)
    for (let k = starts[row] as number; k < (starts[row + 1] as number); k++)
      entries.set(`${row} ${columns[k]}`, values[k] as number)
  return entries
}

describe('what users did, kept with a model', () => {
  const state = async (): Promise<ScorerState> => {
    const model = await trainRecommender(shopOf(before, all), { methods: [popularityMethod], keep: true })
    return stateOfKept(model.kept as KeptHistories)
  }

  it('stands there by hashes, from which it is known again', async () => {
    const found = await state()
    expect(JSON.stringify(found.config)).not.toContain('u1')
    expect(keptFrom(found, 80).keys).toEqual([...new Set(before.map(({ user }) => user))].map(userKey))
  })

  it.each([
    ['an item beyond the catalog', { items: (items: Int32Array) => items.fill(80, 0, 1) }],
    ['users that overlap', { starts: (starts: Int32Array) => starts.fill(9, 1, 3).fill(5, 3, 4) }],
    ['fewer times than items', { times: (times: Float64Array) => times.subarray(1) }],
    ['fewer hashes than users', { keys: (keys: Uint8Array) => keys.subarray(8) }],
  ])('is refused with %s', async (_, changes) => {
    const { arrays = {}, ...rest } = await state()
    const changed = Object.entries(changes).map(([name, change]) => [name, change(arrays[name]?.slice() as never)])
    expect(() => keptFrom({ ...rest, arrays: { ...arrays, ...Object.fromEntries(changed) } }, 80)).toThrow('expected')
  })
})
