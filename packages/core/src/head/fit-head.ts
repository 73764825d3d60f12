import {
  type Candidate,
  HeadObjective,
  type HeadProblem,
  type LinearWeights,
  standardVariance,
} from './head-objective.js'
import { type Evaluation, minimize, type Minimum, type Step } from './lbfgs.js'
import { type Matrix, takeRows, zeroMatrix } from '../contract/matrix.js'
import { lossesOf } from './held-out-loss.js'
import { bestInverseTemperature, scaledLogits } from './inverse-temperature.js'
import { pose, type PosedProblem } from './posed-problem.js'
import type { RunOptions } from '../contract/progress.js'
import { coalesce } from '../kit/coalesce.js'

/** Options of `fitHead`. */
export interface FitHeadOptions extends RunOptions {
  /**
   * Strength of the L2 penalty, or the folds by which cross-validation chooses it: row numbers held out in each. A row
   * may be held out several times (repeated cross-validation), or never: it is learned from in each fold. It begins at the decade
   * `from`, of the features' total variance; default: at the expected one.
   */
  readonly regularization:
    | { readonly l2: number }
    | { readonly folds: readonly (readonly number[])[]; readonly from?: number | undefined }
  /** Weight of each example in the loss, `[n]`. Default: all 1. */
  readonly exampleWeights?: Float64Array | undefined
  /** See `HeadOptions.strength`. Default 'loss'. */
  readonly strength?: StrengthBy | undefined
}

/** What the strength of the penalty is chosen by, see `HeadOptions.strength`. */
export type StrengthBy = 'loss' | 'calibrated'

/** A linear head at its optimum. */
export interface FittedHead extends LinearWeights {
  readonly l2: number
  /** Penalized training loss at the optimum. */
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
 * Decades of the strengths that cross-validation may try, strongest first; strengths are multiples of the features'
 * total variance.
 */
const decades = Array.from({ length: 19 }, (_, index) => -index / 2)

/**
 * What is expected of the strength before any example is seen: its decade is normally distributed. A few examples held
 * out say little; with it the choice is the most probable strength instead of what noise puts first. Chosen on the
 * training halves of other text sets than the benchmarks'. A weaker one is expected where logits are scaled afterwards, since it costs
 * nothing then to be too sure: chosen on draws from CLINC150's training file, asked about others of its texts.
 */
const expectedDecade = { loss: { mean: -2.5, sd: 1 }, calibrated: { mean: -4, sd: 1 } }

/** A path is left when the strengths have been worse than the best this many times in a row, or once beyond doubt. */
const patience = 2

/** Largest gradient, on standardized features, at which a head counts as solved: in cross-validation and in the end. */
const tolerance = { fold: 5e-5, final: 1e-6, ofMany: 5e-4 }
/** Of more examples the heads of the folds need not be solved as well: what is held out says the same. */
const many = 1024

/** How cross-validation walks along the strengths. */
interface Walk {
  /** Decade to begin at. Default: the expected one. */
  readonly from?: number | undefined
  readonly patience: number
  readonly tolerance: number
  /** The only decade that is tried, which is no surprise. Default: the most probable one is looked for. */
  readonly given?: number | undefined
}
const rough = { patience: 1, tolerance: tolerance.ofMany }

/**
 * The decade at which the best strength is looked for first among `examples`, where some of them, `tried`, did best at another: the
 * penalty weighs as much beside the sum of more losses. The next stronger one, since paths lead from strong to weak.
 */
export function decadeFor(examples: number, tried: number, best: number): number {
  return Math.min(0, Math.max(decades.at(-1) as number, Math.ceil(2 * (best - Math.log10(examples / tried))) / 2))
}

/** Steps that L-BFGS remembers of a head of so many numbers: fewer of a large one, whose folds would fill the memory. */
const memoryOf = ({ length }: Float64Array): number => Math.max(10, Math.min(40, Math.floor(2 ** 22 / length)))

/** Fits a linear head to its optimum: the loss is convex, so there is one, and no learning rate to choose. */
export async function fitHead(problem: HeadProblem, options: FitHeadOptions): Promise<FittedHead> {
  const { regularization, signal, onEvent } = options
  const weights = options.exampleWeights ?? new Float64Array(problem.features.rows).fill(1)
  const posed = pose(problem)
  const objective = await HeadObjective.create(posed.problem)
  try {
    const search =
      'l2' in regularization
        ? undefined
        : await crossValidate(objective, posed, weights, regularization.folds, {
            ...options,
            patience,
            tolerance: weights.length > many ? tolerance.ofMany : tolerance.fold,
            from: regularization.from,
          })
    const l2 = 'l2' in regularization ? regularization.l2 : (search as Search).best.l2
    const candidate = { exampleWeights: weights, l2: objective.standardL2(l2) }
    const evaluate = async (point: Float64Array): Promise<Evaluation> =>
      (await objective.evaluate([{ ...candidate, point }]))[0] as Evaluation
    const heads = search?.best.heads
    const start = heads ? mean(heads.map(({ point }) => point)) : objective.zero()
    const steps = heads?.[0]?.steps ?? []
    const minimum = await minimize(evaluate, start, {
      gradientTolerance: tolerance.final,
      memory: memoryOf(start),
      steps,
      signal,
    })
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

/** How features fare, to choose among them by. */
export interface Assessment {
  /**
   * How little the held-out examples are expected by heads on these features, in nats: -log of the probability of all of them and of
   * the strength that is the most probable one.
   */
  readonly surprise: number
  /** That strength, as a decade of the features' total variance. */
  readonly decade: number
  readonly l2: number
}

/**
 * Assesses features by cross-validation, more roughly than `fitHead` and in less time.
 * @param from Decade to begin at, such as that of features which are alike. Default: the expected one.
 * @param l2 Strength of the penalty, where it is given: no other is tried.
 */
export async function assessFeatures(
  problem: HeadProblem,
  folds: readonly (readonly number[])[],
  exampleWeights: Float64Array,
  { from, l2, signal }: RunOptions & { readonly from?: number | undefined; readonly l2?: number | undefined } = {},
): Promise<Assessment> {
  const posed = pose(problem)
  const objective = await HeadObjective.create(posed.problem)
  try {
    const given = l2 === undefined ? undefined : Math.log10(objective.standardL2(l2) / standardVariance)
    const { best } = await crossValidate(objective, posed, exampleWeights, folds, { signal, ...rough, from, given })
    return { surprise: best.score * new Set(folds.flat()).size, decade: best.decade, l2: best.l2 }
  } finally {
    await objective.close()
  }
}

interface Search {
  readonly trials: readonly Trial[]
  readonly best: Candidacy
}

/** A strength, tried. */
interface Candidacy extends Trial {
  readonly decade: number
  /** -log of the probability of the strength and the held-out examples, divided by their number. */
  readonly score: number
  readonly heldOut: Matrix
  /** Loss of each held-out example, times its weight. */
  readonly losses: Float64Array
  readonly heads: readonly FoldHead[]
}

/**
 * Mean held-out loss for each strength, and the most probable one by what was expected and what was held out. The folds
 * walk side by side from the expected strength to weaker ones, and to stronger ones where none is better, each starting
 * where the line through its last two optima leads, with the curvature that it met on its way there (a warm start).
 */
async function crossValidate(
  objective: HeadObjective,
  posed: PosedProblem,
  weights: Float64Array,
  folds: readonly (readonly number[])[],
  { from, given, patience, tolerance, strength, signal, onEvent }: RunOptions & Walk & Pick<FitHeadOptions, 'strength'>,
): Promise<Search> {
  const { outputs } = objective
  const isScaled = strength === 'calibrated' && posed.problem.kind === 'classification'
  const expected = expectedDecade[isScaled ? 'calibrated' : 'loss']
  // Some may be in every fold's training part: the names of classes.
  const examples = new Set(folds.flat()).size
  const evaluate = coalesce((candidates: readonly Candidate[]) => objective.evaluate(candidates))

  const attempt = async (decade: number, last: readonly FoldHead[]): Promise<Candidacy> => {
    const l2 = 10 ** decade * standardVariance
    const heads = await Promise.all(
      last.map(async ({ exampleWeights, ...head }): Promise<FoldHead> => {
        const loss = (point: Float64Array): Promise<Evaluation> => evaluate({ point, exampleWeights, l2 })
        const start = beyond(head.before, head.point)
        const steps = repenalized(head.steps, l2 - head.l2, outputs)
        const { point, steps: taken } = await minimize(loss, start, {
          gradientTolerance: tolerance,
          memory: memoryOf(start),
          steps,
          signal,
        })
        return { point, before: head.point, steps: taken, exampleWeights, l2 }
      }),
    )
    const heldOut = zeroMatrix(weights.length, outputs)
    const { losses, results } = await objective.perExample(heads)
    const held = folds.flatMap((rows, fold) => rows.map((row) => ({ row, at: row * folds.length + fold })))
    for (const { row, at } of held) heldOut.data.set(results.subarray(at * outputs, (at + 1) * outputs), row * outputs)
    const own = isScaled ? scaledLosses(held, results) : held.map(({ at }) => losses[at] as number)
    const weighted = held.map(({ row }, place) => (weights[row] as number) * (own[place] as number))
    const loss = weighted.reduce((sum, one) => sum + one, 0)
    const weight = held.reduce((sum, { row }) => sum + (weights[row] as number), 0)
    const unexpected = decade === given ? 0 : ((decade - expected.mean) / expected.sd) ** 2 / 2
    return {
      decade,
      l2: objective.rawL2(l2),
      loss: posed.loss(loss / weight),
      score: posed.surprise(loss / weight) + unexpected / examples,
      heldOut,
      losses: Float64Array.from(weighted),
      heads,
    }
  }

  /** Losses of what was held out, after its logits were scaled by one number that suits all of them. */
  const scaledLosses = (
    held: readonly { readonly row: number; readonly at: number }[],
    results: Float64Array | Float32Array,
  ): ArrayLike<number> => {
    const answers = zeroMatrix(held.length, outputs)
    for (const [place, { at }] of held.entries())
      answers.data.set(results.subarray(at * outputs, (at + 1) * outputs), place * outputs)
    const rows = held.map(({ row }) => row)
    const targets = takeRows(posed.problem.targets, rows)
    const mass = rows.map((row) => weights[row] as number)
    const times = bestInverseTemperature('classification', targets, answers, mass, { examples })
    return lossesOf('classification', targets, scaledLogits('classification', answers, times))
  }

  const trials: Candidacy[] = []
  const walk = async (path: readonly number[], from: readonly FoldHead[], known?: Candidacy): Promise<Candidacy> => {
    let [best, last, worse] = [known, from, 0]
    for (const decade of path) {
      const next = await attempt(decade, last)
      last = next.heads
      trials.push(next)
      onEvent?.({ type: 'cross-validation', done: trials.length, total: decades.length })
      if (!best || next.score < best.score) [best, worse] = [next, 0]
      else if (++worse === patience || isWorse(next.losses, best.losses, examples)) break
    }
    return best as Candidacy
  }
  const unfitted = folds.map((rows): FoldHead => {
    const exampleWeights = weights.slice()
    for (const row of rows) exampleWeights[row] = 0
    return { point: objective.zero(), before: objective.zero(), steps: [], exampleWeights, l2: 0 }
  })
  if (given !== undefined) return { trials, best: await walk([given], unfitted) }
  const middle = decades.indexOf(from ?? expected.mean)
  let best = await walk(decades.slice(middle), unfitted)
  const [first, second] = trials
  if (best === first) {
    const turned = best.heads.map((head, fold) => ({ ...head, before: second?.heads[fold]?.point ?? head.point }))
    best = await walk(decades.slice(0, middle).toReversed(), turned, best)
  }
  onEvent?.({ type: 'cross-validation', done: decades.length, total: decades.length })
  return { trials: trials.sort((a, b) => b.l2 - a.l2).map(({ l2, loss }) => ({ l2, loss })), best }
}

/** Whether losses are above others of the same examples by more than the standard error of the difference. */
function isWorse(losses: Float64Array, others: Float64Array, examples: number): boolean {
  const differences = losses.map((loss, i) => loss - (others[i] as number))
  const average = differences.reduce((sum, value) => sum + value, 0) / differences.length
  const variance = differences.reduce((sum, value) => sum + (value - average) ** 2, 0) / differences.length
  return average > Math.sqrt(variance / examples)
}

/** A fold's head on its way down the strengths. */
interface FoldHead extends Candidate {
  /** Where it was before: its optimum at the strength before. */
  readonly before: Float64Array
  readonly steps: Minimum['steps']
}

// What follows goes over vectors of the head's size in loops: a callback for each number takes ten times as long.

/** Where the line from one point through another leads, as far again. */
function beyond(before: Float64Array, point: Float64Array): Float64Array {
  const next = new Float64Array(point.length)
  for (let i = 0; i < next.length; i++) next[i] = 2 * (point[i] as number) - (before[i] as number)
  return next
}

/** The same steps under a penalty that has changed: its gradient is l2 times the weights, and none for the biases. */
function repenalized(steps: readonly Step[], change: number, outputs: number): Step[] {
  return steps.map(({ s, y }) => {
    const penalized = y.slice()
    for (let i = 0; i < y.length - outputs; i++) penalized[i] = (y[i] as number) + change * (s[i] as number)
    return { s, y: penalized }
  })
}

function mean(points: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(points[0]?.length ?? 0)
  for (const point of points) {
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (point[i] as number) / points.length
  }
  return sum
}
