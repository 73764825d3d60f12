import '@headstart/onnx/test'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  averagePrecision,
  chooseThreshold,
  type DetectionFigures,
  type Detections,
  reportDetection,
} from './detection.js'
import { OptionError } from '../contract/errors.js'

interface Case extends Detections, DetectionFigures {
  readonly threshold: number
  readonly bestF1: number
}
const cases = JSON.parse(readFileSync(new URL('../../test/fixtures/detection.json', import.meta.url), 'utf8')) as Case[]
const perfect = { scores: [0.9, 0.8, 0.2, 0.1], truth: [true, true, false, false] }

describe('reportDetection', () => {
  it.each(cases)('gives the figures of scikit-learn, case %#', ({ scores, truth, threshold, ...expected }) => {
    const report = reportDetection({ scores, truth }, threshold)
    for (const name of ['precision', 'recall', 'f1', 'averagePrecision'] as const) {
      expect([report[name]], name).toBeAllclose([expected[name]], { rtol: 1e-12 })
      const [low, high] = report.intervals[name]
      expect(low).toBeLessThanOrEqual(report[name])
      expect(high).toBeGreaterThanOrEqual(report[name])
      expect(high).toBeGreaterThan(low)
    }
    expect(report).toMatchObject({ examples: truth.length, positives: truth.filter(Boolean).length, threshold })
    expect(averagePrecision({ scores, truth })).toBe(report.averagePrecision)
  })

  it('stands beside a detector that finds everything', () => {
    const { baseline } = reportDetection({ scores: [0.9, 0.2, 0.3, 0.4], truth: [true, false, false, false] }, 0.5)
    expect(baseline).toEqual({ precision: 0.25, recall: 1, f1: 0.4, averagePrecision: 0.25 })
  })

  it('is 1 throughout for a perfect detector, and 0 where nothing is found', () => {
    expect(reportDetection(perfect, 0.5)).toMatchObject({ precision: 1, recall: 1, f1: 1, averagePrecision: 1 })
    expect(reportDetection(perfect, 0.95)).toMatchObject({ precision: 0, recall: 0, f1: 0, averagePrecision: 1 })
  })

  it('gives the same intervals for the same seed', () => {
    const [one] = cases as [Case]
    expect(reportDetection(one, 0.5, 3)).toEqual(reportDetection(one, 0.5, 3))
    expect(reportDetection(one, 0.5, 3).intervals).not.toEqual(reportDetection(one, 0.5, 4).intervals)
  })
})

describe('chooseThreshold', () => {
  it.each(cases)('has the highest F1 that any threshold has, case %#', ({ bestF1, ...detections }) => {
    const threshold = chooseThreshold(detections)
    expect(reportDetection(detections, threshold).f1).toBeCloseTo(bestF1, 12)
  })

  it('lies between what it keeps apart', () => {
    expect(chooseThreshold(perfect)).toBe(0.5)
  })

  it('takes the lowest score where everything is to be found', () => {
    expect(chooseThreshold({ scores: [0.3, 0.6], truth: [true, true] })).toBe(0.3)
  })
})

it.each([
  [{ scores: [0.5], truth: [true, false] }, /expected a score for each of 2 examples, got 1/],
  [{ scores: [0.5, Number.NaN], truth: [true, false] }, /expected finite scores, got NaN/],
  [{ scores: [0.5], truth: [false] }, /expected at least one example that is to be found, got 1 that are not/],
])('refuses what cannot be measured: %j', (detections, message) => {
  for (const measure of [averagePrecision, chooseThreshold, (one: Detections) => reportDetection(one, 0.5)]) {
    expect(() => measure(detections)).toThrow(OptionError)
    expect(() => measure(detections)).toThrow(message)
  }
})
