import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'

/** Probabilities below are taken as this, whose logarithm is finite in float32. */
const leastProbability = 1e-37
/** Loss of what is as wrong as can be in float32, as in `logLosses`. */
const mostLoss = -Math.log(2 ** -23)
/**
 * What is expected of the logarithm of the inverse temperature: about 0, with this standard deviation. Without it a few examples that
 * are all answered right would have answers as sure as can be. Less of a head whose strength of the penalty was chosen by the loss of
 * unscaled answers: they are about as sure as they should be, and of 8 or 16 examples per class what is held out says next to nothing of
 * it (chosen on CR, MR, SUBJ, AG's news, tweets' emotions and Banking77, which no benchmark here asks about).
 */
export const expectedSpread = { usual: 0.5, chosenUnscaled: 0.2 }
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

function logOf(probability: number): number {
  return Math.log(Math.max(probability, leastProbability))
}

/**
 * The most probable inverse temperature, given some examples. A network that was tuned on some is surer of others than it should
 * be; one number, found on those others, puts that right. A golden-section search finds it.
 * @param mass Weight of each example, `[n]`.
 * @param expected How many different examples they are, where some are there several times, default n; and what is expected before any
 *   is seen, see `expectedSpread`, default the usual one.
 */
export function bestInverseTemperature(
  kind: Kind,
  targets: Matrix,
  results: Matrix,
  mass: readonly number[],
  { examples = results.rows, spread = expectedSpread.usual }: { examples?: number; spread?: number } = {},
): number {
  if (kind === 'regression') return 1
  const lossAt = lossByScale(kind, targets, results, mass)
  const loss = (logarithm: number): number => lossAt(Math.exp(logarithm)) + (logarithm / spread) ** 2 / 2 / examples
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

/** The weighted mean loss of examples by what their logits are multiplied by. */
function lossByScale(
  kind: Exclude<Kind, 'regression'>,
  targets: Matrix,
  results: Matrix,
  mass: readonly number[],
): (times: number) => number {
  const { rows, columns, data } = results
  /** Of several classes those above the true one's, of several labels those against the truth. */
  const against = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    const truth = rowOf(targets, row)
    const own = row * columns
    const right = kind === 'classification' ? logOf(data[own + truth.indexOf(1)] as number) : 0
    for (let column = 0; column < columns; column++) {
      const p = data[own + column] as number
      const logit = kind === 'classification' ? logOf(p) - right : logOf(p) - logOf(1 - p)
      against[own + column] = kind === 'multi-label' && truth[column] === 1 ? -logit : logit
    }
  }
  const isOneOf = kind === 'classification'
  return (times) => {
    const losses = new Float64Array(rows)
    for (let row = 0; row < rows; row++) {
      let [odds, loss] = [0, 0]
      for (let i = row * columns; i < (row + 1) * columns; i++) {
        const own = Math.exp(times * (against[i] as number))
        if (isOneOf) odds += own
        else loss += Math.min(Math.log(1 + own), mostLoss)
      }
      losses[row] = isOneOf ? Math.min(Math.log(odds), mostLoss) : loss
    }
    return weightedMean(losses, mass)
  }
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
