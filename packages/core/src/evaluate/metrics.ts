/** Results of a head, `[rows, columns]`, row-major; a `Matrix` is one. */
export interface Results {
  readonly rows: number
  readonly columns: number
  readonly data: Float32Array | Float64Array
}

/** How many times each example counts, `[n]`; without it, each counts once. scikit-learn's sample_weight. */
export type Weights = Uint32Array

/** How often each class was right, true and predicted, `[classes]` each: all that precision, recall and F1 need. */
export interface ClassTally {
  readonly truePositives: Float64Array
  readonly actual: Float64Array
  readonly predicted: Float64Array
}

/** Figures of one class. */
export interface ClassScore {
  /** Share of the examples predicted as this class that are of it; 0 where none was predicted. */
  readonly precision: number
  /** Share of the examples of this class that were predicted as it; 0 where there are none. */
  readonly recall: number
  /** Harmonic mean of precision and recall. */
  readonly f1: number
  /** Number of examples of this class. */
  readonly support: number
}

/** Column of the largest value of each row, `[rows]`; the first of equals. */
export function topClasses({ rows, columns, data }: Results): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => {
    let top = 0
    for (let column = 1; column < columns; column++) {
      if ((data[row * columns + column] as number) > (data[row * columns + top] as number)) top = column
    }
    return top
  })
}

/** Labels with a probability of at least 0.5, as 0/1 `[rows, columns]`. */
export function likelyLabels({ data }: Results): Uint8Array {
  return Uint8Array.from(data, (probability) => (probability >= 0.5 ? 1 : 0))
}

/** Share of the examples predicted right, from their classes, `[n]` each. */
export function accuracy(truth: Int32Array, predicted: Int32Array): number {
  return truth.reduce((right, label, index) => right + (label === predicted[index] ? 1 : 0), 0) / truth.length
}

/** Share of the examples of which every label was predicted right, from 0/1 `[n, labels]` each. */
export function subsetAccuracy(truth: Uint8Array, predicted: Uint8Array, labels: number): number {
  const examples = truth.length / labels
  let right = 0
  for (let start = 0; start < truth.length; start += labels) {
    const row = truth.subarray(start, start + labels)
    if (row.every((label, column) => label === predicted[start + column])) right++
  }
  return right / examples
}

/** Number of examples by true class (row) and predicted class (column). */
export function confusionMatrix(truth: Int32Array, predicted: Int32Array, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0))
  truth.forEach((label, index) => {
    const row = matrix[label]
    const column = predicted[index] as number
    if (row) row[column] = (row[column] as number) + 1
  })
  return matrix
}

/** The tally of one class per example. */
export function tallyClasses(truth: Int32Array, predicted: Int32Array, classes: number, weights?: Weights): ClassTally {
  const tally = emptyTally(classes)
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? (weights[i] as number) : 1
    const label = truth[i] as number
    const answer = predicted[i] as number
    add(tally.actual, label, weight)
    add(tally.predicted, answer, weight)
    if (label === answer) add(tally.truePositives, label, weight)
  }
  return tally
}

/** The tally of any number of labels per example, from 0/1 `[n, labels]` each. */
export function tallyLabels(truth: Uint8Array, predicted: Uint8Array, labels: number, weights?: Weights): ClassTally {
  const tally = emptyTally(labels)
  for (let i = 0; i < truth.length / labels; i++) {
    const weight = weights ? (weights[i] as number) : 1
    if (weight === 0) continue
    for (let label = 0; label < labels; label++) {
      const actual = truth[i * labels + label] === 1
      const answer = predicted[i * labels + label] === 1
      if (actual) add(tally.actual, label, weight)
      if (answer) add(tally.predicted, label, weight)
      if (actual && answer) add(tally.truePositives, label, weight)
    }
  }
  return tally
}

function emptyTally(classes: number): ClassTally {
  const zeros = (): Float64Array => new Float64Array(classes)
  return { truePositives: zeros(), actual: zeros(), predicted: zeros() }
}

function add(counts: Float64Array, index: number, weight: number): void {
  counts[index] = (counts[index] as number) + weight
}

/** Precision, recall, F1 and support of each class. */
export function classScores({ truePositives, actual, predicted }: ClassTally): ClassScore[] {
  return Array.from(truePositives, (hits, label) => ({
    precision: ratio(hits, predicted[label] as number),
    recall: ratio(hits, actual[label] as number),
    f1: ratio(2 * hits, (actual[label] as number) + (predicted[label] as number)),
    support: actual[label] as number,
  }))
}

/**
 * Mean F1 of the classes that occur in truth or predictions: scikit-learn's
 * `f1_score(average='macro', zero_division=0)`. A class that occurs in neither has no F1 and is left out.
 */
export function macroF1({ truePositives, actual, predicted }: ClassTally): number {
  let sum = 0
  let classes = 0
  for (let label = 0; label < truePositives.length; label++) {
    const either = (actual[label] as number) + (predicted[label] as number)
    if (either === 0) continue
    sum += (2 * (truePositives[label] as number)) / either
    classes++
  }
  return ratio(sum, classes)
}

/** F1 of all labels' decisions taken together: scikit-learn's `f1_score(average='micro', zero_division=0)`. */
export function microF1({ truePositives, actual, predicted }: ClassTally): number {
  const sum = (counts: Float64Array): number => counts.reduce((total, count) => total + count, 0)
  return ratio(2 * sum(truePositives), sum(actual) + sum(predicted))
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

/**
 * Loss -ln p(true class) of each example, `[n]`. As in scikit-learn's `log_loss`, probabilities are clipped to
 * [ε, 1 - ε], with ε the machine epsilon of their type, and then divided by their sum.
 */
export function logLosses(truth: Int32Array, { columns, data }: Results): Float64Array {
  const clip = clipFor(data)
  return Float64Array.from(truth, (label, row) => {
    let sum = 0
    for (let column = 0; column < columns; column++) sum += clip(data[row * columns + column] as number)
    return Math.log(sum / clip(data[row * columns + label] as number))
  })
}

/** Mean over the labels of -ln p(truth) of each example, `[n]`, from 0/1 truth `[n, labels]`; clipped likewise. */
export function binaryLogLosses(truth: Uint8Array, { rows, columns, data }: Results): Float64Array {
  const clip = clipFor(data)
  return Float64Array.from({ length: rows }, (_, row) => {
    let sum = 0
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const probability = clip(data[i] as number)
      sum -= Math.log(truth[i] === 1 ? probability : 1 - probability)
    }
    return sum / columns
  })
}

function clipFor(data: Float32Array | Float64Array): (probability: number) => number {
  const epsilon = data.BYTES_PER_ELEMENT === 4 ? 2 ** -23 : Number.EPSILON
  return (probability) => Math.min(Math.max(probability, epsilon), 1 - epsilon)
}

/** Mean of the values, each counted as often as its weight says. */
export function mean(values: Float64Array, weights?: Weights): number {
  let sum = 0
  let total = 0
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? (weights[i] as number) : 1
    sum += weight * (values[i] as number)
    total += weight
  }
  return sum / total
}

/** |truth - prediction| of each example; their mean is the MAE. */
export function absoluteErrors(truth: Float64Array, predicted: Float64Array): Float64Array {
  return truth.map((value, index) => Math.abs(value - (predicted[index] as number)))
}

/** (truth - prediction)² of each example; the root of their mean is the RMSE. */
export function squaredErrors(truth: Float64Array, predicted: Float64Array): Float64Array {
  return truth.map((value, index) => (value - (predicted[index] as number)) ** 2)
}

/**
 * Coefficient of determination, 1 - Σ(truth - prediction)² / Σ(truth - mean)²: 1 is perfect, 0 is no better than the
 * mean of the truth. As in scikit-learn's `r2_score`, where all truths are equal it is 1 if all predictions are right,
 * else 0.
 */
export function rSquared(truth: Float64Array, predicted: Float64Array, weights?: Weights): number {
  const center = mean(truth, weights)
  let residual = 0
  let spread = 0
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? (weights[i] as number) : 1
    residual += weight * ((truth[i] as number) - (predicted[i] as number)) ** 2
    spread += weight * ((truth[i] as number) - center) ** 2
  }
  if (spread === 0) return residual === 0 ? 1 : 0
  return 1 - residual / spread
}
