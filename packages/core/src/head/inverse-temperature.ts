import { lossesOf } from './held-out-loss.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'

/** Probabilities below are taken as this, whose logarithm is finite in float32. */
const leastProbability = 1e-37
/**
 * What is expected of the logarithm of the inverse temperature: about 0, with this standard deviation. Without it a few examples that
 * are all answered right would have answers as sure as can be.
 */
const expectedSpread = 0.5
/** Range of the inverse temperature and steps in which it is halved in by the golden ratio, to 1 in 10⁴. */
const range = { from: 0.05, to: 20, steps: 24 }

/**
 * The probabilities whose logits are `inverseTemperature` times as large; numbers stay. Which answer is the most probable one does
 * not change, only how sure it is: 1 / inverse temperature is the temperature of Guo, Pleiss, Sun and Weinberger, "On Calibration of
 * Modern Neural Networks", 2017, section 4.2.
 */
export function scaledLogits(kind: Kind, results: Matrix, inverseTemperature: number): Matrix {
  if (kind === 'regression' || inverseTemperature === 1) return results
  const sharp = zeroMatrix(results.rows, results.columns)
  const logOf = (probability: number): number => Math.log(Math.max(probability, leastProbability))
  for (let row = 0; row < results.rows; row++) {
    const [p, q] = [rowOf(results, row), rowOf(sharp, row)]
    if (kind === 'multi-label') {
      p.forEach((value, i) => (q[i] = 1 / (1 + Math.exp(inverseTemperature * (logOf(1 - value) - logOf(value))))))
      continue
    }
    const top = logOf(Math.max(...p))
    let sum = 0
    for (const value of p) sum += Math.exp(inverseTemperature * (logOf(value) - top))
    p.forEach((value, i) => (q[i] = Math.exp(inverseTemperature * (logOf(value) - top)) / sum))
  }
  return sharp
}

/**
 * The most probable inverse temperature, given some examples. A network that was tuned on some is surer of others than it should
 * be; one number, found on those others, puts that right. A golden-section search finds it.
 * @param mass Weight of each example, `[n]`.
 * @param examples How many different examples they are, where some are there several times. Default: n.
 */
export function bestInverseTemperature(
  kind: Kind,
  targets: Matrix,
  results: Matrix,
  mass: readonly number[],
  examples = results.rows,
): number {
  if (kind === 'regression') return 1
  const loss = (logarithm: number): number => {
    const unexpected = (logarithm / expectedSpread) ** 2 / 2
    return (
      weightedMean(lossesOf(kind, targets, scaledLogits(kind, results, Math.exp(logarithm))), mass) +
      unexpected / examples
    )
  }
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [Math.log(range.from), Math.log(range.to)]
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)]
  let [leftLoss, rightLoss] = [loss(left), loss(right)]
  for (let step = 0; step < range.steps; step++) {
    if (leftLoss <= rightLoss) {
      ;[high, right, rightLoss] = [right, left, leftLoss]
      left = high - golden * (high - low)
      leftLoss = loss(left)
    } else {
      ;[low, left, leftLoss] = [left, right, rightLoss]
      right = low + golden * (high - low)
      rightLoss = loss(right)
    }
  }
  return Math.exp((low + high) / 2)
}

/** Mean of values that weigh as much as their masses say. */
export function weightedMean(values: Float64Array, mass: readonly number[]): number {
  let [sum, total] = [0, 0]
  for (const [i, one] of mass.entries()) {
    sum += one * (values[i] as number)
    total += one
  }
  return sum / total
}
