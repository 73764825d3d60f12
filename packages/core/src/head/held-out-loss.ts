import type { Matrix } from '../contract/matrix.js'
import {
  accuracy,
  binaryLogLosses,
  likelyLabels,
  logLosses,
  rSquared,
  squaredErrors,
  subsetAccuracy,
  topClasses,
} from '../evaluate/metrics.js'
import type { Kind } from '../contract/target.js'

/**
 * Loss of each example, `[n]`: -log of the probability of its class; the sum of binary cross-entropies over its labels;
 * half the squared error. The losses that heads are trained by.
 * @param targets Encoded (see `encodeTargets`), `[n, outputs]`.
 * @param results Probabilities or values, of the same shape.
 */
export function lossesOf(kind: Kind, targets: Matrix, results: Matrix): Float64Array {
  if (kind === 'classification') return logLosses(topClasses(targets), results)
  if (kind === 'regression')
    return squaredErrors(new Float64Array(targets.data), new Float64Array(results.data)).map((square) => square / 2)
  // binaryLogLosses is the mean over the labels.
  return binaryLogLosses(Uint8Array.from(targets.data), results).map((loss) => loss * targets.columns)
}

/** The score that people read, higher is better: accuracy (of all labels of an example at once), or R². */
export function scoreOf(kind: Kind, targets: Matrix, results: Matrix): number {
  if (kind === 'classification') return accuracy(topClasses(targets), topClasses(results))
  if (kind === 'multi-label')
    return subsetAccuracy(Uint8Array.from(targets.data), likelyLabels(results), targets.columns)
  return rSquared(new Float64Array(targets.data), new Float64Array(results.data))
}
