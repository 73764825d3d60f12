import { expect, it } from 'vitest'
import { Catalog } from '../shop/catalog.js'
import { historyFromIds, recommend } from './recommend.js'
import type { ListOptions } from './recommendation.js'

const catalog = new Catalog(['a', 'b', 'c', '007'].map((id) => ({ id })))
const recommender = { name: 'fixed', score: () => Float32Array.of(4, 3, 2, 3) }

it('recommends the best of what the user has not, and can have', async () => {
  const list = async (ids: readonly string[], options?: ListOptions) => {
    const found = await recommend(recommender, historyFromIds(catalog, ids), options)
    return found.map(({ item, score }) => [catalog.items[item]?.id, score])
  }
  expect(await list(['a'])).toEqual([
    ['b', 3],
    ['007', 3],
    ['c', 2],
  ])
  expect(await list(['a'], { k: 1, repeats: true })).toEqual([['a', 4]])
  expect(await list([], { candidates: Uint8Array.of(0, 0, 1, 1) })).toEqual([
    ['007', 3],
    ['c', 2],
  ])
  expect(await list(['a', 'b', 'c', '007'])).toEqual([])
})

it('leaves unknown items of a history out, and says so', () => {
  const notices: string[] = []
  const { items, times } = historyFromIds(catalog, ['c', '7', '007', '🎁'], (message) => notices.push(message))
  expect([...items]).toEqual([2, 3])
  expect(times[0]).toBeGreaterThan(Date.UTC(9999, 0))
  expect(times[1]).toBeGreaterThan(times[0] as number)
  expect(notices).toEqual(['2 of 4 items of the history are not in the catalog, and left out: "7", "🎁".'])
})

it('says the id of an item whose title stands in a history', () => {
  const notices: string[] = []
  historyFromIds(new Catalog([{ id: 'L1', title: 'Red lamp' }]), ['Red lamp'], (message) => notices.push(message))
  expect(notices).toEqual([
    '1 of 1 items of the history are not in the catalog, and left out: "Red lamp". "Red lamp" is a title; its id is "L1".',
  ])
})

it('a catalog has items, each with an id of its own', () => {
  expect(() => new Catalog([])).toThrow('catalog: expected items, got none. Add items.')
  expect(() => new Catalog([{ id: 'a' }, { id: 'b' }, { id: 'a' }])).toThrow(
    'catalog: expected items with different ids, got "a" twice.',
  )
})
