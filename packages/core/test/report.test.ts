import { describe, expect, it } from 'vitest'
import { dataset } from '../src/data/dataset.js'
import { DataError } from '../src/contract/errors.js'
import { formatReport } from '../src/evaluate/format-report.js'
import { encodeTargets } from '../src/head/head.js'
import { wilsonInterval } from '../src/evaluate/interval.js'
import type { Matrix } from '../src/contract/matrix.js'
import {
  type ClassificationReport,
  type MultiLabelReport,
  type RegressionReport,
  report,
  summarize,
} from '../src/evaluate/report.js'
import type { Target } from '../src/contract/target.js'

const matrix = (rows: readonly (readonly number[])[]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
})
const labeled = <Label extends Target>(...labels: Label[]): { input: number; label: Label }[] =>
  labels.map((label, input) => ({ input, label }))

/** Six examples of three classes; training had one 'a', three 'b' and none to spare of 'c'. */
function classification(): ClassificationReport {
  const labels = ['a', 'b', 'c']
  const targets = encodeTargets(['a', 'a', 'b', 'b', 'c', 'a'], labels)
  const results = matrix([
    [0.7, 0.2, 0.1],
    [0.2, 0.7, 0.1],
    [0.1, 0.8, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.6, 0.1],
    [0.9, 0.1, 0],
  ])
  const training = summarize(dataset(labeled<string>('b', 'a', 'b', 'c', 'b')))
  return report('classification', labels, targets, results, training, 1) as ClassificationReport
}

function multiLabel(): MultiLabelReport {
  const labels = ['x', 'y']
  const truth = [['x'], ['x', 'y'], [], ['y']]
  const results = matrix([
    [0.9, 0.1],
    [0.8, 0.4],
    [0.2, 0.3],
    [0.1, 0.6],
  ])
  const training = summarize(dataset<number, string[]>(labeled<string[]>(['x'], ['x', 'y'], ['x'], [])))
  return report('multi-label', labels, encodeTargets(truth, labels), results, training) as MultiLabelReport
}

function regression(): RegressionReport {
  const training = summarize(dataset(labeled(1, 2, 6)))
  const results = matrix([[2], [3], [5], [9]])
  return report('regression', [], encodeTargets([1, 3, 5, 7], []), results, training) as RegressionReport
}

describe('summarize', () => {
  it('keeps what the baseline needs', () => {
    expect(summarize(dataset(labeled<string>('b', 'a', 'b')))).toEqual({ examples: 3, totals: [1, 2] })
    expect(summarize(dataset(labeled<string[]>(['b', 'a'], [], ['b'])))).toEqual({ examples: 3, totals: [1, 2] })
    expect(summarize(dataset(labeled(1, 2.5)))).toEqual({ examples: 2, totals: [3.5] })
  })
})

describe('classification report', () => {
  const result = classification()

  it('has exactly the documented fields, in JSON', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
    expect(Object.keys(result)).toEqual([
      'kind',
      'examples',
      'accuracy',
      'macroF1',
      'logLoss',
      'calibrationError',
      'baseline',
      'intervals',
      'perClass',
      'confusion',
    ])
    const figures = ['accuracy', 'macroF1', 'logLoss', 'calibrationError']
    expect(Object.keys(result.baseline)).toEqual(['method', 'label', ...figures])
    expect(Object.keys(result.intervals)).toEqual(figures)
    expect(Object.keys(result.perClass[0] ?? {})).toEqual(['label', 'precision', 'recall', 'f1', 'support'])
  })

  it('measures the model', () => {
    expect(result.examples).toBe(6)
    expect(result.accuracy).toBeCloseTo(4 / 6, 12)
    // F1 of a: 2·2/(3+2), of b: 2·2/(2+4), of c: 0.
    expect(result.macroF1).toBeCloseTo((4 / 5 + 4 / 6 + 0) / 3, 12)
    const logs = [0.7, 0.2, 0.8, 0.8, 0.1, 0.9].map((probability) => -Math.log(probability))
    expect(result.logLoss).toBeCloseTo(logs.reduce((sum, log) => sum + log) / 6, 6)
    // By bin: 0.6 wrong; 0.7 one right of two; 0.8 both right; 0.9 right.
    expect(result.calibrationError).toBeCloseTo((0.6 + (1.4 - 1) + (2 - 1.6) + (1 - 0.9)) / 6, 6)
    expect(result.perClass[2]).toEqual({ label: 'c', precision: 0, recall: 0, f1: 0, support: 1 })
    const matrix = [
      [2, 1, 0],
      [0, 2, 0],
      [0, 1, 0],
    ]
    expect(result.confusion).toEqual({ labels: ['a', 'b', 'c'], matrix })
  })

  it('measures the majority class on the same examples', () => {
    const { baseline } = result
    expect(baseline).toMatchObject({ method: 'majority-class', label: 'b' })
    expect(baseline.accuracy).toBeCloseTo(2 / 6, 12)
    expect(baseline.macroF1).toBeCloseTo((2 * 2) / (2 + 6) / 3, 12)
    // Add-one smoothed: (1+1, 3+1, 1+1) / (5+3).
    expect(baseline.logLoss).toBeCloseTo((4 * Math.log(4) + 2 * Math.log(2)) / 6, 12)
    expect(baseline.calibrationError).toBeCloseTo(1 / 2 - 2 / 6, 12)
  })

  it('gives each figure an interval around it, the same for the same seed', () => {
    expect(result.intervals.accuracy).toEqual(wilsonInterval(4 / 6, 6))
    for (const name of ['accuracy', 'macroF1', 'logLoss', 'calibrationError'] as const) {
      const [low, high] = result.intervals[name]
      expect(low).toBeLessThanOrEqual(result[name])
      expect(high).toBeGreaterThanOrEqual(result[name])
    }
    expect(classification()).toEqual(result)
  })
})

describe('multi-label report', () => {
  const result = multiLabel()

  it('measures the model and the label frequencies', () => {
    expect(result).toMatchObject({ kind: 'multi-label', examples: 4, accuracy: 3 / 4 })
    expect(result.macroF1).toBeCloseTo((1 + 2 / 3) / 2, 12)
    expect(result.microF1).toBeCloseTo((2 * 3) / (4 + 3), 12)
    const truths = [0.9, 0.9, 0.8, 0.4, 0.8, 0.7, 0.9, 0.6]
    expect(result.logLoss).toBeCloseTo(truths.reduce((sum, p) => sum - Math.log(p), 0) / 8, 6)
    // Frequencies, smoothed: x (3+1)/(4+2), y (1+1)/(4+2); so 'x' is always the answer.
    expect(result.baseline).toMatchObject({ method: 'label-frequencies', accuracy: 1 / 4 })
    expect(result.baseline.macroF1).toBeCloseTo((2 * 2) / (2 + 4) / 2, 12)
    expect(result.baseline.microF1).toBeCloseTo((2 * 2) / (4 + 4), 12)
    expect(result.baseline.logLoss).toBeCloseTo((4 * Math.log(3 / 2) + 4 * Math.log(3)) / 8, 12)
    expect(result.perClass).toHaveLength(2)
    expect(Object.keys(result.intervals)).toEqual(['accuracy', 'macroF1', 'microF1', 'logLoss'])
  })
})

describe('regression report', () => {
  it('measures the model and the training mean', () => {
    const result = regression()
    expect(result).toMatchObject({ kind: 'regression', examples: 4, mae: 3 / 4, r2: 1 - 5 / 20 })
    expect(result.rmse).toBeCloseTo(Math.sqrt(5 / 4), 12)
    expect(result.baseline).toMatchObject({ method: 'training-mean', value: 3, mae: 2, r2: 1 - 24 / 20 })
    expect(result.baseline.rmse).toBeCloseTo(Math.sqrt(6), 12)
    expect(Object.keys(result.intervals)).toEqual(['mae', 'rmse', 'r2'])
  })
})

describe('what cannot be measured', () => {
  it('refuses no examples and results that are not finite', () => {
    const training = { examples: 2, totals: [1, 1] }
    const none = matrix([])
    expect(() => report('classification', ['a', 'b'], none, none, training)).toThrow(DataError)
    const labels = ['a', 'b']
    const broken = matrix([
      [1, 0],
      [0, Number.NaN],
    ])
    expect(() => report('classification', labels, encodeTargets(labels, labels), broken, training)).toThrow(
      'report: expected finite results, got NaN for example 2.',
    )
  })
})

describe('formatReport', () => {
  it('shows figures, classes and confusion of a classification', () => {
    const result = classification()
    const intervals = {
      accuracy: [0.3, 0.9],
      macroF1: [0.2, 0.8],
      logLoss: [0.3, 1.5],
      calibrationError: [0.1, 0.4],
    } as const
    expect(formatReport({ ...result, intervals })).toBe(
      [
        '6 examples         model   95 % interval  baseline',
        'accuracy           0.667  0.300 to 0.900     0.333',
        'macro-F1           0.489  0.200 to 0.800     0.167',
        'log-loss           0.803  0.300 to 1.500     1.155',
        'calibration error  0.250  0.100 to 0.400     0.167',
        'Baseline: always "b", the most frequent class of the training data.',
        '',
        'class  precision  recall     F1  examples',
        'a          1.000   0.667  0.800         3',
        'b          0.500   1.000  0.667         2',
        'c          0.000   0.000  0.000         1',
        '',
        'truth \\ predicted  a  b  c',
        'a                  2  1  0',
        'b                  0  2  0',
        'c                  0  1  0',
      ].join('\n'),
    )
  })

  it('leaves out the confusion of more than 12 classes and cuts long labels', () => {
    const labels = Array.from({ length: 13 }, (_, index) => `class \u001b[31m${'😀'.repeat(30)}${index}`)
    const targets = encodeTargets(labels, labels)
    const training = { examples: 13, totals: labels.map(() => 1) }
    const text = formatReport(report('classification', labels, targets, targets, training))
    expect(text).not.toContain('truth')
    expect(text).not.toContain('\u001b')
    expect(text).toContain(`class  [31m${'😀'.repeat(12)}…`)
  })

  it('shows the other tasks', () => {
    expect(formatReport(multiLabel())).toContain("Baseline: each label's frequency in the training data.")
    expect(formatReport(multiLabel())).toMatch(/^micro-F1 +0\.857 /m)
    expect(formatReport(regression())).toContain('Baseline: always 3, the mean of the training data.')
    expect(formatReport(regression())).toMatch(/^root mean squared error +1\.118 .* 2\.449$/m)
    expect(formatReport(regression()).split('\n')).toHaveLength(5)
  })
})
