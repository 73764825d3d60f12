import { lossesOf } from '../head/held-out-loss.js'
import { type Matrix, takeRows, zeroMatrix } from '../contract/matrix.js'
import { bestInverseTemperature, scaledLogits, weightedMean } from '../head/inverse-temperature.js'
import type { TuningData } from './tuning-objective.js'
import type { TuningPlan } from './tuning-plan.js'

/** After how many epochs the held-out examples are answered best. */
export interface EpochChoice {
  /** 0: the frozen backbone with its head is not beaten. */
  readonly epoch: number
  /** The rows that were held out, and what was answered for them after that epoch, `[rows.length, outputs]`. */
  readonly rows: readonly number[]
  readonly results: Matrix
  /** What the logits are to be multiplied by, so that answers are as sure as they should be (see `bestInverseTemperature`). */
  readonly inverseTemperature: number
  /** Mean held-out loss of the frozen backbone with its head, and of the tuned network at its epoch, both so scaledLogits. */
  readonly frozenLoss: number
  readonly tunedLoss: number
}

/**
 * Standard errors by which the held-out loss must fall for the tuned network to be taken. Chosen on the training halves of
 * other text sets than the benchmarks'.
 */
const leastGain = 0

/** Standard errors above the least loss that an epoch may lie without being clearly worse. */
const clearlyWorse = 1

/**
 * Chooses the epoch by the mean loss over all held-out rows, once the answers are as sure as they should be. Of several runs
 * it is the last one that is not clearly worse than the best: towards the end of the schedule the weights settle, and few
 * examples cannot tell one epoch from the next.
 * @param plan Rows held out in each run, and when they were assessed.
 * @param runs What each run answered for them, before its first epoch and at each assessment; one that ended early counts
 *   with its last answers for the epochs that it did not take.
 */
export function chooseEpoch(
  data: TuningData,
  { folds, epochs, assessEvery }: Pick<TuningPlan, 'folds' | 'epochs' | 'assessEvery'>,
  runs: readonly (readonly Matrix[])[],
): EpochChoice {
  const rows = folds.flat()
  const truth = takeRows(data.targets, rows)
  const mass = rows.map((row) => data.weights[row] as number)
  const at = (assessment: number): Matrix =>
    concatMatrices(runs.map((results) => results[Math.min(assessment, results.length - 1)] as Matrix))
  const assessments = Math.max(...runs.map(({ length }) => length))
  const inverseTemperature = Array.from({ length: assessments }, (_, index) =>
    bestInverseTemperature(data.kind, truth, at(index), mass),
  )
  const results = (index: number): Matrix => scaledLogits(data.kind, at(index), inverseTemperature[index] as number)
  const losses = Array.from({ length: assessments }, (_, index) => lossesOf(data.kind, truth, results(index)))
  const means = losses.map((own) => weightedMean(own, mass))
  const tunedLoss = Math.min(...means.slice(1))
  const best = 1 + means.slice(1).indexOf(tunedLoss)
  /** By how many standard errors of the difference one assessment's loss lies below another's. */
  const gain = (one: number, other: number): number => {
    const gains = losses[other]?.map((loss, i) => loss - (losses[one]?.[i] as number)) as Float64Array
    const mean = weightedMean(gains, mass)
    const variance = weightedMean(
      gains.map((one) => (one - mean) ** 2),
      mass,
    )
    return mean === 0 ? 0 : mean / Math.sqrt(variance / rows.length)
  }
  // A single run keeps the weights of its best epoch, and is not run again.
  const last =
    runs.length === 1 ? best : losses.findLastIndex((_, index) => index >= best && gain(best, index) <= clearlyWorse)
  const chosen = gain(last, 0) > leastGain ? last : 0
  return {
    epoch: Math.min(chosen * assessEvery, epochs),
    rows,
    results: results(chosen),
    inverseTemperature: inverseTemperature[chosen] as number,
    frozenLoss: means[0] as number,
    tunedLoss: means[last] as number,
  }
}

/** The rows of all, one matrix after the other. */
function concatMatrices(parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const all = zeroMatrix(rows, parts[0]?.columns ?? 0)
  let offset = 0
  for (const { data } of parts) {
    all.data.set(data, offset)
    offset += data.length
  }
  return all
}
