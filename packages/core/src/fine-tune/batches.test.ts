import { describe, expect, it } from 'vitest'
import { type Batch, classBatches, lengthBatches, lengthSteps, stepFor } from './batches.js'
import { random } from '../kit/random.js'

/** Lengths from 1 to 100, of 300 examples. */
const { below } = random(1)
const costs = Array.from({ length: 300 }, () => 1 + below(100))
const rows = [...costs.keys()]
const steps = lengthSteps(costs)
const lengths = (batch: Batch): number[] => batch.rows.map((row) => costs[row] as number)

describe('lengthSteps', () => {
  it('are few, from the longest example down, each clearly shorter than the one before', () => {
    const taken = steps.map((row) => costs[row] as number)
    expect(taken[0]).toBe(Math.max(...costs))
    expect(taken.length).toBeLessThanOrEqual(14)
    for (const [index, length] of taken.slice(1).entries())
      expect(length * 1.4).toBeLessThanOrEqual(taken[index] as number)
  })

  it('is one where all examples have the same length, even none', () => {
    expect(lengthSteps([7, 7, 7])).toEqual([0])
    expect(lengthSteps([0, 0])).toEqual([0])
  })

  it('gives the shortest that is long enough', () => {
    for (const row of rows) {
      const step = costs[stepFor([row], costs, steps)] as number
      expect(step).toBeGreaterThanOrEqual(costs[row] as number)
      const shorter = steps.map((one) => costs[one] as number).filter((length) => length < step)
      expect(Math.max(0, ...shorter)).toBeLessThan(costs[row] as number)
    }
  })
})

describe('lengthBatches', () => {
  const batches = lengthBatches(rows, costs, steps, 16, random(2))

  it('hold every row once, as many as asked for but in the last', () => {
    expect(batches.flatMap((batch) => batch.rows).sort((a, b) => a - b)).toEqual(rows)
    expect(batches.map((batch) => batch.rows.length).sort((a, b) => a - b)).toEqual([12, ...Array<number>(18).fill(16)])
  })

  it('pad to one of the steps, and less than batches at random would', () => {
    const padded = (some: readonly Batch[]): number =>
      some.reduce((sum, batch) => sum + batch.rows.length * (costs[batch.longest] as number), 0)
    for (const batch of batches) {
      expect(steps).toContain(batch.longest)
      expect(Math.max(...lengths(batch))).toBeLessThanOrEqual(costs[batch.longest] as number)
    }
    const atRandom = Array.from({ length: 19 }, (_, index) => {
      const part = rows.slice(16 * index, 16 * (index + 1))
      return { rows: part, longest: stepFor(part, costs, steps) }
    })
    expect(padded(batches)).toBeLessThan(0.85 * padded(atRandom))
  })

  it('are the same for the same seed, and others in the next epoch', () => {
    expect(lengthBatches(rows, costs, steps, 16, random(2))).toEqual(batches)
    expect(lengthBatches(rows, costs, steps, 16, random(3))).not.toEqual(batches)
  })

  it('of a size above the number of rows are one', () => {
    expect(lengthBatches([3, 1, 2], costs, steps, 100, random(0))).toHaveLength(1)
  })
})

describe('classBatches', () => {
  /** Nine of ten are of class 0. */
  const classes = rows.map((row) => (row % 10 === 0 ? 1 : 0))
  const batches = classBatches(rows, classes, costs, steps, 20, random(2))

  it('have as many of each class, and about as many rows as there are', () => {
    expect(batches).toHaveLength(15)
    for (const batch of batches) {
      expect(batch.rows.map((row) => classes[row]).filter((label) => label === 1)).toHaveLength(10)
      expect(Math.max(...lengths(batch))).toBeLessThanOrEqual(costs[batch.longest] as number)
    }
  })

  it('come to every row of a class before one comes again', () => {
    const rare = batches.slice(0, 3).flatMap((batch) => batch.rows.filter((row) => classes[row] === 1))
    expect(new Set(rare).size).toBe(30)
  })

  it('of a size above the number of rows hold as many as there are', () => {
    expect(
      classBatches([0, 1, 2, 10], classes, costs, steps, 100, random(0)).map((batch) => batch.rows.length),
    ).toEqual([4])
  })
})
