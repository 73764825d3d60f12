import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Matrix, zeroMatrix } from './matrix.js'
import {
  type ClassPrediction,
  type LabelsPrediction,
  type Prediction,
  toPredictions,
  type ValuePrediction,
} from './prediction.js'

/** Rows of numbers that float32 holds exactly. */
const matrix = (...rows: number[][]): Matrix => ({
  rows: rows.length,
  columns: rows[0]?.length ?? 0,
  data: Float32Array.from(rows.flat()),
})

describe('toPredictions', () => {
  it('names the most probable class and the probability of each', () => {
    const results = matrix([0.25, 0.75], [1, 0])
    expect(toPredictions<string>('classification', ['no', 'yes'], results)).toEqual([
      { label: 'yes', probability: 0.75, probabilities: { no: 0.25, yes: 0.75 } },
      { label: 'no', probability: 1, probabilities: { no: 1, yes: 0 } },
    ])
  })

  it('takes the first of classes that are equally probable', () => {
    const [prediction] = toPredictions<string>('classification', ['a', 'b'], matrix([0.5, 0.5]))
    expect(prediction?.label).toBe('a')
  })

  it('names the labels from one half on', () => {
    const results = matrix([0.5, 0.25, 0.875], [0.125, 0.25, 0])
    expect(toPredictions<string[]>('multi-label', ['a', 'b', 'c'], results)).toEqual([
      { labels: ['a', 'c'], probabilities: { a: 0.5, b: 0.25, c: 0.875 } },
      { labels: [], probabilities: { a: 0.125, b: 0.25, c: 0 } },
    ])
  })

  it('gives numbers', () => {
    expect(toPredictions<number>('regression', [], matrix([2.5], [-1]))).toEqual([{ value: 2.5 }, { value: -1 }])
  })

  it('gives nothing for nothing', () => {
    expect(toPredictions<string>('classification', ['a', 'b'], zeroMatrix(0, 2))).toEqual([])
  })

  it('takes any class name, also one that objects have by themselves', () => {
    const labels = ['__proto__', 'constructor', '2', '1']
    const [prediction] = toPredictions<string>('classification', labels, matrix([0.5, 0.25, 0.125, 0.125]))
    expect(prediction?.label).toBe('__proto__')
    expect(new Map(Object.entries(prediction?.probabilities ?? {}))).toEqual(
      new Map([
        ['1', 0.125],
        ['2', 0.125],
        ['__proto__', 0.5],
        ['constructor', 0.25],
      ]),
    )
  })
})

describe('Prediction', () => {
  it('goes with the label type', () => {
    expectTypeOf<Prediction<'cat' | 'dog'>>().toEqualTypeOf<ClassPrediction<'cat' | 'dog'>>()
    expectTypeOf<Prediction<number>>().toEqualTypeOf<ValuePrediction>()
    expectTypeOf<Prediction<('red' | 'blue')[]>>().toEqualTypeOf<LabelsPrediction<'red' | 'blue'>>()
    expectTypeOf<Prediction<string>['probabilities']>().toEqualTypeOf<Readonly<Record<string, number>>>()
  })
})
