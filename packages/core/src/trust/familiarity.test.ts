import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../contract/matrix.js'
import { familiarityOf, likenessOf } from './familiarity.js'

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
})
const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / (Math.hypot(...a) * Math.hypot(...b))
const unit = (a: readonly number[]): number[] => a.map((value) => value / Math.hypot(...a))
const plus = (...vectors: (readonly number[])[]): number[] =>
  (vectors[0] as number[]).map((_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as number), 0))

const features = [
  [1, 0.1, 0],
  [2, 0, -0.3],
  [3, 1, 0],
  [0, 1, 0.2],
  [0.1, 2, 0],
]
const members = [[0], [0], [0], [1], [1]]

describe('familiarity', () => {
  it('is the cosine with the mean of the most alike class', async () => {
    const known = await familiarityOf(matrix(features), members, 2)
    const { familiarity, nearest } = await likenessOf(
      matrix([
        [4, 1, 1],
        [0, 0, 5],
      ]),
      known,
    )
    const [first, second] = [features.slice(0, 3), features.slice(3)].map((own) => plus(...own.map(unit))) as [
      number[],
      number[],
    ]
    expect([...nearest]).toEqual([0, 1])
    expect(familiarity).toBeAllclose([cosine([4, 1, 1], first), cosine([0, 0, 5], second)], { rtol: 1e-5 })
  })

  it('scores each training example without itself', async () => {
    const { held } = await familiarityOf(matrix(features), members, 2)
    const scores = features.map((row, i) => {
      const means = [0, 1].map((label) =>
        plus(...features.filter((_, j) => j !== i && members[j]?.[0] === label).map(unit)),
      )
      return Math.max(...means.map((mean) => cosine(row, mean)))
    })
    expect(held?.examples).toBe(5)
    expect(held?.scores).toBeAllclose(
      scores.toSorted((a, b) => a - b),
      { rtol: 1e-5 },
    )
  })

  it('scores copies of one thing without each other, once', async () => {
    const copied = [...features, features[0] as number[]]
    const { held } = await familiarityOf(matrix(copied), [...members, [0]], 2, [
      'a',
      undefined,
      undefined,
      undefined,
      undefined,
      'a',
    ])
    expect(held?.examples).toBe(5)
    const own = cosine(features[0] as number[], plus(...features.slice(1, 3).map(unit)))
    expect(held?.scores.some((score) => Math.abs(score - own) < 1e-5)).toBe(true)
  })

  it('takes an example without a label, and one with several, for what they are', async () => {
    const { means, held } = await familiarityOf(matrix(features), [[0, 1], [0], [], [1], [1]], 2)
    expect(held?.examples).toBe(5)
    expect([...means.data.subarray(0, 3)]).toBeAllclose(unit(plus(...features.slice(0, 2).map(unit))), { rtol: 1e-5 })
  })

  it('judges by no example that is the only one of its class', async () => {
    const { held } = await familiarityOf(matrix(features.slice(0, 4)), members.slice(0, 4), 2)
    expect(held?.examples).toBe(3)
    const { held: none } = await familiarityOf(matrix(features.slice(2, 4)), members.slice(2, 4), 2)
    expect(none).toBeUndefined()
  })
})

it('takes features in which a few large ones decide to a power, with their sign', async () => {
  const wide = (numbers: readonly number[]) => [
    ...numbers,
    ...Array.from({ length: 20 }, (_, i) => 0.01 * ((i % 3) - 1)),
  ]
  const heavy = [
    [9, 0.2, 0, 0],
    [-8, 0.2, 0, 0],
    [7, 0.3, 0.1, 0],
    [9, 0, 0.2, 0.1],
  ].map(wide)
  const known = await familiarityOf(matrix(heavy), [[0], [0], [0], [0]], 1)
  expect(known.power).toBe(0.25)
  const roots = (row: readonly number[]) => row.map((value) => Math.sign(value) * Math.abs(value) ** 0.25)
  const mean = plus(...heavy.map((row) => unit(roots(row))))
  const asked = [
    [9, 0, 0, 3],
    [-1, 0, 2, 0],
  ].map(wide)
  const { familiarity } = await likenessOf(matrix(asked), known)
  expect(familiarity).toBeAllclose(
    asked.map((row) => cosine(roots(row), mean)),
    { rtol: 1e-4 },
  )
  expect((await familiarityOf(matrix(features), members, 2)).power).toBe(1)
})
