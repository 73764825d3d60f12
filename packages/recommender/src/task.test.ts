import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, InputError, type ModelFiles, startRun, type TrainEvent } from '@headstart/core'
import { modelFiles } from '@headstart/core/kit'
import { testTask } from '@headstart/core/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallItems, smallLists } from '../test/small-shop.js'
import { folderOf } from '../test/temporary-folder.js'
import { popularityMethod } from './methods/baseline-methods.js'
import type { ShopData } from './methods/shop-data.js'
import type { RecommendAnswer, RecommendQuery } from './model/recommend-query.js'
import type { RecommenderModel } from './model/recommender-model.js'
import { recommendTask } from './task.js'

const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`
const items = smallItems.map(({ id, title = '', category = '' }) => [id, title, category].map(cell).join())
const rows = smallLists.flatMap((list, user) =>
  list.map((item, place) => `u${user},${cell(smallItems[item]?.id ?? '')},${1_600_000_000 + place}`),
)
const files = {
  'items.csv': `item,title,category\n${items.join('\n')}\n`,
  'interactions.csv': `who,item,timestamp\n${rows.join('\n')}\n`,
}

const folder = await mkdtemp(join(tmpdir(), 'headstart-test-'))
for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents)

testTask(recommendTask, {
  data: folder,
  options: { column: { user: 'who' }, methods: ['ease-text'] },
  comparing: { methods: ['popularity', 'ease-text'] },
  queries: [recommendTask.query.parse({ history: ['007'] }), recommendTask.query.parse({ history: [], k: 2 })],
})

const run = startRun()
let data: ShopData
let model: RecommenderModel
beforeAll(async () => {
  data = await recommendTask.read.run(folder, { column: { user: 'who' } }, run)
  model = (await (
    await recommendTask.train.run(data, { methods: ['ease-text'] }, run)
  ).fit(data, run)) as RecommenderModel
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const ask = async (query: RecommendQuery): Promise<RecommendAnswer> => {
  const [answer] = await model.ask([query])
  return model.answer.parse(answer)
}

describe('the task recommend', () => {
  it('has options with a description each, as flags and fields have them', () => {
    for (const { options } of [recommendTask.read, recommendTask.train, recommendTask.compare])
      for (const [name, field] of Object.entries(options.shape)) expect(field.description, name).toMatch(/\w/)
    const asked = { history: ['007'], k: 3, explain: true, diversity: 0.5, repeats: false, category: 'lamp' }
    expect(recommendTask.query.parse(asked)).toEqual(asked)
    expect(recommendTask.query.safeParse({ history: ['007'], k: 0 }).success).toBe(false)
  })

  it('refuses a shop that is not said, and methods that there are not', async () => {
    await expect(recommendTask.read.run(undefined, {}, run)).rejects.toThrow(
      'expected DATA, a folder with interactions.csv and items.csv, or a table of orders, got none',
    )
    for (const step of [recommendTask.train, recommendTask.compare]) {
      await expect(step.run(data, { methods: ['popularity', 'magic'] }, run)).rejects.toThrow('option "methods')
      await expect(step.run(data, { methods: [] }, run)).rejects.toThrow('option "methods"')
    }
  })

  it('chooses by training from all that compare, but what others are measured against, unless it is told to', async () => {
    const tried: string[] = []
    const onEvent = (event: TrainEvent) => event.type === 'compare' && tried.push(event.method)
    const own = startRun({ onEvent })
    const named = await recommendTask.train.run(data, { methods: ['untrained', 'popularity'] }, own)
    await named.fit(data, own)
    expect(tried).toEqual(['popularity', 'untrained'])
    expect(model.recipe.method).toBe('ease-text')
  })

  it('compares the methods that are named', async () => {
    const plan = await recommendTask.compare.run(data, { methods: ['popularity', 'untrained', 'frozen'] }, run)
    const { rows: compared, differences } = await compare(plan, run)
    expect(compared.map(({ learner }) => learner)).toEqual(['popularity', 'frozen', 'untrained'])
    expect(differences.map(({ what }) => what)).toContain('pre-training')
  })

  it('opens what it packed, from wherever that lies', async () => {
    const saved = await folderOf({})
    await model.save(saved)
    const { manifest } = await model.pack()
    expect(recommendTask.opens(JSON.parse(JSON.stringify(manifest)))).toBe(true)
    expect(recommendTask.opens({ format: 'headstart-model' })).toBe(false)
    const disk = modelFiles(saved)
    const elsewhere: ModelFiles = { name: 'memory', read: (name) => disk.read(name) }
    await using loaded = await recommendTask.load(elsewhere)
    const query = { history: ['007'], explain: true }
    expect(await loaded.ask([query])).toEqual(await model.ask([query]))
    expect(loaded.reads).toEqual({ repeats: false })
  })
})

describe('a recommender that is asked in JSON', () => {
  it('answers with the documented fields', async () => {
    expect(await ask({ history: ['007', 'nothing'], k: 2, explain: true })).toEqual({
      method: 'ease-text',
      history: ['007'],
      unknown: ['nothing'],
      recommendations: Array.from({ length: 2 }, () => ({
        item: expect.any(String) as string,
        title: expect.stringMatching(/^lamp/) as string,
        score: expect.any(Number) as number,
        because: [
          {
            item: '007',
            title: 'lamp a',
            drop: expect.any(Number) as number,
            place: expect.any(Number) as number,
          },
        ],
      })),
    })
    expect((await ask({ history: ['007'] })).recommendations[0]).not.toHaveProperty('because')
    expect((await ask({})).recommendations).toHaveLength(10)
  })

  it('takes histories as ids, and as lines of CSV', async () => {
    const expected = await ask({ history: ['a,b', 'say "hi"', 'i5'] })
    expect(expected.history).toEqual(['a,b', 'say "hi"', 'i5'])
    expect(await ask({ history: ['"a,b","say ""hi""",i5'] })).toEqual(expected)
    expect(await ask({ history: ['a,b', '"say ""hi""", i5'] })).toEqual(expected)
  })

  it('refuses a category that no item has, and names those there are', async () => {
    const [answer] = await model.ask([{ history: ['007'], category: 'Lamp' }])
    expect(answer).toMatchObject({
      message: 'option "category": expected one of "lamp", "mug", "scarf", got "Lamp". Check its spelling.',
    })
  })

  it('does not recommend what is excluded, which counts in the history all the same', async () => {
    const [first] = (await ask({ history: ['007'] })).recommendations
    const rest = await ask({ history: ['007'], exclude: [`"${first?.item}",nothing`] })
    expect(rest.recommendations.map(({ item }) => item)).not.toContain(first?.item)
    expect(rest.history).toEqual(['007'])
  })

  it('takes category, filter and repeats from each question', async () => {
    const listed = async (query: RecommendQuery) =>
      (await ask({ k: 20, ...query })).recommendations.map(({ item }) => item)
    expect(await listed({ history: ['007'], category: 'mug' })).toHaveLength(4)
    expect(await listed({ history: ['007'], category: 'mug', filter: ({ id }) => id !== 'i4' })).toHaveLength(3)
    expect(await listed({ history: ['007'], repeats: true })).toContain('007')
  })

  it('says of one question that it cannot be read, and answers the others', async () => {
    const [bad, worse, good] = await model.ask([{ history: ['"007'] }, { k: 0 }, { history: ['007'] }])
    expect(bad).toBeInstanceOf(InputError)
    expect(bad).toMatchObject({ message: expect.stringContaining('ids separated by commas') as string })
    expect(worse).toMatchObject({ message: expect.stringContaining('option "k"') as string })
    expect(good).toEqual(await ask({ history: ['007'] }))
  })

  it('stops when it is told to, and says what it ignored', async () => {
    const enough = new Error('enough')
    await expect(model.ask([{}], { signal: AbortSignal.abort(enough) })).rejects.toBe(enough)
    const notices: string[] = []
    await model.ask([{ history: ['nothing'] }], {
      onEvent: (event) => event.type === 'notice' && notices.push(event.message),
    })
    expect(notices).toEqual(['1 of 1 items of the history are not in the catalog, and left out: "nothing".'])
  })

  it('says its answers for people', async () => {
    const text = model.say(await ask({ history: ['007'], k: 2, explain: true }))
    expect(text).toMatch(
      /^ 1\. lamp \w \[\S+\]\n {6}because you took lamp a \[007\] \(without it place \d+\)\n 2\. lamp/,
    )
    expect(model.say(await ask({ k: 1, explain: true }))).toMatch(
      /^Nothing is known of this history: what most users took\.\n 1\. .+\n {6}because many took it$/,
    )
    expect(model.say(await ask({ history: ['007'], filter: () => false }))).toBe('Nothing is left to recommend.')
    expect(
      model.say({
        method: 'x',
        history: ['y'],
        unknown: [],
        recommendations: [{ item: 'z', title: 'a\u001b[2Jb', score: 1 }],
      }),
    ).toBe(' 1. a [2Jb [z]')
  })
})

describe('a recommender that is looked at', () => {
  it('describes how it came to be, in the documented fields and as a table', () => {
    const { json, text } = model.describe()
    expect(json).toEqual({
      method: 'ease-text',
      settings: model.recipe.settings,
      users: 40,
      items: 12,
      interactions: smallLists.flat().length,
      seed: 0,
      repeats: false,
      validation: [{ method: 'ease-text', settings: model.recipe.settings, 'ndcg@10': expect.any(Number) as number }],
    })
    expect(text()).toMatch(
      /^Learned from 127 interactions of 40 users with 12 items\.\n\nmethod +NDCG@10 +settings\nease-text +0\.\d{4} +weight .*\nOn validation data, .*; ease-text is taken\.$/,
    )
  })

  it('is evaluated in the documented fields and as a table', async () => {
    const { json, text } = await model.evaluate(data, run)
    const share = expect.any(Number) as number
    const pair = [share, share]
    expect(json).toEqual({
      method: 'ease-text',
      users: 40,
      'hr@10': share,
      'recall@10': share,
      'ndcg@10': share,
      mrr: share,
      'coverage@10': share,
      popularityBias: share,
      novelty: share,
      diversity: share,
      gini: share,
      'coldNdcg@10': null,
      intervals: { 'hr@10': pair, 'ndcg@10': pair, mrr: pair },
    })
    expect(text()).toMatch(
      /^40 users +ease-text +95 % interval\n(.*\n)*NDCG@10 +[01]\.\d{4} +[01]\.\d{4} to [01]\.\d{4}/,
    )
  })

  it('is measured user by user, also on data whose items stand in another order', async () => {
    const popular = await (
      await recommendTask.train.run(data, { methods: [popularityMethod.name] }, run)
    ).fit(data, run)
    const { scores, figures } = await popular.measure(data, run)
    expect(scores).toHaveLength(40)
    expect(figures).toMatchObject({ 'hr@10': expect.any(Number) as number, 'coldNdcg@10': null })
    const turned = { ...files, 'items.csv': `item,title,category\n${items.toReversed().join('\n')}\n` }
    const other = await recommendTask.read.run(await folderOf(turned), { column: { user: 'who' } }, run)
    expect(other.shop.catalog.items[0]?.id).toBe(smallItems.at(-1)?.id)
    expect((await popular.measure(other, run)).scores).toEqual(scores)
  })
})
