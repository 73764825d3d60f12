import { counted } from '../kit/counted.js'
import type { ClassificationReport, LabeledScore, Report } from './report.js'
import { textTable } from '../kit/text-table.js'

/** With more classes than this the confusion matrix would not fit on a screen. */
const largestMatrix = 12

/**
 * A report as a table of plain text: headline figures, each with its 95 % interval and the baseline beside it, then
 * the classes, then the confusion matrix where there are 12 classes or fewer.
 */
export function formatReport(report: Report): string {
  const sections = [headline(report)]
  if (report.kind !== 'regression') sections.push(perClass(report.perClass))
  if (report.kind === 'classification' && report.confusion.labels.length <= largestMatrix) {
    sections.push(confusion(report.confusion))
  }
  return sections.join('\n\n')
}

interface Row {
  readonly name: string
  readonly value: number
  readonly interval: readonly [number, number]
  readonly baseline: number
}

function headline(report: Report): string {
  const format = report.kind === 'regression' ? significant : share
  const rows = figureRows(report).map(({ name, value, interval, baseline }) => [
    name,
    format(value),
    interval.map(format).join(' to '),
    format(baseline),
  ])
  const examples = counted(report.examples, 'example')
  return `${textTable([[examples, 'model', '95 % interval', 'baseline'], ...rows])}\nBaseline: ${baselineOf(report)}.`
}

/** The headline figures of a report, each with its interval and the baseline. */
export function figureRows(report: Report): Row[] {
  switch (report.kind) {
    case 'classification':
      return rowsOf(report, {
        accuracy: 'accuracy',
        macroF1: 'macro-F1',
        logLoss: 'log-loss',
        calibrationError: 'calibration error',
      })
    case 'multi-label':
      return rowsOf(report, {
        accuracy: 'accuracy, all labels',
        macroF1: 'macro-F1',
        microF1: 'micro-F1',
        logLoss: 'log-loss',
      })
    case 'regression':
      return rowsOf(report, { mae: 'mean absolute error', rmse: 'root mean squared error', r2: 'R²' })
  }
}

function rowsOf<Name extends string>(
  report: Readonly<Record<NoInfer<Name>, number>> & {
    readonly intervals: Readonly<Record<NoInfer<Name>, readonly [number, number]>>
    readonly baseline: Readonly<Record<NoInfer<Name>, number>>
  },
  names: Readonly<Record<Name, string>>,
): Row[] {
  return (Object.keys(names) as Name[]).map((figure) => ({
    name: names[figure],
    value: report[figure],
    interval: report.intervals[figure],
    baseline: report.baseline[figure],
  }))
}

/** What the baseline answers, in words. */
export function baselineOf({ baseline }: Report): string {
  switch (baseline.method) {
    case 'majority-class':
      return `always "${shown(baseline.label)}", the most frequent class of the training data`
    case 'label-frequencies':
      return "each label's frequency in the training data"
    case 'training-mean':
      return `always ${significant(baseline.value)}, the mean of the training data`
  }
}

function perClass(scores: readonly LabeledScore[]): string {
  return textTable([
    ['class', 'precision', 'recall', 'F1', 'examples'],
    ...scores.map(({ label, precision, recall, f1, support }) => [
      shown(label),
      ...[precision, recall, f1].map(share),
      String(support),
    ]),
  ])
}

function confusion({ labels, matrix }: ClassificationReport['confusion']): string {
  return textTable([
    ['truth \\ predicted', ...labels.map(shown)],
    ...matrix.map((row, index) => [shown(labels[index] ?? ''), ...row.map(String)]),
  ])
}

/** A label short enough for a column, and without control characters, which a terminal would obey. */
function shown(label: string): string {
  const characters = [...label.replace(/\p{Cc}/gu, ' ')]
  return characters.length > 24 ? `${characters.slice(0, 23).join('')}…` : characters.join('')
}

function share(value: number): string {
  return value.toFixed(3)
}

/** Four significant digits, for figures in units of the target. */
function significant(value: number): string {
  return String(Number(value.toPrecision(4)))
}
