import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InputError, startRun } from '@headstart/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shopOf, smallItems, smallLists } from './small-shop.js'
import { trainRecommender } from '../src/learners/train-recommender.js'
import { baselineMethods } from '../src/methods/baseline-methods.js'
import type { RecommendAnswer, RecommendQuery } from '../src/model/recommend-query.js'
import type { RecommenderModel } from '../src/model/recommender-model.js'
import { recommendTask } from '../src/task.js'

let folder: string
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'headstart-users-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const id = (number: number): string => smallItems[number]?.id as string
const users: RecommendQuery[] = [
  { history: [id(0), id(3)] },
  { history: [] },
  { history: [id(1)], exclude: [id(4), id(7)] },
  { history: ['has left the catalog'] },
  { history: ['has left the catalog', id(2)] },
  { history: smallItems.map((item) => item.id) },
  { history: [id(5), id(2), id(5)] },
]

async function oneByOne(model: RecommenderModel, queries: readonly RecommendQuery[]) {
  const answers: (RecommendAnswer | InputError)[] = []
  for (const query of queries) answers.push((await model.ask([query]))[0] as RecommendAnswer)
  return answers
}

describe.each(['popularity', 'item-knn', 'als', 'ease', 'ease-text'])('lists for many, by %s', (name) => {
  let model: RecommenderModel
  beforeAll(async () => {
    const methods = baselineMethods.filter((method) => method.name === name)
    expect(methods).toHaveLength(1)
    model = await trainRecommender(shopOf(smallLists), { methods })
  })

  it.each([
    {},
    { k: 3 },
    { category: 'mug', k: 4 },
    { repeats: true, k: 100 },
    { diversity: 0.6, k: 3 },
    { category: 'nothing' },
    { filter: ({ price = 0 }: { price?: number | undefined }) => price > 7 },
  ])('are those that are given one by one: %o', async (options) => {
    const queries = users.map((user) => ({ ...user, ...options }))
    expect(await model.ask(queries)).toEqual(await oneByOne(model, queries))
  })
})

describe('users of a table', () => {
  const read = async (name: string, content: string, options: object = {}) => {
    await writeFile(join(folder, name), content)
    const asked = []
    for await (const one of await (recommendTask.queries as NonNullable<typeof recommendTask.queries>).run(
      join(folder, name),
      options,
      startRun(),
    ))
      asked.push(one)
    return asked
  }

  it('have what they took, in the order of time, and nobody without a row', async () => {
    const csv = 'user,item,timestamp\nb,i2,2020-01-02\na,i1,2020-01-01\nb,i3,2020-01-01\n'
    expect(await read('rows.csv', csv)).toEqual([
      { columns: { user: 'b' }, query: { history: ['i3', 'i2'] } },
      { columns: { user: 'a' }, query: { history: ['i1'] } },
    ])
  })

  it('that liked nothing are there without a history', async () => {
    const csv = 'user,item,rating\na,i1,5\nb,i1,1\n'
    const queries = (await read('ratings.csv', csv)).map(({ query }) => query)
    expect(queries).toEqual([{ history: ['i1'] }, { history: [] }])
  })

  it('have what their rows say, beside what nobody is recommended', async () => {
    const jsonl = [
      { user: 'a', history: ['i1', 'x,y'], exclude: ['i2'], k: 3 },
      { user: 'b', history: [], category: 'mug' },
      { user: 'c', history: ['i1'], k: 'many' },
    ]
    const asked = await read('users.jsonl', jsonl.map((one) => JSON.stringify(one)).join('\n'), { exclude: ['bag'] })
    expect(asked[0]?.query).toEqual({ history: ['i1', 'x,y'], exclude: ['bag', 'i2'], k: 3 })
    expect(asked[1]?.query).toEqual({ history: [], category: 'mug' })
    expect(asked[2]?.query).toBeInstanceOf(InputError)
  })
})

describe('what is not in stock', () => {
  it('is not recommended', async () => {
    const model = await trainRecommender(shopOf(smallLists), { methods: baselineMethods.slice(0, 1) })
    const stock = join(folder, 'stock.csv')
    await writeFile(
      stock,
      `item,stock\n${[0, 1, 2].map((number) => `"${id(number).replaceAll('"', '""')}",${number}\n`).join('')}`,
    )
    const [answer] = await model.asks.run([{ history: [id(9)] }], { stock }, startRun())
    expect((answer as RecommendAnswer).recommendations.map(({ item }) => item).toSorted()).toEqual(
      [id(1), id(2)].toSorted(),
    )
    await expect(model.asks.run([{}], { stock, stockColumn: 'there' }, startRun())).rejects.toThrow(
      'expected a column "there"',
    )
  })
})
