import '@headstart/onnx/test'
import { random } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { historyOf } from '../../test/histories.js'
import { ItemVectors } from './item-vectors.js'
import { leavingOut } from './lists.js'
import { recommend, type Recommender } from './recommend.js'
import { rowProducts } from '../math/row-products.js'

const { below, normal } = random(3)

describe('rowProducts', () => {
  it.each([
    [1, 1],
    [16, 3],
    [35, 64],
    [100, 33],
  ])('multiplies %d rows of %d numbers, all or some', (rows, columns) => {
    const data = Float32Array.from({ length: rows * columns }, () => normal())
    const vector = Float64Array.from({ length: columns }, () => normal())
    const expected = Array.from({ length: rows }, (_, row) =>
      vector.reduce((sum, value, k) => sum + value * (data[row * columns + k] as number), 0),
    )
    const products = rowProducts(data, columns)
    expect([...products(vector)]).toBeAllclose(expected, { rtol: 1e-6, atol: 1e-6 })
    if (rows <= 16) return
    expect([...products(vector, 16)]).toBeAllclose(expected.slice(16), { rtol: 1e-6, atol: 1e-6 })
    expect([...products(vector, 16, rows - 1)]).toBeAllclose(expected.slice(16, -1), { rtol: 1e-6, atol: 1e-6 })
  })
})

describe('ItemVectors', () => {
  const [items, columns] = [5000, 8]
  /** Lengths as those of factors: few are long. Whole numbers, so that scores are equal now and then; some that nothing is known of. */
  const data = new Float32Array(items * columns)
  for (let item = 0; item < items; item++) {
    const length = item % 50 === 7 ? 0 : 40 / (1 + below(60))
    for (let k = 0; k < columns; k++) data[item * columns + k] = Math.round(length * normal())
  }
  const queries = Array.from({ length: 30 }, () =>
    Float64Array.from({ length: columns }, () => Math.round(3 * normal())),
  )
  const history = historyOf([11, 12, 999])
  const some = Uint8Array.from({ length: items }, () => (below(3) === 0 ? 1 : 0))

  it.each([
    ['a list', {}],
    ['a longer one', { k: 300 }],
    ['of more than there is', { k: items + 1 }],
    ['of some items', { candidates: some }],
    ['of nothing', { k: 0 }],
    ['with what the user has', { repeats: true }],
  ])('%s is that of all scores, equal ones by their place', async (_, options) => {
    for (const query of queries) {
      const vectors = new ItemVectors(data, columns, () => query)
      const scored: Recommender = { name: 'all scores', score: (asked) => vectors.scores(asked) }
      expect(await recommend({ ...scored, vectors }, history, options)).toEqual(
        await recommend(scored, history, options),
      )
    }
  })

  it.each([
    ['lists', {}],
    ['longer ones', { k: 300 }],
    ['of more than there is', { k: items + 1 }],
    ['of some items', { candidates: some }],
    ['of nothing', { k: 0 }],
    ['with what users have', { repeats: true }],
  ])('%s for many are those one by one', async (_, options) => {
    // Numbers with rests, so that a product in single precision is another.
    const exact = data.map((value) => value * Math.fround(0.1))
    const users = Array.from({ length: 34 }, (_, user) => historyOf([user, 2 * user + 1, 999]))
    const of = ({ items: [user = 0] }: { items: Int32Array }): Float64Array =>
      (queries[user % queries.length] as Float64Array).map((value, k) => value / 3 + (user % 7) * k)
    const vectors = new ItemVectors(exact, columns, of)
    const without = users.map((_, user) => (user % 3 === 0 ? [user + 3, 11] : []))
    const lists = await vectors.bestOfMany(users, options, without)
    for (const [place, user] of users.entries()) {
      const own = leavingOut(options, without[place], items)
      expect(lists[place]).toEqual(vectors.best(user, own))
    }
    await vectors.close()
  })

  it('the scores are those of the items', () => {
    const [query] = queries as [Float64Array]
    const expected = Array.from({ length: items }, (_, item) =>
      query.reduce((sum, value, k) => sum + value * (data[item * columns + k] as number), 0),
    )
    expect([...new ItemVectors(data, columns, () => query).scores(history)]).toEqual(expected.map((score) => score + 0))
  })
})
