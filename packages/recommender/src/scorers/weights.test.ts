import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { Histories, positives } from '../shop/histories.js'
import type { Interactions } from '../shop/interactions.js'
import { als } from './als.js'
import { itemKnn } from './item-knn.js'

const lists = [
  [0, 1, 2],
  [1, 2],
  [0, 3],
  [2, 3, 1],
  [3, 0, 2],
]
const weights = [
  [5, 1, 1],
  [3, 1],
  [1, 5],
  [1, 1, 3],
  [0.5, 1, 2],
]
const { itemCount, starts, items, times, users } = historiesOf(lists, 4)
const weighted = new Histories(itemCount, starts, items, times, users, Float32Array.from(weights.flat()))
const cells = lists.flatMap((list, user) =>
  list.map((item, place) => ({ user, item, weight: weights[user]?.[place] ?? 0 })),
)

describe('weights of events', () => {
  it('are of an item the weightiest of each user, around a mean of 1', () => {
    const shop: Interactions = {
      users: ['u', 'v'],
      user: Int32Array.of(0, 0, 0, 1),
      item: Int32Array.of(0, 1, 0, 0),
      time: Float64Array.of(1, 2, 3, 4),
      value: Float32Array.of(1, 1, 5, 3),
      clock: 'order',
      valueKind: 'event',
    }
    const found = positives(shop, 2)
    expect([...found.items]).toEqual([0, 1, 0])
    expect(found.weights).toBeAllclose([5 / 3, 1 / 3, 1])
    expect(found.truncate(() => 1).weights).toBeAllclose([5 / 3, 1])
    expect(found.latest(1).weights).toBeAllclose([1 / 3, 1])
    expect(positives({ ...shop, valueKind: 'quantity' }, 2).weights).toBeUndefined()
    expect(positives({ ...shop, value: Float32Array.of(1, 1, 1, 1) }, 2).weights).toBeUndefined()
  })

  it('weigh in the cosines of item neighborhoods', () => {
    const scores = itemKnn(weighted, { shrinkage: 2 }).score(historyOf([0])) as Float32Array
    const sum = (item: number, other: number): number =>
      lists.reduce((total, _, user) => {
        const of = (wanted: number) => cells.find((cell) => cell.user === user && cell.item === wanted)?.weight ?? 0
        return total + of(item) * of(other)
      }, 0)
    const expected = [1, 2, 3].map((item) => sum(0, item) / (Math.sqrt(sum(0, 0) * sum(item, item)) + 2))
    expect([...scores].slice(1)).toBeAllclose(expected, { rtol: 1e-5 })
  })

  it('are the confidence of alternating least squares, at whose optimum the gradient is zero', () => {
    const [l2, confidence, factors] = [0.5, 4, 2]
    const state = als(weighted, { l2, confidence, factors, iterations: 3000 }).state?.()
    const y = Array.from(state?.arrays?.['items'] ?? [])
    const vector = (item: number): [number, number] => [y[2 * item] as number, y[2 * item + 1] as number]
    const countOf = (user: number, item: number): number => {
      const weight = cells.find((cell) => cell.user === user && cell.item === item)?.weight
      return weight === undefined ? 1 : 1 + confidence * weight
    }
    const isTaken = (user: number, item: number): number => (countOf(user, item) > 1 ? 1 : 0)
    // Each user's factors in closed form, of two equations.
    const x = lists.map((_, user) => {
      let [a, b, d, e, f] = [l2, 0, l2, 0, 0]
      for (let item = 0; item < itemCount; item++) {
        const [[p, q], c] = [vector(item), countOf(user, item)]
        a += c * p * p
        b += c * p * q
        d += c * q * q
        e += c * p * isTaken(user, item)
        f += c * q * isTaken(user, item)
      }
      const determinant = a * d - b * b
      return [(e * d - b * f) / determinant, (a * f - b * e) / determinant] as const
    })
    const gradient = Array.from({ length: itemCount }, (_, item) => {
      const [p, q] = vector(item)
      return [0, 1].map((k) =>
        x.reduce(
          (sum, [r, s], user) => sum - countOf(user, item) * (isTaken(user, item) - r * p - s * q) * ([r, s][k] ?? 0),
          l2 * ([p, q][k] ?? 0),
        ),
      )
    })
    expect(Math.max(...y.map(Math.abs))).toBeGreaterThan(0.1)
    expect(gradient.flat()).toBeAllclose(
      Array.from({ length: 8 }, () => 0),
      { atol: 1e-4 },
    )
  })
})
