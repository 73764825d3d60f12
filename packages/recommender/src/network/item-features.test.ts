import '@headstart/onnx/test'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { historiesOf } from '../../test/histories.js'
import { fixture } from '../../test/scorers-fixture.js'
import { fitItemFeatures } from './fit-item-features.js'
import { allRanks, deviationAt, rankAt } from './item-features.js'
import type { History } from '../shop/histories.js'
import { liftAt, rankLift } from './rank-lift.js'
import { ItemRanker } from '../math/rank-items.js'
import { tfIdf } from '../math/tf-idf.js'

type Scores = readonly Readonly<Record<string, number[]>>[]

/** Figures of NumPy and scikit-learn; the script that made them stands beside. */
const oracle = JSON.parse(readFileSync(new URL('../../test/fixtures/item-features.json', import.meta.url), 'utf8')) as {
  times: number[][]
  askedTimes: number[][]
  withClock: Scores
  withoutClock: Scores
  lifts: { items: number; ranks: number[]; lift: number[] }
}
const texts = tfIdf(fixture.texts)
const asked = fixture.asked.map((items, index): History => ({
  items: Int32Array.from(items),
  times: Float64Array.from(oracle.askedTimes[index] ?? []),
}))

describe('features agrees with NumPy and scikit-learn', () => {
  it.each<[string, number[][] | undefined, Scores]>([
    ['where times can be compared', oracle.times, oracle.withClock],
    ['where they only order', undefined, oracle.withoutClock],
  ])('%s', async (_, times, expected) => {
    const features = await fitItemFeatures(historiesOf(fixture.histories, fixture.items, times), texts)
    expect(features.names).toEqual([...Object.keys(expected[0] ?? {}), 'als'])
    for (const [index, history] of asked.entries()) {
      const { scores } = await features.of(history)
      features.names.slice(0, -1).forEach((name, scorer) => {
        expect([...(scores[scorer] ?? [])], name).toBeAllclose(expected[index]?.[name] ?? [], {
          rtol: 1e-4,
          atol: 2e-5,
        })
      })
    }
  })

  it('in the lift of ranks', () => {
    const { items, ranks, lift } = oracle.lifts
    const ours = rankLift(
      ranks.map((rank) => [rank]),
      1,
      items,
    )
    expect(lift.map((_, place) => liftAt(ours, 0, place + 1))).toBeAllclose(lift, { atol: 1e-5 })
  })
})

it('ranks and deviations are over what the user has not', async () => {
  const features = await fitItemFeatures(historiesOf(fixture.histories, fixture.items), texts)
  const history = asked[0] as History
  const found = await features.of(history)
  const ranks = allRanks(found)
  features.names.forEach((name, scorer) => {
    for (const item of history.items) expect(ranks[scorer * fixture.items + item]).toBe(fixture.items)
    const others = Array.from({ length: fixture.items }, (_, item) => item).filter(
      (item) => !history.items.includes(item),
    )
    const scoreOf = (item: number): number => found.scores[scorer]?.[item] ?? Number.NaN
    const mean = others.reduce((sum, item) => sum + scoreOf(item), 0) / others.length
    const spread = Math.sqrt(others.reduce((sum, item) => sum + (scoreOf(item) - mean) ** 2, 0) / others.length)
    for (const item of others) {
      const [above, equal] = [
        others.filter((other) => scoreOf(other) > scoreOf(item)),
        others.filter((other) => scoreOf(other) === scoreOf(item)),
      ]
      expect(rankAt(found, scorer, item), name).toBe(above.length + (equal.length + 1) / 2)
      expect(ranks[scorer * fixture.items + item], name).toBe(rankAt(found, scorer, item))
      if (spread < 1e-3) continue
      const z = (scoreOf(item) - mean) / spread
      expect(deviationAt(found, scorer, item), name).toBeCloseTo(
        (Math.sign(z) * Math.log1p(Math.min(Math.abs(z), z < 0 ? 5 : 25))) / 2,
        2,
      )
    }
  })
})

it('ranks negative numbers, zeros and ties', () => {
  const { items, ranks, zeroRank, hasZeros } = new ItemRanker(7).rank(
    Float32Array.of(0, -2, 3, 0, 3, -1e-20, 100),
    Uint8Array.of(0, 0, 0, 0, 0, 0, 1),
    6,
  )
  expect([...items]).toEqual([2, 4, 5, 1])
  expect([...ranks]).toEqual([1.5, 1.5, 5, 6])
  expect([hasZeros, zeroRank]).toEqual([true, 3.5])
})

it('ranks by the prior alone where nobody was asked', () => {
  const lift = rankLift([], 1, 100)
  const lifts = Array.from({ length: 100 }, (_, place) => liftAt(lift, 0, place + 1))
  expect(lifts[0]).toBeGreaterThan(0)
  expect(lifts.every((value, place) => place === 0 || value <= (lifts[place - 1] as number))).toBe(true)
})

it.each([[[]], [[0]], [[0, 1, 2]]])('answers in a shop of one user with history %j, and with none', async (items) => {
  for (const lists of [[[0, 1]], []]) {
    const features = await fitItemFeatures(historiesOf(lists, 3), tfIdf(['a', '', 'b']))
    const found = await features.of({ items: Int32Array.from(items), times: Float64Array.from(items) })
    expect(allRanks(found).every(Number.isFinite)).toBe(true)
    expect(Array.from({ length: 3 }, (_, item) => deviationAt(found, 0, item)).every(Number.isFinite)).toBe(true)
    expect(
      [...features.context({ items: Int32Array.from(items), times: Float64Array.from(items) })].every(Number.isFinite),
    ).toBe(true)
  }
})
