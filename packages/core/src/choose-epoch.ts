import { lossesOf } from './held-out-loss.js'
import { type Matrix, rowOf, takeRows, zeroMatrix } from './matrix.js'
import type { TuningData } from './tuning-objective.js'

/** After how many epochs the held-out examples are answered best. */
export interface EpochChoice {
  /** 0: the frozen backbone with its head is not beaten. */
  readonly epoch: number
  /** The rows that were held out, and what was answered for them after that epoch, `[rows.length, outputs]`. */
  readonly rows: readonly number[]
  readonly results: Matrix
  /** Mean held-out loss of the frozen backbone with its head, and least one of the tuned network. */
  readonly frozenLoss: number
  readonly tunedLoss: number
}

/**
 * How many standard errors the held-out loss must fall by: few examples tell good luck from a better network only when
 * the difference is clear. Chosen on the training halves of other text sets than the benchmarks'.
 */
const leastGain = 0

/**
 * Chooses the epoch with the least mean loss over all held-out rows.
 * @param folds Rows held out in each run.
 * @param runs What each run answered for them, before its first epoch and after each; one that ended early counts with
 *   its last answers for the epochs that it did not take.
 */
export function chooseEpoch(data: TuningData, folds: readonly (readonly number[])[], runs: readonly (readonly Matrix[])[]): EpochChoice {
  const rows = folds.flat()
  const epochs = Math.max(...runs.map(({ length }) => length))
  const after = (epoch: number): Matrix => {
    const answers = runs.map((results) => results[Math.min(epoch, results.length - 1)] as Matrix)
    const all = zeroMatrix(rows.length, data.targets.columns)
    let place = 0
    for (const part of answers) for (let row = 0; row < part.rows; row++) rowOf(all, place++).set(rowOf(part, row))
    return all
  }
  const truth = takeRows(data.targets, rows)
  const mass = rows.map((row) => data.weights[row] as number)
  const total = mass.reduce((sum, one) => sum + one, 0)
  const losses = Array.from({ length: epochs }, (_, epoch) => lossesOf(data.task, truth, after(epoch)))
  const mean = (values: Float64Array): number => values.reduce((sum, value, i) => sum + value * (mass[i] as number), 0) / total
  const means = losses.map(mean)
  const [frozenLoss = Number.NaN, ...tuned] = means
  const tunedLoss = Math.min(...tuned)
  const best = 1 + tuned.indexOf(tunedLoss)
  const gains = (losses[0] as Float64Array).map((loss, i) => loss - (losses[best]?.[i] ?? loss))
  const gain = frozenLoss - tunedLoss
  const variance = mean(gains.map((one) => (one - gain) ** 2))
  const epoch = gain > leastGain * Math.sqrt(variance / rows.length) ? best : 0
  return { epoch, rows, results: after(epoch), frozenLoss, tunedLoss }
}
