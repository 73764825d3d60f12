import type { LinearWeights } from './head-objective.js'
import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'
import type { Kind } from '../contract/target.js'

/** What a linear head gives for features `[n, featureSize]`: probabilities or values, `[n, outputs]`. */
export function linearResults(kind: Kind, features: Matrix, { weight, bias }: LinearWeights): Matrix {
  const logits = zeroMatrix(features.rows, bias.length)
  for (let row = 0; row < features.rows; row++) {
    const [x, z] = [rowOf(features, row), rowOf(logits, row)]
    for (let output = 0; output < bias.length; output++) {
      let sum = bias[output] as number
      for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (weight[i * bias.length + output] as number)
      z[output] = sum
    }
  }
  return resultsOf(kind, logits)
}

/** Probabilities or values from logits: softmax, sigmoid or nothing, by task. */
export function resultsOf(kind: Kind, logits: Matrix): Matrix {
  if (kind === 'regression') return logits
  const results = zeroMatrix(logits.rows, logits.columns)
  for (let row = 0; row < logits.rows; row++) {
    const [z, p] = [rowOf(logits, row), rowOf(results, row)]
    if (kind === 'multi-label') {
      z.forEach((value, i) => (p[i] = 1 / (1 + Math.exp(-value))))
      continue
    }
    const top = Math.max(...z)
    let sum = 0
    for (const value of z) sum += Math.exp(value - top)
    z.forEach((value, i) => (p[i] = Math.exp(value - top) / sum))
  }
  return results
}
