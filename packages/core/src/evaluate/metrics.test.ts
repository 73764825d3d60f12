import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { calibrationBins, calibrationError, confidences } from './calibration.js'
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

interface ClassificationFixture {
  readonly truth: number[]
  readonly probabilities: number[][]
  readonly weights: number[]
  readonly accuracy: number
  readonly macroF1: number
  readonly weightedMacroF1: number
  readonly logLoss: number
  readonly weightedLogLoss: number
  readonly logLossOfFloat32: number
  readonly perClass: ClassScore[]
  readonly confusion: number[][]
  readonly calibrationError: number
  readonly weightedCalibrationError: number
  readonly bins: { count: number; confidence: number; accuracy: number }[]
}
interface MultiLabelFixture {
  readonly truth: number[][]
  readonly probabilities: number[][]
  readonly weights: number[]
  readonly accuracy: number
  readonly macroF1: number
  readonly weightedMacroF1: number
  readonly microF1: number
  readonly weightedMicroF1: number
  readonly logLoss: number
  readonly perClass: ClassScore[]
}
interface RegressionFixture {
  readonly truth: number[]
  readonly predicted: number[]
  readonly weights: number[]
  readonly mae: number
  readonly rmse: number
  readonly r2: number
  readonly weightedR2: number
}
const fixture = JSON.parse(readFileSync(new URL('../../test/fixtures/metrics.json', import.meta.url), 'utf8')) as {
  oddClasses: ClassificationFixture
  binary: ClassificationFixture
  multiLabel: MultiLabelFixture
  regression: RegressionFixture
}

const double = (rows: number[][]): Results => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float64Array.from(rows.flat()),
})
const single = (rows: number[][]): Results => ({ ...double(rows), data: Float32Array.from(rows.flat()) })

function expectScores(tally: ClassTally, expected: readonly ClassScore[]): void {
  const numbers = (scores: readonly ClassScore[]): number[] =>
    scores.flatMap(({ precision, recall, f1, support }) => [precision, recall, f1, support])
  const scores = classScores(tally)
  expect(scores).toHaveLength(expected.length)
  numbers(scores).forEach((number, index) => expect(number).toBeCloseTo(numbers(expected)[index] as number, 12))
}

describe.each([
  ['several classes, one never true, one never predicted, one neither', fixture.oddClasses],
  ['two classes', fixture.binary],
])('classification as scikit-learn: %s', (_, expected) => {
  const truth = Int32Array.from(expected.truth)
  const probabilities = double(expected.probabilities)
  const weights = Uint32Array.from(expected.weights)
  const predicted = topClasses(probabilities)
  const classes = probabilities.columns

  it('accuracy, precision, recall, F1 and confusion', () => {
    expect(accuracy(truth, predicted)).toBeCloseTo(expected.accuracy, 12)
    expect(confusionMatrix(truth, predicted, classes)).toEqual(expected.confusion)
    expectScores(tallyClasses(truth, predicted, classes), expected.perClass)
    expect(macroF1(tallyClasses(truth, predicted, classes))).toBeCloseTo(expected.macroF1, 12)
    expect(macroF1(tallyClasses(truth, predicted, classes, weights))).toBeCloseTo(expected.weightedMacroF1, 12)
  })

  it('log-loss, clipped by the precision of the probabilities', () => {
    const losses = logLosses(truth, probabilities)
    expect(mean(losses)).toBeCloseTo(expected.logLoss, 10)
    expect(mean(losses, weights)).toBeCloseTo(expected.weightedLogLoss, 10)
    expect(mean(logLosses(truth, single(expected.probabilities)))).toBeCloseTo(expected.logLossOfFloat32, 5)
  })

  it('calibration error and bins', () => {
    const confident = confidences(truth, probabilities)
    expect(calibrationError(confident)).toBeCloseTo(expected.calibrationError, 12)
    expect(calibrationError(confident, weights)).toBeCloseTo(expected.weightedCalibrationError, 12)
    const bins = calibrationBins(confident)
    expect(bins.map((bin) => bin.count)).toEqual(expected.bins.map((bin) => bin.count))
    bins.forEach((bin, m) => {
      expect(bin.above).toBeCloseTo(m / 15, 12)
      expect(bin.upTo).toBeCloseTo((m + 1) / 15, 12)
      expect(bin.confidence).toBeCloseTo(expected.bins[m]?.confidence as number, 12)
      expect(bin.accuracy).toBeCloseTo(expected.bins[m]?.accuracy as number, 12)
    })
  })
})

describe('multi-label as scikit-learn', () => {
  const expected = fixture.multiLabel
  const truth = Uint8Array.from(expected.truth.flat())
  const probabilities = double(expected.probabilities)
  const predicted = likelyLabels(probabilities)
  const weights = Uint32Array.from(expected.weights)

  it('subset accuracy, precision, recall, macro- and micro-F1', () => {
    const tally = tallyLabels(truth, predicted, 6)
    const weighted = tallyLabels(truth, predicted, 6, weights)
    expect(subsetAccuracy(truth, predicted, 6)).toBeCloseTo(expected.accuracy, 12)
    expectScores(tally, expected.perClass)
    expect(macroF1(tally)).toBeCloseTo(expected.macroF1, 12)
    expect(macroF1(weighted)).toBeCloseTo(expected.weightedMacroF1, 12)
    expect(microF1(tally)).toBeCloseTo(expected.microF1, 12)
    expect(microF1(weighted)).toBeCloseTo(expected.weightedMicroF1, 12)
  })

  it('log-loss', () => {
    expect(mean(binaryLogLosses(truth, probabilities))).toBeCloseTo(expected.logLoss, 10)
  })
})

describe('regression as scikit-learn', () => {
  const expected = fixture.regression
  const truth = Float64Array.from(expected.truth)
  const predicted = Float64Array.from(expected.predicted)

  it('MAE, RMSE and R²', () => {
    expect(mean(absoluteErrors(truth, predicted))).toBeCloseTo(expected.mae, 10)
    expect(Math.sqrt(mean(squaredErrors(truth, predicted)))).toBeCloseTo(expected.rmse, 10)
    expect(rSquared(truth, predicted)).toBeCloseTo(expected.r2, 10)
    expect(rSquared(truth, predicted, Uint32Array.from(expected.weights))).toBeCloseTo(expected.weightedR2, 10)
  })

  it('R² of equal truths is 1 where all predictions are right, else 0', () => {
    expect(rSquared(Float64Array.of(2, 2), Float64Array.of(2, 2))).toBe(1)
    expect(rSquared(Float64Array.of(2, 2), Float64Array.of(2, 3))).toBe(0)
  })
})

describe('edges', () => {
  it('takes the first of equal classes and labels from 0.5', () => {
    expect([
      ...topClasses(
        double([
          [0.2, 0.4, 0.4],
          [0.5, 0.5, 0],
        ]),
      ),
    ]).toEqual([1, 0])
    expect([...likelyLabels(single([[0.5, 0.4999, 0, 1]]))]).toEqual([1, 0, 0, 1])
  })

  it('puts confidences of 0 and 1 into the first and the last bin, and a border into the lower bin', () => {
    const borders = double([[0], [1 / 15], [0.2], [1]])
    expect([...confidences(new Int32Array(4), borders).bin]).toEqual([0, 0, 2, 14])
  })

  it('has a macro- and micro-F1 of 0 where no label occurs', () => {
    const tally = tallyLabels(new Uint8Array(4), new Uint8Array(4), 2)
    expect(macroF1(tally)).toBe(0)
    expect(microF1(tally)).toBe(0)
    expect(subsetAccuracy(new Uint8Array(4), new Uint8Array(4), 2)).toBe(1)
  })
})
