import { startRun } from '@headstart/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareShop, comparedShop } from '../../test/compare-shop.js'
import { shopOf, smallLists } from '../../test/small-shop.js'
import { evaluateRanking } from '../evaluate/evaluate-ranking.js'
import { baselineMethods } from '../methods/baseline-methods.js'
import { popularity } from '../scorers/popularity.js'
import { positives } from '../shop/histories.js'
import { leaveOneOut } from '../shop/split-histories.js'
import { lastItem } from './last-item.js'
import { recommenderLearners } from './recommender-learners.js'

describe('a comparison by the last item of each user', () => {
  let compared: Awaited<ReturnType<typeof compareShop>>
  beforeAll(async () => {
    compared = await compareShop(shopOf(smallLists))
  })
  const json = () => compared.json as Awaited<ReturnType<typeof comparedShop>> & typeof compared.json

  it('measures every method', async () => {
    const comparison = json()
    expect(Object.keys(comparison)).toEqual(['rows', 'chosen', 'verdict'])
    expect(comparison.rows.map(({ method }) => method)).toEqual(recommenderLearners.map(({ name }) => name))
    for (const row of comparison.rows) {
      expect(Object.keys(row)).toEqual(['method', 'hr@10', 'ndcg@10', 'coverage@10', 'coldNdcg@10', 'seconds'])
      expect(row.seconds).toBeGreaterThan(0)
    }
    const test = leaveOneOut(positives(shopOf(smallLists).interactions, 12, { minimum: 3 }))
    const { ndcg, hitRate, coverage } = await evaluateRanking(popularity(test.train), test)
    expect(comparison.rows[0]).toMatchObject({ 'ndcg@10': ndcg, 'hr@10': hitRate, 'coverage@10': coverage })
    expect(comparison.verdict).toMatch(
      new RegExp(`^Use ${comparison.chosen} here, which validation picks: NDCG@10 0\\.\\d{4}`),
    )
    expect(compared.text()).toContain(`${comparison.chosen} *`)
  })

  it('says what pre-training, transfer and fine-tuning are worth beside what each is measured against', () => {
    const { differences } = compared
    const said = differences.filter(({ what }) => what !== 'personalization')
    expect(said.map(({ what, learner, to, pairs }) => ({ what, learner, to, pairs }))).toEqual([
      { what: 'transfer', learner: 'frozen', to: 'ease-text', pairs: 40 },
      { what: 'pre-training', learner: 'frozen', to: 'untrained', pairs: 40 },
      { what: 'fine-tuning', learner: 'fine-tuned', to: 'frozen', pairs: 40 },
    ])
  })

  it('chooses without a look at the last items', async () => {
    const validations: unknown[] = []
    const choosing = (seen: unknown[]) => ({
      name: 'popularity' as const,
      description: '',
      choose: (_: unknown, { train, cases }: ReturnType<typeof leaveOneOut>) => {
        seen.push({ items: [...train.items], targets: cases.map(({ target }) => target) })
        return Promise.resolve({ settings: {}, ndcg: 0 })
      },
      fit: (_: unknown, train: Parameters<typeof popularity>[0]) => Promise.resolve(popularity(train)),
    })
    const changed = smallLists
      .map((list) => [...list.slice(0, -1), ((((list.at(-1) as number) + 5) % 12) + 12) % 12])
      .map((list, user) => (new Set(list).size === list.length ? list : (smallLists[user] as number[])))
    expect(changed).not.toEqual(smallLists)
    for (const lists of [smallLists, changed])
      await compareShop(shopOf(lists), { methods: [choosing(validations)], minimum: 3 })
    expect(validations[1]).toEqual(validations[0])
  })

  it('asks who has just enough, and learns from all but the last items', async () => {
    const lists = [...smallLists, [0, 5, 10]]
    const data = { shop: shopOf(lists), minimum: 3 }
    const run = startRun()
    const [first] = recommenderLearners
    for await (const { train, tests } of lastItem.rounds(data, run)) {
      const model = await first.fit(train, run)
      expect(model.training).toMatchObject({ users: 41, interactions: lists.flat().length - 41 })
      expect((await model.measure(tests.test, run)).scores).toHaveLength(41)
    }
  })

  it('asks some of the users, the same for the same seed, where there are very many', async () => {
    const notices: string[] = []
    const ask = async (seed: number) => {
      const options = { methods: baselineMethods.slice(0, 1), askedUsers: 7, seed }
      return (
        await comparedShop(shopOf(smallLists), {
          ...options,
          onEvent: (event) => event.type === 'notice' && notices.push(event.message),
        })
      ).rows[0]?.['ndcg@10']
    }
    expect(await ask(1)).toBe(await ask(1))
    expect(notices.filter((notice) => notice === '7 of 40 users are asked about, drawn at random.')).toHaveLength(4)
    await expect(compareShop(shopOf(smallLists), { askedUsers: 0 })).rejects.toThrow(
      'option "askedUsers": expected a whole number from 1 on, got 0',
    )
  })

  it('gives figures of cold items where there are some, else null, and of all methods whatever the seed is', async () => {
    const cold = [...smallLists, [0, 3, 6, 11]].map((list) => list.filter((item, place) => item !== 11 || place === 3))
    const { rows } = await comparedShop(shopOf(cold), { seed: 5 })
    expect(rows.map(({ method }) => method)).toEqual(recommenderLearners.map(({ name }) => name))
    for (const row of rows) expect(row['coldNdcg@10']).toBeGreaterThan(0)
    expect(json().rows[0]?.['coldNdcg@10']).toBeNull()
  })

  it('needs users who took enough', async () => {
    const lists = [
      [0, 1],
      [1, 2],
    ]
    await expect(compareShop(shopOf(lists))).rejects.toThrow(
      'shop "small": expected users who took at least 3 items, got none.',
    )
  })
})
