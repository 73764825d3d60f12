import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { random } from './random.js'

/** First outputs as 32-bit whole numbers, by seed. */
const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/random.json', import.meta.url), 'utf8'),
) as Record<string, number[]>

describe('random', () => {
  it.each(Object.entries(reference))('is xoshiro128** with splitmix32 from seed %s', (seed, outputs) => {
    const { uniform } = random(Number(seed))
    expect(outputs.map(() => uniform() * 2 ** 32)).toEqual(outputs)
  })

  it('takes seeds modulo 2^32', () => {
    const first = (seed: number): number => random(seed).uniform()
    expect(first(-1)).toBe(first(2 ** 32 - 1))
    expect(first(2 ** 32 + 5)).toBe(first(5))
  })

  it('gives numbers in [0, 1) of mean 1/2 and variance 1/12', () => {
    const { uniform } = random(11)
    const numbers = Array.from({ length: 100_000 }, uniform)
    const mean = numbers.reduce((sum, x) => sum + x) / numbers.length
    const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length
    expect(numbers.every((x) => x >= 0 && x < 1)).toBe(true)
    expect(mean).toBeCloseTo(1 / 2, 2)
    expect(variance).toBeCloseTo(1 / 12, 3)
  })

  it('gives each whole number below n equally often', () => {
    const { below } = random(7)
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < 50_000; i++) {
      const value = below(5)
      counts[value] = (counts[value] ?? 0) + 1
    }
    // Pearson's chi-square with 4 degrees of freedom: 99.9 % of the streams lie below 18.47.
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)
    expect(counts).toHaveLength(5)
    expect(chiSquare).toBeLessThan(18.47)
    expect(below(1)).toBe(0)
  })

  it('shuffles a copy, every order equally often', () => {
    const { shuffle } = random(3)
    const items = Object.freeze(['a', 'b', 'c'])
    const counts = new Map<string, number>()
    for (let i = 0; i < 12_000; i++) {
      const order = shuffle(items).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba'])
    // 5 degrees of freedom: 99.9 % lie below 20.52.
    expect([...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(20.52)
    expect(shuffle([])).toEqual([])
  })

  it('is a stream of its own for each call', () => {
    const [a, b] = [random(5), random(5)]
    const first = [a.uniform(), a.uniform(), a.uniform()]
    expect([b.uniform(), b.uniform(), b.uniform()]).toEqual(first)
    expect(random(6).uniform()).not.toBe(first[0])
  })

  it('draws normal numbers of mean 0 and variance 1, all finite', () => {
    const { normal } = random(5)
    const draws = Array.from({ length: 20_000 }, normal)
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0, 1)
    expect(variance).toBeCloseTo(1, 1)
    // Within one standard deviation lie 68.3 %.
    expect(draws.filter((value) => Math.abs(value) < 1).length / draws.length).toBeCloseTo(0.683, 1)
    expect(draws.every(Number.isFinite)).toBe(true)
  })
})
