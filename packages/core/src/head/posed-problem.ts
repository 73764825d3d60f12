import type { HeadProblem, LinearWeights } from './head-objective.js'
import type { Matrix } from '../contract/matrix.js'

/** A head's problem in the form in which it is solved, and the way back from its solution. */
export interface PosedProblem {
  readonly problem: HeadProblem
  weights(solved: LinearWeights): LinearWeights
  /** What heads give for each example, `[n, outputs]`. */
  results(solved: Matrix): Matrix
  loss(solved: number): number
  /** -log likelihood of one example, in nats and up to a constant, where this is the mean loss of held-out examples. */
  surprise(heldOutLoss: number): number
}

/**
 * Two classes become one logit; numbers become standard deviations from their mean, so that neither the tolerance nor
 * the choice of the regularization depends on their unit. All else is solved as it is.
 */
export function pose(problem: HeadProblem): PosedProblem {
  if (problem.kind === 'regression') return posedInDeviations(problem)
  if (problem.kind === 'classification' && problem.targets.columns === 2) return posedAsOneLogit(problem)
  return { problem, weights: same, results: same, loss: same, surprise: same }
}

function same<T>(value: T): T {
  return value
}

function posedAsOneLogit(problem: HeadProblem): PosedProblem {
  const { targets } = problem
  const data = Float32Array.from({ length: targets.rows }, (_, row) => targets.data[row * 2 + 1] as number)
  // Logits (-z/2, z/2), whose softmax is (1 - sigmoid(z), sigmoid(z)).
  const spread = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: values.length * 2 }, (_, i) => ((i % 2) - 0.5) * (values[i >> 1] as number))
  return {
    problem: { ...problem, kind: 'multi-label', targets: { rows: targets.rows, columns: 1, data } },
    weights: ({ weight, bias }) => ({ weight: spread(weight), bias: spread(bias) }),
    results: ({ rows, data: second }) => {
      const probability = (i: number): number => second[i >> 1] as number
      const both = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 ? probability(i) : 1 - probability(i)))
      return { rows, columns: 2, data: both }
    },
    loss: same,
    surprise: same,
  }
}

/** Numbers in standard deviations from their mean. */
export function posedInDeviations(problem: HeadProblem): PosedProblem {
  const { rows, columns, data } = problem.targets
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  // Numbers that are all the same leave nothing to scale by.
  const deviation = Math.sqrt(data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length) || 1
  const raw = (value: number): number => value * deviation + mean
  return {
    problem: { ...problem, targets: { rows, columns, data: data.map((value) => (value - mean) / deviation) } },
    weights: ({ weight, bias }) => ({ weight: weight.map((value) => value * deviation), bias: bias.map(raw) }),
    results: (solved) => ({ ...solved, data: solved.data.map(raw) }),
    loss: (solved) => solved * deviation ** 2,
    // Of a normal distribution whose variance is the mean squared error.
    surprise: (heldOutLoss) => Math.log(heldOutLoss) / 2,
  }
}
