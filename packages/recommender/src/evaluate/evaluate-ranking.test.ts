import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { fixture } from '../../test/scorers-fixture.js'
import { blend } from '../scorers/blend.js'
import { evaluateRanking } from './evaluate-ranking.js'
import { meanNdcg, rankCases } from './rank-cases.js'
import type { Recommender } from '../contract/recommend.js'
import type { Scorer } from '../contract/scorer.js'
import type { Case } from '../shop/split-histories.js'
import { largest } from '../math/top-k.js'

const fixed = (...scores: number[]): Scorer => ({
  name: 'fixed',
  score: () => Float32Array.from(scores),
})
const ask = (history: readonly number[], target: number): Case => ({
  user: 0,
  history: historyOf(history),
  target,
  time: 0,
})

describe('rankCases', () => {
  it('agrees with scikit-learn on NDCG, ties included', async () => {
    const { scores, targets, ndcg } = fixture.ranking
    const found = await Promise.all(
      scores.map((row, index) => rankCases(fixed(...row), [ask([], targets[index] as number)], { k: 5 })),
    )
    expect(found.map((ranks) => ranks.ndcg[0] as number)).toBeAllclose(ndcg)
  })

  it('gives a target its share of the places that equal scores share', async () => {
    const { hitRate, reciprocalRank } = await rankCases(fixed(9, 1, 1, 1), [ask([], 2)], { k: 2 })
    expect(hitRate[0]).toBeCloseTo(1 / 3)
    expect(reciprocalRank[0]).toBeCloseTo((1 / 2 + 1 / 3 + 1 / 4) / 3)
  })

  it('leaves out what the user has, unless repeats are wanted, and what is no candidate', async () => {
    const first = async (options?: object) =>
      (await rankCases(fixed(4, 3, 2, 1), [ask([0], 3)], { k: 1, ...options })).lists[0]
    expect(await first()).toEqual([1])
    expect(await first({ repeats: true })).toEqual([0])
    expect(await first({ candidates: Uint8Array.of(1, 0, 1, 1) })).toEqual([2])
  })

  it('waits for a recommender that takes its time', async () => {
    const slow: Recommender = { name: 'slow', score: () => Promise.resolve(Float32Array.of(0, 1)) }
    expect((await rankCases(slow, [ask([], 1)])).hitRate[0]).toBe(1)
  })
})

describe('evaluateRanking', () => {
  const train = historiesOf(
    [
      [0, 1],
      [0, 1],
      [0, 2],
    ],
    5,
  )

  it('gives figures, coverage, popularity bias, and cold items and users apart', async () => {
    const cases = [ask([0], 1), ask([], 4), ask([0, 1], 3)]
    const report = await evaluateRanking(fixed(5, 4, 3, 2, 1), { train, cases }, { k: 2 })
    // Ranks: 1, 5 and 2.
    expect(report).toMatchObject({ method: 'fixed', k: 2, cases: 3, coverage: 4 / 5 })
    expect(report.hitRate).toBeCloseTo(2 / 3)
    expect(report.ndcg).toBeCloseTo((1 + 1 / Math.log2(3)) / 3)
    expect(report.mrr).toBeCloseTo((1 + 1 / 5 + 1 / 2) / 3)
    // Popularity 3, 2, 1, 0, 0 stands at the percentiles 0.9, 0.7, 0.5, 0.2, 0.2; the lists are [1, 2], [0, 1] and [2, 3].
    expect(report.popularityBias).toBeCloseTo((0.7 + 0.5 + 0.9 + 0.7 + 0.5 + 0.2) / 6)
    expect(report.coldItems).toMatchObject({ items: 2, all: { cases: 2 }, amongThemselves: { cases: 2, hitRate: 1 } })
    expect(report.coldItems?.amongThemselves.mrr).toBeCloseTo((1 / 2 + 1) / 2)
    expect(report.coldUsers).toMatchObject({ cases: 1, hitRate: 0 })
    const [low, high] = report.intervals.ndcg
    expect(low).toBeLessThan(report.ndcg)
    expect(high).toBeGreaterThan(report.ndcg)
  })

  it('takes items that few took as cold, where asked to', async () => {
    const cases = [ask([0], 1), ask([0], 2), ask([0, 1], 3)]
    const { coldItems } = await evaluateRanking(fixed(5, 4, 3, 2, 1), { train, cases }, { k: 2, coldBelow: 2 })
    // Items 2, 3 and 4; of these, 2 ranks first and 3 second.
    expect(coldItems).toMatchObject({ items: 3, all: { cases: 2 }, amongThemselves: { cases: 2, hitRate: 1 } })
    expect(coldItems?.amongThemselves.mrr).toBeCloseTo((1 + 1 / 2) / 2)
  })

  it('says nothing of cold ones where there are none', async () => {
    const report = await evaluateRanking(fixed(5, 4, 3, 2, 1), { train, cases: [ask([0], 1)] })
    expect(report).toMatchObject({ coldItems: undefined, coldUsers: undefined, hitRate: 1 })
  })

  it('needs cases', async () => {
    await expect(evaluateRanking(fixed(1), { train, cases: [] })).rejects.toThrow(
      'evaluateRanking: expected users to ask for, got none.',
    )
    await expect(meanNdcg(fixed(1), { train, cases: [] })).rejects.toThrow(
      'meanNdcg: expected cases to ask for, got none.',
    )
  })
})

describe('largest', () => {
  it.each([
    [[3, 1, 2], 2, [0, 2]],
    [[1, 1, 1, 2], 3, [3, 0, 1]],
    [[1, -Infinity, 0], 5, [0, 2]],
    [[], 3, []],
    [[1, 2], 0, []],
  ])('of %j, %i of them', (numbers, k, expected) => {
    expect(largest(numbers, k)).toEqual(expected)
  })

  it('agrees with sorting', () => {
    const numbers = Array.from({ length: 1000 }, (_, place) => (place * 7919) % 257)
    const sorted = [...numbers.keys()].sort((a, b) => (numbers[b] as number) - (numbers[a] as number) || a - b)
    expect(largest(numbers, 50)).toEqual(sorted.slice(0, 50))
  })
})

it('a blend adds standardized scores', () => {
  const scores = blend('both', [
    [fixed(0, 2), 1],
    [fixed(300, 100), 3],
    [fixed(7, 7), 5],
  ]).score(historyOf([]))
  expect([...scores]).toBeAllclose([2, -2])
  expect(() => blend('none', [])).toThrow('blend: expected scorers, got none.')
})
