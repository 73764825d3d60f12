import { describe, expect, it } from 'vitest'
import { takeRows, zeroMatrix } from '../contract/matrix.js'
import { fitHead } from '../head/fit-head.js'
import { random } from '../kit/random.js'
import { leaveOneOutChanges } from './influence.js'

/** Rank correlation of Spearman. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranks = (values: readonly number[]): number[] => {
    const order = [...values.keys()].sort((i, j) => (values[i] as number) - (values[j] as number))
    const rank = Array<number>(values.length)
    order.forEach((at, place) => (rank[at] = place))
    return rank
  }
  const [x, y] = [ranks(a), ranks(b)]
  const n = a.length
  const squares = x.reduce((sum, rank, at) => sum + (rank - (y[at] as number)) ** 2, 0)
  return 1 - (6 * squares) / (n * (n * n - 1))
}

describe('leaveOneOutChanges', () => {
  it.each([
    ['classification', 3],
    ['classification', 2],
    ['multi-label', 2],
    ['regression', 1],
  ] as const)('foresees what becomes of an answer without each example: %s of %i', async (kind, outputs) => {
    const [n, size, l2] = [36, 4, 0.05]
    const { normal, below } = random(3)
    const features = zeroMatrix(n, size)
    const targets = zeroMatrix(n, outputs)
    for (let row = 0; row < n; row++) {
      const label = below(3)
      for (let at = 0; at < size; at++) features.data[row * size + at] = normal() + (at === label ? 1 : 0) + 2
      if (kind === 'classification') targets.data[row * outputs + (label % outputs)] = 1
      else
        for (let k = 0; k < outputs; k++)
          targets.data[row * outputs + k] = kind === 'regression' ? label + normal() : Number(label === k)
    }
    const input = Float32Array.from({ length: size }, () => normal() + 2)
    const direction = Float64Array.from({ length: outputs }, (_, k) => (k === 0 ? 1 : -1 / Math.max(1, outputs - 1)))
    const valueWithout = async (left: number | undefined): Promise<number> => {
      const rows = Array.from({ length: n }, (_, row) => row).filter((row) => row !== left)
      const { weight, bias } = await fitHead(
        { kind, features: takeRows(features, rows), targets: takeRows(targets, rows) },
        { regularization: { l2 } },
      )
      return direction.reduce((sum, count, k) => {
        const logit = input.reduce(
          (z, value, at) => z + value * (weight[at * outputs + k] as number),
          bias[k] as number,
        )
        return sum + count * logit
      }, 0)
    }
    const head = await fitHead({ kind, features, targets }, { regularization: { l2 } })
    const weights = new Float64Array(n).fill(1)
    const foreseen = leaveOneOutChanges({ kind, head, l2, features, targets, weights }, input, direction)
    const whole = await valueWithout(undefined)
    const changes: number[] = []
    for (let row = 0; row < n; row++) changes.push((await valueWithout(row)) - whole)
    expect(rankCorrelation([...foreseen], changes)).toBeGreaterThan(0.95)
    const largest = changes.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    foreseen.forEach((value, row) => expect(Math.abs(value - (changes[row] as number))).toBeLessThan(0.3 * largest))
  })
})
