import { expect, it } from 'vitest'
import { diversify } from './diversify.js'
import { tfIdf } from '../math/tf-idf.js'

const texts = tfIdf(['red lamp', 'red lamp', 'blue mug', 'red lamp', ''])
const ranked = [0, 1, 3, 2, 4].map((item, place) => ({ item, score: 10 - place }))
const chosen = (k: number, diversity: number) => diversify(ranked, texts, k, diversity).map(({ item }) => item)

it('takes the highest scores, the more unlike ones the more diversity is asked for', () => {
  expect(chosen(3, 0)).toEqual([0, 1, 3])
  // After item 0: 1 has 0.5 · 0.75 - 0.5 · 1, 2 has 0.5 · 0.25.
  expect(chosen(3, 0.5)).toEqual([0, 2, 4])
  expect(chosen(4, 0.4)).toEqual([0, 2, 1, 4])
  expect(chosen(10, 0.5)).toHaveLength(5)
  expect(diversify([], texts, 3, 0.5)).toEqual([])
})

it('keeps the order of a list of equal scores that is like nothing', () => {
  const equal = [4, 4].map((item) => ({ item, score: 1 }))
  expect(diversify(equal, texts, 2, 0.5)).toEqual(equal)
})
