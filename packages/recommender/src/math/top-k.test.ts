import { random } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { kthLargest, largest } from './top-k.js'

const { below } = random(7)
/** Few different ones, so that many are equal; all alike; one. */
const lists = [
  Float64Array.from({ length: 1500 }, () => below(40) / 7),
  Float64Array.from({ length: 300 }, () => below(1e9)),
  new Float64Array(50).fill(3),
  Float64Array.of(2),
]

describe('the k-th largest of some numbers', () => {
  it.each(lists.map((numbers) => [numbers.length, numbers] as const))('of %d is that of all sorted', (_, numbers) => {
    const sorted = numbers.toSorted((a, b) => b - a)
    for (const k of [1, 2, 7, numbers.length].filter((one) => one <= numbers.length)) {
      const least = sorted[k - 1] as number
      const above = sorted.filter((number) => number > least).length
      expect(kthLargest(numbers, k)).toEqual({ least, above })
      expect(largest(numbers, k).map((place) => numbers[place])).toEqual([...sorted.subarray(0, k)])
    }
  })
})
