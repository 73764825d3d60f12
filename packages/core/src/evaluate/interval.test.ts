import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { calibrationError, confidences } from './calibration.js'
import { bootstrapIntervals, wilsonInterval } from './interval.js'
import { logLosses, macroF1, mean, tallyClasses, topClasses } from './metrics.js'
import { random } from '../kit/random.js'

const fixture = JSON.parse(readFileSync(new URL('../../test/fixtures/metrics.json', import.meta.url), 'utf8')) as {
  wilson: { successes: number; trials: number; low: number; high: number }[]
  binary: { truth: number[]; probabilities: number[][]; bootstrap: Record<'logLoss' | 'macroF1', [number, number]> }
}

describe('wilsonInterval', () => {
  it.each(fixture.wilson)('$successes of $trials as SciPy', ({ successes, trials, low, high }) => {
    const interval = wilsonInterval(successes / trials, trials)
    expect(interval[0]).toBeCloseTo(low, 12)
    expect(interval[1]).toBeCloseTo(high, 12)
  })

  it('has exact ends at 0 and 1', () => {
    for (const trials of [1, 3, 7, 49, 1000]) {
      expect(wilsonInterval(0, trials)[0]).toBe(0)
      expect(wilsonInterval(1, trials)[1]).toBe(1)
    }
  })
})

describe('bootstrapIntervals', () => {
  const truth = Int32Array.from(fixture.binary.truth)
  const probabilities = { rows: truth.length, columns: 2, data: Float64Array.from(fixture.binary.probabilities.flat()) }
  const predicted = topClasses(probabilities)
  const losses = logLosses(truth, probabilities)
  const confident = confidences(truth, probabilities)
  const figures = {
    logLoss: (weights?: Uint32Array) => mean(losses, weights),
    macroF1: (weights?: Uint32Array) => macroF1(tallyClasses(truth, predicted, 2, weights)),
  }

  it('comes close to the intervals of 20,000 resamples by NumPy', () => {
    const intervals = bootstrapIntervals(truth.length, figures, { seed: 1 })
    for (const name of ['logLoss', 'macroF1'] as const) {
      const [low, high] = fixture.binary.bootstrap[name]
      // An end of 1,000 resamples has a standard error of about 2 % of the width.
      expect(Math.abs(intervals[name][0] - low)).toBeLessThan(0.08 * (high - low))
      expect(Math.abs(intervals[name][1] - high)).toBeLessThan(0.08 * (high - low))
    }
  })

  it('repeats with the seed and changes with it', () => {
    const intervals = bootstrapIntervals(truth.length, figures, { seed: 4 })
    expect(bootstrapIntervals(truth.length, figures, { seed: 4 })).toEqual(intervals)
    expect(bootstrapIntervals(truth.length, figures, { seed: 5 })).not.toEqual(intervals)
  })

  it('contains the figure itself, even one that resampling can only raise', () => {
    const error = calibrationError(confident)
    for (let examples = 1; examples < 40; examples += 3) {
      const few = {
        confidence: new Float64Array(examples).fill(0.5),
        right: Uint8Array.from({ length: examples }, (_, index) => index % 2),
        bin: new Uint8Array(examples).fill(7),
      }
      const calibration = (weights?: Uint32Array): number => calibrationError(few, weights)
      const [low, high] = bootstrapIntervals(examples, { calibration }, { resamples: 50 }).calibration
      expect(low).toBeLessThanOrEqual(calibration())
      expect(high).toBeGreaterThanOrEqual(calibration())
    }
    const [low, high] = bootstrapIntervals(truth.length, { error: (w) => calibrationError(confident, w) }).error
    expect(low).toBeLessThanOrEqual(error)
    expect(high).toBeGreaterThan(error)
  })

  it('covers the truth about as often as it says', () => {
    // Means of 80 exponential variates, whose expectation is 1: skewed, as losses are.
    const { uniform } = random(11)
    const trials = 300
    let covered = 0
    for (let trial = 0; trial < trials; trial++) {
      const values = Float64Array.from({ length: 80 }, () => -Math.log(1 - uniform()))
      const figure = (weights?: Uint32Array): number => mean(values, weights)
      const [low, high] = bootstrapIntervals(80, { figure }, { seed: trial, resamples: 400 }).figure
      if (low <= 1 && 1 <= high) covered++
    }
    expect(covered / trials).toBeGreaterThan(0.9)
    expect(covered / trials).toBeLessThan(0.98)
  })

  it('covers the true macro-F1 about as often as it says', () => {
    // Both classes equally frequent, each answered right with probability 0.8: precision, recall and F1 are all 0.8.
    const { uniform } = random(12)
    const trials = 200
    let covered = 0
    for (let trial = 0; trial < trials; trial++) {
      const labels = Int32Array.from({ length: 150 }, () => (uniform() < 0.5 ? 1 : 0))
      const answers = labels.map((label) => (uniform() < 0.8 ? label : 1 - label))
      const figure = (weights?: Uint32Array): number => macroF1(tallyClasses(labels, answers, 2, weights))
      const [low, high] = bootstrapIntervals(150, { figure }, { seed: trial, resamples: 300 }).figure
      if (low <= 0.8 && 0.8 <= high) covered++
    }
    expect(covered / trials).toBeGreaterThan(0.9)
    expect(covered / trials).toBeLessThan(0.99)
  })
})
