import { random } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { recommend } from '../contract/recommend.js'
import { type SparseRow, sparseRows } from '../math/sparse-rows.js'
import { historyOf } from '../../test/histories.js'
import { itemLinks } from './item-links.js'

/** Lists by links, as one gets them one by one: from the scores of all items. */
const items = 2000
const { below, uniform } = random(5)

/** Few links of each item are strong; whole tenths among them, so that sums are equal now and then. */
function linksOf(sign: 1 | -1) {
  const lines = Array.from({ length: items }, (): SparseRow => {
    const columns = new Set(Array.from({ length: below(400) }, () => Math.floor(items * uniform() ** 2)))
    return {
      columns: [...columns].sort((a, b) => a - b),
      values: Array.from(
        columns,
        () => (below(9) === 0 ? sign : 1) * (below(3) === 0 ? (1 + below(5)) / 10 : uniform() ** 4),
      ),
    }
  })
  return sparseRows(items, lines)
}

/** More than are asked for before links are ordered; a few take hundreds of items. */
const histories = Array.from({ length: 300 }, (_, user) =>
  historyOf([...new Set(Array.from({ length: user % 50 === 0 ? 300 : 1 + below(20) }, () => below(items)))]),
)
const some = Uint8Array.from({ length: items }, () => (below(3) === 0 ? 1 : 0))
const hardlyAny = Uint8Array.from({ length: items }, () => (below(300) === 0 ? 1 : 0))

describe('lists by the strongest links are those by all of them, to the bit', () => {
  it.each([
    ['of ten', {}, 1, 1],
    ['of a hundred', { k: 100 }, 1, 1],
    ['of one', { k: 1 }, 1, 1],
    ['of none', { k: 0 }, 1, 1],
    ['of what is in stock', { candidates: some }, 1, 1],
    ['where hardly anything is in stock', { candidates: hardlyAny }, 1, 1],
    ['with what users have', { repeats: true }, 1, 1],
    ['where the latest count most', {}, 0.5, 1],
    ['where links can be negative', {}, 1, -1],
  ] as const)('%s', async (_, options, decay, sign) => {
    const scorer = itemLinks('links', linksOf(sign), decay)
    const lists = scorer.many?.(histories, options)
    const all = { name: 'all', score: scorer.score }
    const expected = []
    for (const history of histories) expected.push(await recommend(all, history, options))
    expect(lists).toEqual(expected)
  })

  it('without what each is not to be recommended, and of histories that have an item twice', async () => {
    const scorer = itemLinks('links', linksOf(1), 0.9)
    const twice = histories.map(({ items: own }) => historyOf([...own, own[0] as number]))
    const without = twice.map(() => Array.from({ length: 40 }, () => below(60)))
    const lists = scorer.many?.(twice, {}, without)
    for (const [place, history] of twice.entries()) {
      const candidates = new Uint8Array(items).fill(1)
      for (const item of without[place] as number[]) candidates[item] = 0
      expect(lists?.[place]).toEqual(await recommend({ name: 'all', score: scorer.score }, history, { candidates }))
    }
  })
})
