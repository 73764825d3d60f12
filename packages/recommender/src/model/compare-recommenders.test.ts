import { describe, expect, it } from 'vitest'
import { shopOf, smallItems, smallLists } from '../../test/small-shop.js'
import { baselineMethods } from '../methods/baseline-methods.js'
import { recommenderMethods } from '../methods/choose-method.js'
import { compareRecommenders, formatRecommenderComparison } from './compare-recommenders.js'
import { evaluateRanking } from '../evaluate/evaluate-ranking.js'
import { positives } from '../shop/histories.js'
import { popularity } from '../scorers/popularity.js'
import { recommenderVerdict } from './recommender-verdict.js'
import { leaveOneOut } from '../shop/split-histories.js'

describe('compareRecommenders', () => {
  it('measures every method on the last item of each user', async () => {
    const comparison = await compareRecommenders(shopOf(smallLists))
    expect(Object.keys(comparison)).toEqual(['task', 'rows', 'chosen', 'verdict'])
    expect(comparison.task).toBe('recommend')
    expect(comparison.rows.map(({ method }) => method)).toEqual(recommenderMethods.map(({ name }) => name))
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
    expect(formatRecommenderComparison(comparison)).toContain(`${comparison.chosen} *`)
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
      await compareRecommenders(shopOf(lists), { methods: [choosing(validations)], minimum: 3 })
    expect(validations[1]).toEqual(validations[0])
  })

  it('asks some of the users, the same for the same seed, where there are very many', async () => {
    const notices: string[] = []
    const ask = async (seed: number) => {
      const options = { methods: baselineMethods.slice(0, 1), askedUsers: 7, seed }
      return (
        await compareRecommenders(shopOf(smallLists), {
          ...options,
          onEvent: (event) => event.type === 'notice' && notices.push(event.message),
        })
      ).rows[0]?.['ndcg@10']
    }
    expect(await ask(1)).toBe(await ask(1))
    expect(notices.filter((notice) => notice === '7 of 40 users are asked about, drawn at random.')).toHaveLength(4)
    await expect(compareRecommenders(shopOf(smallLists), { askedUsers: 0 })).rejects.toThrow(
      'option "askedUsers": expected a whole number from 1 on, got 0',
    )
  })

  it('gives figures of cold items where there are some, else null', async () => {
    const cold = [...smallLists, [0, 3, 6, 11]].map((list) => list.filter((item, place) => item !== 11 || place === 3))
    const rows = (await compareRecommenders(shopOf(cold))).rows
    for (const row of rows) expect(row['coldNdcg@10']).toBeGreaterThan(0)
    expect((await compareRecommenders(shopOf(smallLists, smallItems))).rows[0]?.['coldNdcg@10']).toBeNull()
  })

  it('needs users who took enough', async () => {
    await expect(
      compareRecommenders(
        shopOf([
          [0, 1],
          [1, 2],
        ]),
      ),
    ).rejects.toThrow('shop "small": expected users who took at least 3 items, got none.')
  })
})

describe('the verdict', () => {
  const row = (method: Parameters<typeof recommenderVerdict>[1], ...ndcgs: number[]) => ({
    method,
    ndcgs: Float64Array.from(ndcgs),
  })
  const popular = row('popularity', 0.1, 0.1, 0.1, 0.1)
  const ease = row('ease', 0.2, 0.3, 0.2, 0.3)

  it('says what to use, and how much better than the simplest it is', () => {
    expect(recommenderVerdict([popular, ease], 'ease')).toBe(
      'Use ease here, which validation picks: NDCG@10 0.2500, +0.1500 (± 0.0566) beside popularity.',
    )
    expect(recommenderVerdict([popular], 'popularity')).toBe(
      'Use popularity here, which validation picks: NDCG@10 0.1000.',
    )
  })

  it.each([
    [[0.4, 0.5, 0.4, 0.6], 'Pre-training helped: frozen 0.4750 beside ease 0.2500, +0.2250 (± 0.0490).'],
    [
      [0.1, 0.4, 0.2, 0.3],
      'Pre-training made no certain difference: frozen 0.2500 beside ease 0.2500, +0.0000 (± 0.0800).',
    ],
    [[0, 0, 0, 0], 'Pre-training hurt: frozen 0.0000 beside ease 0.2500, -0.2500 (± 0.0566).'],
  ])('says whether pre-training helped: %j', (ndcgs, sentence) => {
    expect(recommenderVerdict([popular, ease, row('frozen', ...ndcgs)], 'ease')).toContain(sentence)
  })

  it('says whether fine-tuning helped, beside frozen', () => {
    const said = recommenderVerdict(
      [popular, row('frozen', 0.2, 0.2, 0.2, 0.2), row('fine-tuned', 0.3, 0.4, 0.3, 0.4)],
      'fine-tuned',
    )
    expect(said).toContain('Fine-tuning helped: fine-tuned 0.3500 beside frozen 0.2000')
    expect(recommenderVerdict([popular, row('frozen', 0.2), row('fine-tuned', 0.3)], 'fine-tuned')).toContain(
      '(one user: no interval)',
    )
  })
})
