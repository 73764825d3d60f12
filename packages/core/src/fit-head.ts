import { type Candidate, HeadObjective, type HeadProblem, type LinearWeights, standardVariance } from './head-objective.js'
import { type Evaluation, minimise, type Minimum, type Step } from './lbfgs.js'
import { type Matrix, zeroMatrix } from './matrix.js'
import { pose, type PosedProblem } from './posed-problem.js'
import type { RunOptions } from './progress.js'
import { together } from './together.js'

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

/**
 * What is expected of the strength before any example is seen: its decade is normally distributed. A few examples held
 * out say little; with it the choice is the most probable strength instead of what noise puts first. Chosen on the
 * training halves of other text sets than the benchmarks'.
 */
const expectedDecade = { mean: -2.5, sd: 1 }

/** A path is left when the strengths have been worse than the best this many times in a row. */
const patience = 2

/** Largest gradient, on standardised features, at which a head counts as solved: in cross-validation and in the end. */
const tolerance = { fold: 5e-5, final: 1e-6 }

/** Fits a linear head to its optimum: the loss is convex, so there is one, and no learning rate to choose. */
export async function fitHead(problem: HeadProblem, options: FitHeadOptions): Promise<FittedHead> {
  const { regularisation, signal, onEvent } = options
  const weights = options.exampleWeights ?? new Float64Array(problem.features.rows).fill(1)
  const posed = pose(problem)
  const objective = await HeadObjective.create(posed.problem)
  try {
    const search =
      'l2' in regularisation ? undefined : await crossValidate(objective, posed, weights, regularisation.folds, options)
    const l2 = 'l2' in regularisation ? regularisation.l2 : (search as Search).best.l2
    const candidate = { exampleWeights: weights, l2: objective.standardL2(l2) }
    const evaluate = async (point: Float64Array): Promise<Evaluation> =>
      (await objective.evaluate([{ ...candidate, point }]))[0] as Evaluation
    const { start = objective.zero(), steps = [] } = search?.best ?? {}
    const minimum = await minimise(evaluate, start, { gradientTolerance: tolerance.final, steps, signal })
    const { iterations } = minimum
    const loss = posed.loss(minimum.value)
    onEvent?.({ type: 'head', loss, iterations, l2 })
    return {
      ...posed.weights(objective.weights(minimum.point)),
      l2,
      loss,
      iterations,
      trials: search?.trials ?? [],
      heldOut: search && posed.results(search.best.heldOut),
    }
  } finally {
    await objective.close()
  }
}

interface Search {
  readonly trials: readonly Trial[]
  readonly best: Trial & {
    /** -log of the probability of the strength and the held-out examples, divided by their number. */
    readonly score: number
    readonly heldOut: Matrix
    /** Where the folds' heads ended, on average: close to the optimum over all examples. */
    readonly start: Float64Array
    /** The last steps of one of them. */
    readonly steps: readonly Step[]
  }
}

/**
 * Mean held-out loss for each strength, and the most probable one by what was expected and what was held out. The folds
 * walk down the strengths side by side, each starting where the line through its last two optima leads, with the
 * curvature that it met on its way there (a warm start).
 */
async function crossValidate(
  objective: HeadObjective,
  posed: PosedProblem,
  weights: Float64Array,
  folds: readonly (readonly number[])[],
  { signal, onEvent }: RunOptions,
): Promise<Search> {
  const { outputs } = objective
  const trainWeights = folds.map((rows) => {
    const kept = weights.slice()
    for (const row of rows) kept[row] = 0
    return kept
  })
  const evaluate = together((candidates: readonly Candidate[]) => objective.evaluate(candidates))
  let last: readonly FoldHead[] = trainWeights.map((exampleWeights) => {
    const point = objective.zero()
    return { point, before: point, steps: [], exampleWeights, l2: 0 }
  })
  const trials: Trial[] = []
  let best: Search['best'] | undefined
  let worse = 0
  for (const strength of relativeStrengths) {
    const l2 = strength * standardVariance
    const heads = await Promise.all(
      last.map(async ({ exampleWeights, ...head }): Promise<FoldHead> => {
        const loss = (point: Float64Array): Promise<Evaluation> => evaluate({ point, exampleWeights, l2 })
        const start = head.point.map((value, i) => 2 * value - (head.before[i] as number))
        const steps = repenalised(head.steps, l2 - head.l2, outputs)
        const { point, steps: taken } = await minimise(loss, start, { gradientTolerance: tolerance.fold, steps, signal })
        return { point, before: head.point, steps: taken, exampleWeights, l2 }
      }),
    )
    last = heads
    let [loss, weight] = [0, 0]
    const heldOut = zeroMatrix(weights.length, outputs)
    const { losses, results } = await objective.perExample(heads)
    for (const [fold, rows] of folds.entries()) {
      for (const row of rows) {
        const at = row * folds.length + fold
        loss += (weights[row] as number) * (losses[at] as number)
        weight += weights[row] as number
        heldOut.data.set(results.subarray(at * outputs, (at + 1) * outputs), row * outputs)
      }
    }
    const trial = { l2: objective.rawL2(l2), loss: posed.loss(loss / weight) }
    const unexpected = ((Math.log10(strength) - expectedDecade.mean) / expectedDecade.sd) ** 2 / 2
    const score = posed.surprise(loss / weight) + unexpected / weights.length
    trials.push(trial)
    onEvent?.({ type: 'cross-validation', done: trials.length, total: relativeStrengths.length })
    if (!best || score < best.score) {
      best = { ...trial, score, heldOut, start: mean(heads.map(({ point }) => point)), steps: heads[0]?.steps ?? [] }
      worse = 0
    } else if (++worse === patience) break
  }
  onEvent?.({ type: 'cross-validation', done: relativeStrengths.length, total: relativeStrengths.length })
  return { trials, best: best as Search['best'] }
}

/** A fold's head on its way down the strengths. */
interface FoldHead extends Candidate {
  /** Its optimum at the strength before. */
  readonly before: Float64Array
  readonly steps: Minimum['steps']
}

/** The same steps under a penalty that has changed: its gradient is l2 times the weights, and none for the biases. */
function repenalised(steps: readonly Step[], change: number, outputs: number): Step[] {
  return steps.map(({ s, y }) => ({
    s,
    y: y.map((value, i) => (i < y.length - outputs ? value + change * (s[i] as number) : value)),
  }))
}

function mean(points: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(points[0]?.length ?? 0)
  for (const point of points) point.forEach((value, i) => (sum[i] = (sum[i] as number) + value / points.length))
  return sum
}
