import { HeadObjective, type HeadProblem, type LinearWeights } from './head-objective.js'
import { minimise } from './lbfgs.js'
import { type Matrix, rowOf, zeroMatrix } from './matrix.js'
import type { RunOptions } from './progress.js'

/** Options of `fitHead`. */
export interface FitHeadOptions extends RunOptions {
  /**
   * Strength of the L2 penalty, or the folds by which cross-validation chooses it: row numbers held out in each. A row
   * may be held out several times (repeated cross-validation).
   */
  readonly regularisation: { readonly l2: number } | { readonly folds: readonly (readonly number[])[] }
  /** Weight of each example in the loss, `[n]`. Default: all 1. */
  readonly exampleWeights?: Float64Array | undefined
}

/** A linear head at its optimum. */
export interface FittedHead extends LinearWeights {
  readonly l2: number
  /** Penalised training loss at the optimum. */
  readonly loss: number
  readonly iterations: number
  /** The strengths that cross-validation tried, in order. Empty where l2 was given. */
  readonly trials: readonly Trial[]
  /**
   * For each example, the results of the (last) head that did not see it, `[n, outputs]`. Undefined where l2 was given.
   */
  readonly heldOut: Matrix | undefined
}

/** One strength in cross-validation. */
export interface Trial {
  readonly l2: number
  /** Mean loss over the held-out examples, without the penalty. */
  readonly loss: number
}

/**
 * Strengths that cross-validation tries, strongest first, as multiples of the features' total variance: half decades
 * from 1 down to 1e-5.
 */
const relativeStrengths = Array.from({ length: 11 }, (_, index) => 10 ** (-index / 2))

/** A path is left when the held-out loss has been above its best this many times in a row. */
const patience = 2

/** Fits a linear head to its optimum: the loss is convex, so there is one, and no learning rate to choose. */
export async function fitHead(problem: HeadProblem, options: FitHeadOptions): Promise<FittedHead> {
  const { regularisation, signal, onEvent } = options
  const weights = options.exampleWeights ?? new Float64Array(problem.features.rows).fill(1)
  // With two classes one logit decides; `bothColumns` gives it the form of the others.
  const isBinary = problem.task === 'classification' && problem.targets.columns === 2
  const objective = await HeadObjective.create(isBinary ? secondColumn(problem) : problem)
  try {
    const search =
      'l2' in regularisation
        ? undefined
        : await crossValidate(objective, weights, strengthsFor(problem.features), regularisation.folds, options)
    const l2 = 'l2' in regularisation ? regularisation.l2 : (search as Search).best.l2
    const minimum = await minimise(objective.loss(weights, l2), objective.zero(), { signal })
    onEvent?.({ type: 'head', loss: minimum.value, iterations: minimum.iterations, l2 })
    const linear = objective.weights(minimum.point)
    const heldOut = search?.best.heldOut
    return {
      ...(isBinary ? bothColumns(linear) : linear),
      l2,
      loss: minimum.value,
      iterations: minimum.iterations,
      trials: search?.trials ?? [],
      heldOut: isBinary && heldOut ? bothProbabilities(heldOut) : heldOut,
    }
  } finally {
    await objective.close()
  }
}

interface Search {
  readonly trials: readonly Trial[]
  readonly best: Trial & { readonly heldOut: Matrix }
}

/** Mean held-out loss for each strength; each fold starts where it ended for the strength before (a warm start). */
async function crossValidate(
  objective: HeadObjective,
  weights: Float64Array,
  strengths: readonly number[],
  folds: readonly (readonly number[])[],
  { signal, onEvent }: RunOptions,
): Promise<Search> {
  const trainWeights = folds.map((rows) => {
    const kept = weights.slice()
    for (const row of rows) kept[row] = 0
    return kept
  })
  const points = folds.map(() => objective.zero())
  const trials: Trial[] = []
  let best: Search['best'] | undefined
  let worse = 0
  for (const l2 of strengths) {
    let [loss, weight] = [0, 0]
    const heldOut = zeroMatrix(weights.length, objective.outputs)
    for (const [index, rows] of folds.entries()) {
      const evaluate = objective.loss(trainWeights[index] as Float64Array, l2)
      const start = points[index] as Float64Array
      const { point } = await minimise(evaluate, start, { gradientTolerance: 1e-5, signal })
      points[index] = point
      const { losses, results } = await objective.perExample(point)
      for (const row of rows) {
        loss += (weights[row] as number) * (losses[row] as number)
        weight += weights[row] as number
        heldOut.data.set(rowOf(results, row), row * objective.outputs)
      }
    }
    const trial = { l2, loss: loss / weight }
    trials.push(trial)
    onEvent?.({ type: 'cross-validation', done: trials.length, total: strengths.length })
    if (!best || trial.loss < best.loss) {
      best = { ...trial, heldOut }
      worse = 0
    } else if (++worse === patience) break
  }
  onEvent?.({ type: 'cross-validation', done: strengths.length, total: strengths.length })
  return { trials, best: best as Search['best'] }
}

function strengthsFor(features: Matrix): number[] {
  const variance = totalVariance(features)
  // Features that are all the same leave nothing to scale by, and any strength gives the same head.
  return relativeStrengths.map((strength) => strength * (variance || 1))
}

/** Mean squared distance of the rows from their mean. */
function totalVariance(features: Matrix): number {
  const { rows, columns } = features
  const sum = new Float64Array(columns)
  let squares = 0
  for (let row = 0; row < rows; row++) {
    rowOf(features, row).forEach((value, column) => {
      sum[column] = (sum[column] as number) + value
      squares += value * value
    })
  }
  return Math.max(0, squares / rows - sum.reduce((total, value) => total + (value / rows) ** 2, 0))
}

function secondColumn({ features, targets }: HeadProblem): HeadProblem {
  const data = Float32Array.from({ length: targets.rows }, (_, row) => targets.data[row * 2 + 1] as number)
  return { task: 'multi-label', features, targets: { rows: targets.rows, columns: 1, data } }
}

/** Logits (-z/2, z/2), whose softmax is (1 - sigmoid(z), sigmoid(z)). */
function bothColumns({ weight, bias }: LinearWeights): LinearWeights {
  const spread = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: values.length * 2 }, (_, i) => ((i % 2) - 0.5) * (values[i >> 1] as number))
  return { weight: spread(weight), bias: spread(bias) }
}

function bothProbabilities({ rows, data }: Matrix): Matrix {
  const both = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? (data[i >> 1] as number) : 1 - (data[i >> 1] as number)))
  return { rows, columns: 2, data: both }
}
