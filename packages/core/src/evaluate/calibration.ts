import { type Results, topClasses, type Weights } from './metrics.js'

/** Bins of the confidence from 0 to 1; 15 as in Guo et al. */
const binCount = 15

/** How far the confidence of each example is from the truth, and the bin it falls in, `[n]` each. */
export interface Confidences {
  /** Probability of the predicted (most probable) class. */
  readonly confidence: Float64Array
  /** 1 where the prediction is right. */
  readonly right: Uint8Array
  /** Bin m from 0 holds confidences in (m/15, (m+1)/15]. */
  readonly bin: Uint8Array
}

/** One row of a reliability table: examples of like confidence. */
export interface CalibrationBin {
  /** Confidences above this ... */
  readonly above: number
  /** ... up to this. */
  readonly upTo: number
  readonly count: number
  /** Mean confidence; 0 for an empty bin. */
  readonly confidence: number
  /** Share of right predictions; 0 for an empty bin. */
  readonly accuracy: number
}

/** Confidence and rightness of each example, from true classes `[n]` and probabilities `[n, classes]`. */
export function confidences(truth: Int32Array, probabilities: Results): Confidences {
  const { columns, data } = probabilities
  const top = topClasses(probabilities)
  const confidence = Float64Array.from(top, (label, row) => data[row * columns + label] as number)
  return {
    confidence,
    right: Uint8Array.from(top, (label, row) => (label === truth[row] ? 1 : 0)),
    bin: Uint8Array.from(confidence, (value) => Math.min(Math.max(Math.ceil(value * binCount) - 1, 0), binCount - 1)),
  }
}

/**
 * Expected calibration error: how far, on average, the confidence of a prediction is from the share of right ones among
 * predictions of like confidence, Σ_m |B_m|/n · |accuracy(B_m) - confidence(B_m)| over 15 bins B_m of equal width
 * (Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017, equation 3).
 */
export function calibrationError({ confidence, right, bin }: Confidences, weights?: Weights): number {
  // |B_m| · |accuracy - confidence| is the absolute sum of (right - confidence) over the bin.
  const gaps = new Float64Array(binCount)
  let total = 0
  for (let i = 0; i < bin.length; i++) {
    const weight = weights ? (weights[i] as number) : 1
    const m = bin[i] as number
    gaps[m] = (gaps[m] as number) + weight * ((right[i] as number) - (confidence[i] as number))
    total += weight
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / total
}

/** The reliability table: the same 15 bins, from the lowest confidence to the highest. */
export function calibrationBins({ confidence, right, bin }: Confidences): CalibrationBin[] {
  return Array.from({ length: binCount }, (_, m) => {
    const members = [...bin.keys()].filter((index) => bin[index] === m)
    const share = (values: ArrayLike<number>): number =>
      members.reduce((sum, index) => sum + (values[index] ?? 0), 0) / Math.max(members.length, 1)
    return {
      above: m / binCount,
      upTo: (m + 1) / binCount,
      count: members.length,
      confidence: share(confidence),
      accuracy: share(right),
    }
  })
}
