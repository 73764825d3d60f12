import { random } from '@headstart/core/kit'
import { expect, it } from 'vitest'
import { principalComponents } from './principal-components.js'

/** Rows with variances 9, 4 and 0.01 along three directions that stand at right angles. */
function cloud(rows: number, columns: number) {
  const { normal } = random(3)
  const along = [3, 2, 0.1]
  const data = new Float32Array(rows * columns)
  const truth = new Float64Array(rows * 2)
  for (let row = 0; row < rows; row++) {
    // Rows are brought to length 1: one column is far from zero, so that this changes little.
    const scores = along.map((spread) => 0.01 * spread * normal())
    truth.set(scores.slice(0, 2), row * 2)
    data[row * columns] = 1
    scores.forEach((score, place) => (data[row * columns + 1 + place] = score))
  }
  return { features: { rows, columns, data }, truth }
}

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const [x, y] = [a, b].map((values) => values.map((value) => value - mean(values))) as [number[], number[]]
  const dot = (u: readonly number[], v: readonly number[]) =>
    u.reduce((sum, value, at) => sum + value * (v[at] as number), 0)
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

it.each([
  [40, 0.99],
  // Sketched first.
  [3000, 0.97],
])('finds the directions of most variance among %s columns', async (columns, least) => {
  const { features, truth } = cloud(400, columns)
  const { data, columns: count } = await principalComponents(features, 4)
  expect(count).toBe(4)
  for (const axis of [0, 1]) {
    const [found, wanted] = [data, truth].map((all, at) => {
      const wide = at === 0 ? count : 2
      return Array.from({ length: 400 }, (_, row) => all[row * wide + axis] as number)
    }) as [number[], number[]]
    expect(Math.abs(correlation(found, wanted))).toBeGreaterThan(least)
  }
})

it('leaves rows that could not be read as they are, and gives few rows few components', async () => {
  const data = Float32Array.of(1, 0, 0, Number.NaN, Number.NaN, Number.NaN, 0, 1, 0)
  const found = await principalComponents({ rows: 3, columns: 3, data }, 8)
  expect(found.columns).toBe(1)
  expect(Number.isNaN(found.data[1])).toBe(true)
  expect(found.data[0]).toBeCloseTo(-(found.data[2] as number), 5)
})
