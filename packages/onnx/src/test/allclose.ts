import { expect } from 'vitest'
import { TensorError } from '../errors.js'
import type { Tensor } from '../graph/tensor.js'

/** Numbers to compare: a list, or a tensor, whose shape is compared as well. */
export type Numbers = ArrayLike<number> | Tensor

/**
 * How close numbers must be: |actual - expected| <= atol + rtol * |expected|, as in numpy.testing.assert_allclose.
 * NaN agrees with NaN, and an infinite number with the same one only.
 */
export interface Tolerance {
  /** Relative tolerance; default 1e-5. */
  readonly rtol?: number
  /** Absolute tolerance; default 0. */
  readonly atol?: number
}

declare module 'vitest' {
  // The parameter must be named as in vitest's own declaration.
  // oxlint-disable-next-line no-unused-vars, typescript/no-explicit-any -- vitest's own declaration, which this extends
  interface Matchers<T = any> {
    /** Every number is within tolerance of the expected one; lengths and, for tensors, shapes agree. */
    toBeAllclose(expected: Numbers, tolerance?: Tolerance): void
  }
}

const isTensor = (value: Numbers): value is Tensor => 'dims' in value
const shapeOf = (value: Numbers): string => (isTensor(value) ? `[${value.dims.join(', ')}]` : `[${value.length}]`)

function numbersOf(value: Numbers): number[] {
  if (isTensor(value) && value.type === 'string') throw new TensorError('toBeAllclose', 'numbers', 'strings')
  return Array.from((isTensor(value) ? value.data : value) as ArrayLike<number | bigint>, Number)
}

function isClose(value: number, target: number, { rtol, atol }: Required<Tolerance>): boolean {
  if (value === target || Object.is(value, target)) return true
  return Number.isFinite(target) && Math.abs(value - target) <= atol + rtol * Math.abs(target)
}

expect.extend({
  toBeAllclose(received: Numbers, expected: Numbers, { rtol = 1e-5, atol = 0 }: Tolerance = {}) {
    const actual = numbersOf(received)
    const wanted = numbersOf(expected)
    const shapes = isTensor(received) && isTensor(expected) ? [shapeOf(received), shapeOf(expected)] : []
    const sameShape = actual.length === wanted.length && shapes[0] === shapes[1]
    if (!sameShape)
      return { pass: false, message: () => `got shape ${shapeOf(received)}, expected ${shapeOf(expected)}` }
    const bad = actual.findIndex((value, index) => !isClose(value, wanted[index] ?? Number.NaN, { rtol, atol }))
    const where = `(rtol ${rtol}, atol ${atol}, shape ${shapeOf(received)})`
    return {
      pass: bad === -1,
      message: () =>
        bad === -1
          ? `expected a difference, got the same numbers ${where}`
          : `first difference at index ${bad}: got ${actual[bad]}, expected ${wanted[bad]} ${where}`,
    }
  },
})
