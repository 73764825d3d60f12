import type { Matrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'
import type { LinearWeights } from '../head/head-objective.js'

/** A linear head at its optimum, and what it was fitted to. */
export interface FittedLinear {
  readonly kind: Kind
  /** Of the optimum itself, before any temperature. */
  readonly head: LinearWeights
  /** Strength of the penalty, on the features as they are. */
  readonly l2: number
  /** `[n, featureSize]` and `[n, outputs]`. */
  readonly features: Matrix
  readonly targets: Matrix
  /** `[n]` */
  readonly weights: Float64Array
}

/** Relative residual at which the system of equations counts as solved, and steps at most. */
const tolerance = 1e-4
const mostSteps = 200

/**
 * How much a linear function of the logits of one input would change if each training example had been left out, to first order (influence
 * functions: Koh and Liang, "Understanding Black-box Predictions via Influence Functions", 2017, equation 2; exact but for the curvature
 * that changes). The Hessian is never written down: one system of equations by conjugate gradients gives the influence of all examples.
 * @param features Of the input, `[featureSize]`.
 * @param direction What each logit counts, `[outputs]`.
 * @returns The change by leaving each example out, `[n]`.
 */
export function leaveOneOutChanges(
  { kind, head, l2: strength, features, targets, weights }: FittedLinear,
  input: Float32Array,
  direction: Float64Array,
): Float64Array {
  const [n, size, outputs] = [features.rows, features.columns, targets.columns]
  // Two classes are fitted as one logit z, whose penalty is twice that of the logits -z/2 and z/2 (see `pose`).
  const l2 = kind === 'classification' && outputs === 2 ? 2 * strength : strength
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  // Seen from the mean, biases and weights have less to do with each other, so that fewer steps are needed.
  const mean = new Float64Array(size)
  for (let i = 0; i < features.data.length; i++)
    mean[i % size] = (mean[i % size] as number) + (features.data[i] as number) / n
  const width = size + 1
  const x = new Float64Array(n * width)
  for (let row = 0; row < n; row++) {
    for (let at = 0; at < size; at++)
      x[row * width + at] = (features.data[row * size + at] as number) - (mean[at] as number)
    x[row * width + size] = 1
  }
  const asked = Float64Array.from({ length: width }, (_, at) =>
    at < size ? (input[at] as number) - (mean[at] as number) : 1,
  )
  const bias = Float64Array.from(head.bias, (value, output) => {
    let sum = value
    for (let at = 0; at < size; at++) sum += (mean[at] as number) * (head.weight[at * outputs + output] as number)
    return sum
  })
  const weight = new Float64Array(width * outputs)
  weight.set(head.weight)
  weight.set(bias, size * outputs)

  const p = resultsIn(kind, product(x, weight, n, width, outputs), outputs)
  /** Rows of the curvature of the loss by the logits, times some change of the logits. */
  const curved = (logits: Float64Array): Float64Array => {
    const changed = new Float64Array(logits.length)
    for (let row = 0; row < n; row++) {
      const share = (weights[row] as number) / total
      let mixed = 0
      if (kind === 'classification')
        for (let k = 0; k < outputs; k++)
          mixed += (p[row * outputs + k] as number) * (logits[row * outputs + k] as number)
      for (let k = 0; k < outputs; k++) {
        const [value, logit] = [p[row * outputs + k] as number, logits[row * outputs + k] as number]
        const slope =
          kind === 'classification'
            ? value * (logit - mixed)
            : kind === 'multi-label'
              ? value * (1 - value) * logit
              : logit
        changed[row * outputs + k] = share * slope
      }
    }
    return changed
  }
  const hessian = (v: Float64Array): Float64Array => {
    const result = transposedProduct(x, curved(product(x, v, n, width, outputs)), n, width, outputs)
    for (let i = 0; i < size * outputs; i++) result[i] = (result[i] as number) + l2 * (v[i] as number)
    return result
  }
  const wanted = new Float64Array(width * outputs)
  for (let at = 0; at < width; at++)
    for (let k = 0; k < outputs; k++) wanted[at * outputs + k] = (asked[at] as number) * (direction[k] as number)
  const solved = conjugateGradients(hessian, wanted)

  let penalty = 0
  for (let i = 0; i < size * outputs; i++) penalty += l2 * (weight[i] as number) * (solved[i] as number)
  const along = product(x, solved, n, width, outputs)
  return Float64Array.from({ length: n }, (_, row) => {
    let slope = 0
    for (let k = 0; k < outputs; k++)
      slope +=
        ((p[row * outputs + k] as number) - (targets.data[row * outputs + k] as number)) *
        (along[row * outputs + k] as number)
    const own = weights[row] as number
    return (own / (total - own)) * (slope + penalty)
  })
}

/** Solves H v = b for a positive semi-definite H with b in its range (Hestenes and Stiefel 1952). */
function conjugateGradients(times: (v: Float64Array) => Float64Array, b: Float64Array): Float64Array {
  const v = new Float64Array(b.length)
  const rest = b.slice()
  let direction = b.slice()
  let square = dot(rest, rest)
  const enough = tolerance ** 2 * square
  for (let step = 0; step < mostSteps && square > enough; step++) {
    const image = times(direction)
    const curvature = dot(direction, image)
    if (!(curvature > 0)) break
    const far = square / curvature
    for (let i = 0; i < v.length; i++) {
      v[i] = (v[i] as number) + far * (direction[i] as number)
      rest[i] = (rest[i] as number) - far * (image[i] as number)
    }
    const next = dot(rest, rest)
    const kept = next / square
    for (let i = 0; i < v.length; i++) direction[i] = (rest[i] as number) + kept * (direction[i] as number)
    square = next
  }
  return v
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

/** `[n, width]` · `[width, outputs]` */
function product(x: Float64Array, w: Float64Array, n: number, width: number, outputs: number): Float64Array {
  const result = new Float64Array(n * outputs)
  for (let row = 0; row < n; row++)
    for (let at = 0; at < width; at++) {
      const value = x[row * width + at] as number
      for (let k = 0; k < outputs; k++)
        result[row * outputs + k] = (result[row * outputs + k] as number) + value * (w[at * outputs + k] as number)
    }
  return result
}

/** `[n, width]`ᵀ · `[n, outputs]` */
function transposedProduct(x: Float64Array, z: Float64Array, n: number, width: number, outputs: number): Float64Array {
  const result = new Float64Array(width * outputs)
  for (let row = 0; row < n; row++)
    for (let at = 0; at < width; at++) {
      const value = x[row * width + at] as number
      for (let k = 0; k < outputs; k++)
        result[at * outputs + k] = (result[at * outputs + k] as number) + value * (z[row * outputs + k] as number)
    }
  return result
}

/** Softmax, sigmoid or nothing, row by row. */
function resultsIn(kind: Kind, logits: Float64Array, outputs: number): Float64Array {
  if (kind === 'regression') return logits
  if (kind === 'multi-label') return logits.map((z) => 1 / (1 + Math.exp(-z)))
  const results = new Float64Array(logits.length)
  for (let first = 0; first < logits.length; first += outputs) {
    const row = logits.subarray(first, first + outputs)
    const top = row.reduce((most, z) => Math.max(most, z), -Infinity)
    const sum = row.reduce((all, z) => all + Math.exp(z - top), 0)
    row.forEach((z, k) => (results[first + k] = Math.exp(z - top) / sum))
  }
  return results
}
