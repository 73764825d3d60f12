import { calibrationError, confidences } from './calibration.js'
import type { Dataset } from '../data/dataset.js'
import { DataError } from '../contract/errors.js'
import { bootstrapIntervals, type Figures, type Interval, wilsonInterval } from './interval.js'
import type { Matrix } from '../contract/matrix.js'
import {
  absoluteErrors,
  accuracy,
  binaryLogLosses,
  type ClassScore,
  type ClassTally,
  classScores,
  confusionMatrix,
  likelyLabels,
  logLosses,
  macroF1,
  mean,
  microF1,
  type Results,
  rSquared,
  squaredErrors,
  subsetAccuracy,
  tallyClasses,
  tallyLabels,
  topClasses,
} from './metrics.js'
import type { Target, Kind, KindOf } from '../contract/target.js'

/** Headline figures of each task. Errors, losses and calibration error: lower is better; the others: higher. */
export interface ClassificationFigures {
  /** Share of right answers. */
  readonly accuracy: number
  readonly macroF1: number
  /** Mean of -ln p(true class). */
  readonly logLoss: number
  /** Expected calibration error of the most probable class. */
  readonly calibrationError: number
}
export interface MultiLabelFigures {
  /** Share of the examples with every label right (subset accuracy). */
  readonly accuracy: number
  readonly macroF1: number
  readonly microF1: number
  /** Mean of -ln p(truth) over examples and labels. */
  readonly logLoss: number
}
export interface RegressionFigures {
  /** Mean absolute error, in units of the target. */
  readonly mae: number
  /** Root of the mean squared error, in units of the target. */
  readonly rmse: number
  /** Coefficient of determination. */
  readonly r2: number
}

/** 95 % interval of each figure: Wilson's for accuracy, bootstrap for the others. */
export type IntervalsOf<F> = { readonly [Name in keyof F]: Interval }

/** Precision, recall, F1 and support of one class or label. */
export interface LabeledScore extends ClassScore {
  readonly label: string
}

export interface ClassificationReport extends ClassificationFigures {
  readonly kind: 'classification'
  readonly examples: number
  /** Always answers the most frequent class of the training data, with the training frequencies as probabilities. */
  readonly baseline: { readonly method: 'majority-class'; readonly label: string } & ClassificationFigures
  readonly intervals: IntervalsOf<ClassificationFigures>
  readonly perClass: readonly LabeledScore[]
  /** Number of examples; rows: true class, columns: predicted class. */
  readonly confusion: { readonly labels: readonly string[]; readonly matrix: readonly (readonly number[])[] }
}

export interface MultiLabelReport extends MultiLabelFigures {
  readonly kind: 'multi-label'
  readonly examples: number
  /** Answers each label's frequency in the training data as its probability. */
  readonly baseline: { readonly method: 'label-frequencies' } & MultiLabelFigures
  readonly intervals: IntervalsOf<MultiLabelFigures>
  readonly perClass: readonly LabeledScore[]
}

export interface RegressionReport extends RegressionFigures {
  readonly kind: 'regression'
  readonly examples: number
  /** Always answers the mean of the training data. */
  readonly baseline: { readonly method: 'training-mean'; readonly value: number } & RegressionFigures
  readonly intervals: IntervalsOf<RegressionFigures>
}

/** How good a model is on examples it was not trained on, beside the naive baseline. Plain JSON. */
export type Report = ClassificationReport | MultiLabelReport | RegressionReport

/** The report that goes with a label type. */
export type ReportOf<Label extends Target> = Extract<Report, { readonly kind: KindOf<Label> }>

/** What the training targets looked like: all that the naive baseline knows. Plain JSON. */
export interface TrainingSummary {
  readonly examples: number
  /** Sum of each column of the encoded targets: the examples of each class or label, or the sum of the numbers. */
  readonly totals: readonly number[]
}

/** The summary of training data, from which the naive baseline answers. */
export function summarize(train: Dataset<unknown, Target>): TrainingSummary {
  const numbers = train.targets.filter((target) => typeof target === 'number')
  const sum = numbers.reduce((total, number) => total + number, 0)
  return { examples: train.size, totals: train.kind === 'regression' ? [sum] : [...train.classCounts().values()] }
}

/**
 * Measures results against the truth.
 *
 * @param labels - class or label names in the order of the columns; empty for regression
 * @param targets - the truth, `[n, labels]` (see `encodeTargets`) or `[n, 1]`
 * @param results - the head's results, of the same shape
 * @param training - summary of the data that the model was trained on, with the same columns
 * @param seed - of the bootstrap intervals
 * @throws DataError where there are no examples or a result is not finite
 */
export function report(
  kind: Kind,
  labels: readonly string[],
  targets: Matrix,
  results: Matrix,
  training: TrainingSummary,
  seed = 0,
): Report {
  if (targets.rows === 0) {
    throw new DataError('report', 'at least one example to measure on', 'none', 'Add labeled examples.')
  }
  const broken = results.data.findIndex((result) => !Number.isFinite(result))
  if (broken >= 0) {
    const got = `${results.data[broken]} for example ${Math.floor(broken / results.columns) + 1}`
    throw new DataError('report', 'finite results', got, 'Look for extreme values in its input, or train again.')
  }
  const build = { classification: classificationReport, 'multi-label': multiLabelReport, regression: regressionReport }
  return build[kind]({ labels, targets, results, training, seed })
}

interface Measurement {
  readonly labels: readonly string[]
  readonly targets: Matrix
  readonly results: Matrix
  readonly training: TrainingSummary
  readonly seed: number
}

function classificationReport({ labels, targets, results, training, seed }: Measurement): ClassificationReport {
  const truth = topClasses(targets)
  const predicted = topClasses(results)
  // Add-one smoothing, for a class that training did not have would cost an infinite loss.
  const frequencies = training.totals.map((count) => (count + 1) / (training.examples + labels.length))
  const constant = repeated(frequencies, truth.length)
  const figures = classificationFigures(truth, results)
  const right = accuracy(truth, predicted)
  return {
    kind: 'classification',
    examples: truth.length,
    accuracy: right,
    ...valuesOf(figures),
    baseline: {
      method: 'majority-class',
      label: labels[frequencies.indexOf(Math.max(...frequencies))] ?? '',
      accuracy: accuracy(truth, topClasses(constant)),
      ...valuesOf(classificationFigures(truth, constant)),
    },
    intervals: {
      accuracy: wilsonInterval(right, truth.length),
      ...bootstrapIntervals(truth.length, figures, { seed }),
    },
    perClass: labeledScores(labels, tallyClasses(truth, predicted, labels.length)),
    confusion: { labels, matrix: confusionMatrix(truth, predicted, labels.length) },
  }
}

/** All figures but accuracy, ready for the bootstrap. */
function classificationFigures(
  truth: Int32Array,
  probabilities: Results,
): Figures<'macroF1' | 'logLoss' | 'calibrationError'> {
  const predicted = topClasses(probabilities)
  const losses = logLosses(truth, probabilities)
  const confident = confidences(truth, probabilities)
  return {
    macroF1: (weights) => macroF1(tallyClasses(truth, predicted, probabilities.columns, weights)),
    logLoss: (weights) => mean(losses, weights),
    calibrationError: (weights) => calibrationError(confident, weights),
  }
}

function multiLabelReport({ labels, targets, results, training, seed }: Measurement): MultiLabelReport {
  const truth = likelyLabels(targets)
  const predicted = likelyLabels(results)
  const frequencies = training.totals.map((count) => (count + 1) / (training.examples + 2))
  const constant = repeated(frequencies, targets.rows)
  const figures = multiLabelFigures(truth, results)
  const right = subsetAccuracy(truth, predicted, labels.length)
  return {
    kind: 'multi-label',
    examples: targets.rows,
    accuracy: right,
    ...valuesOf(figures),
    baseline: {
      method: 'label-frequencies',
      accuracy: subsetAccuracy(truth, likelyLabels(constant), labels.length),
      ...valuesOf(multiLabelFigures(truth, constant)),
    },
    intervals: {
      accuracy: wilsonInterval(right, targets.rows),
      ...bootstrapIntervals(targets.rows, figures, { seed }),
    },
    perClass: labeledScores(labels, tallyLabels(truth, predicted, labels.length)),
  }
}

/** All figures but accuracy, ready for the bootstrap. */
function multiLabelFigures(truth: Uint8Array, probabilities: Results): Figures<'macroF1' | 'microF1' | 'logLoss'> {
  const predicted = likelyLabels(probabilities)
  const losses = binaryLogLosses(truth, probabilities)
  const labels = probabilities.columns
  return {
    macroF1: (weights) => macroF1(tallyLabels(truth, predicted, labels, weights)),
    microF1: (weights) => microF1(tallyLabels(truth, predicted, labels, weights)),
    logLoss: (weights) => mean(losses, weights),
  }
}

function regressionReport({ targets, results, training, seed }: Measurement): RegressionReport {
  const truth = Float64Array.from(targets.data)
  const value = (training.totals[0] ?? 0) / training.examples
  const figures = regressionFigures(truth, Float64Array.from(results.data))
  const constant = new Float64Array(truth.length).fill(value)
  return {
    kind: 'regression',
    examples: truth.length,
    ...valuesOf(figures),
    baseline: { method: 'training-mean', value, ...valuesOf(regressionFigures(truth, constant)) },
    intervals: bootstrapIntervals(truth.length, figures, { seed }),
  }
}

function regressionFigures(truth: Float64Array, predicted: Float64Array): Figures<'mae' | 'rmse' | 'r2'> {
  const absolute = absoluteErrors(truth, predicted)
  const squared = squaredErrors(truth, predicted)
  return {
    mae: (weights) => mean(absolute, weights),
    rmse: (weights) => Math.sqrt(mean(squared, weights)),
    r2: (weights) => rSquared(truth, predicted, weights),
  }
}

function valuesOf<Name extends string>(figures: Figures<Name>): Record<Name, number> {
  const names = Object.keys(figures) as Name[]
  return Object.fromEntries(names.map((name) => [name, figures[name]()])) as Record<Name, number>
}

function labeledScores(labels: readonly string[], tally: ClassTally): LabeledScore[] {
  return classScores(tally).map((score, index) => ({ label: labels[index] ?? '', ...score }))
}

/** The same answer for every example. */
function repeated(answer: readonly number[], rows: number): Results {
  const data = new Float64Array(rows * answer.length)
  for (let row = 0; row < rows; row++) data.set(answer, row * answer.length)
  return { rows, columns: answer.length, data }
}
