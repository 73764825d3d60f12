import '@headstart/onnx/test'
import { describe, expect, it } from 'vitest'
import { lossesOf } from './held-out-loss.js'
import { resultsOf } from './linear-results.js'
import type { Matrix } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import { bestInverseTemperature, scaledLogits, weightedMean } from './inverse-temperature.js'
import type { Kind } from '../contract/target.js'

const matrix = (columns: number, ...data: number[]): Matrix => ({
  rows: data.length / columns,
  columns,
  data: Float32Array.from(data),
})
const logits = matrix(3, 2, -1, 0.5, 0, 0, 1, -3, 4, 4)
const times = (factor: number): Matrix => ({ ...logits, data: logits.data.map((value) => factor * value) })

describe('scaledLogits', () => {
  it.each<Kind>(['classification', 'multi-label'])(
    '%s: the probabilities of logits that are so many times as large',
    (kind) => {
      for (const factor of [0.3, 1, 4]) {
        expect(scaledLogits(kind, resultsOf(kind, logits), factor).data).toBeAllclose(
          resultsOf(kind, times(factor)).data,
          { rtol: 1e-4, atol: 1e-6 },
        )
      }
    },
  )

  it('takes probabilities of 0 and 1', () => {
    expect([...scaledLogits('classification', matrix(2, 1, 0), 2).data]).toEqual([1, 0])
    expect([...scaledLogits('multi-label', matrix(2, 1, 0), 2).data]).toEqual([1, 0])
  })

  it('leaves numbers as they are', () => {
    expect(scaledLogits('regression', logits, 3)).toBe(logits)
    expect(bestInverseTemperature('regression', logits, logits, [1, 1, 1])).toBe(1)
  })
})

describe('bestInverseTemperature', () => {
  const { uniform, normal } = random(5)
  /** 400 logits of two labels, and labels that are as probable as they say. */
  const scores = Float32Array.from({ length: 800 }, () => 2 * normal())
  const truth = matrix(2, ...scores.map((score) => (uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0)))
  const mass = Array<number>(400).fill(1)
  const overdone = (factor: number): Matrix =>
    resultsOf('multi-label', { rows: 400, columns: 2, data: scores.map((score) => factor * score) })

  it('finds how much too sure answers are', () => {
    const right = bestInverseTemperature('multi-label', truth, overdone(1), mass)
    expect(right).toBeGreaterThan(0.8)
    expect(right).toBeLessThan(1.25)
    for (const factor of [0.2, 5])
      expect(bestInverseTemperature('multi-label', truth, overdone(factor), mass)).toBeCloseTo(right / factor, 0)
  })

  it('has the least loss, where there are many examples', () => {
    const results = overdone(3)
    const loss = (inverseTemperature: number): number =>
      weightedMean(lossesOf('multi-label', truth, scaledLogits('multi-label', results, inverseTemperature)), mass)
    const best = bestInverseTemperature('multi-label', truth, results, mass)
    for (const other of [1, 0.8 * best, 1.25 * best]) expect(loss(best)).toBeLessThan(loss(other))
  })

  it('is not carried away by a few that are all answered right', () => {
    const [targets, results] = [matrix(2, 1, 0, 0, 1, 1, 0, 0, 1), matrix(2, 0.9, 0.1, 0.2, 0.8, 0.7, 0.3, 0.1, 0.9)]
    const best = bestInverseTemperature('classification', targets, results, [1, 1, 1, 1])
    expect(best).toBeGreaterThan(1)
    expect(best).toBeLessThan(2)
  })

  it('counts examples by their weights', () => {
    // Half of the examples say that sure answers are right, the other half that they are wrong.
    const targets = matrix(2, 1, 0, 0, 1)
    const results = matrix(2, 0.9, 0.1, 0.9, 0.1)
    const best = (...weights: number[]): number => bestInverseTemperature('classification', targets, results, weights)
    expect(best(1, 0.001)).toBeGreaterThan(best(1, 1))
    expect(best(0.001, 1)).toBeLessThan(best(1, 1))
  })
})
