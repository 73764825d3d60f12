import { expect } from 'vitest'
import type { Tensor } from '../tensor.js'

/** Numbers to compare: a list, or a tensor, whose shape is compared as well. */
export type Numbers = ArrayLike<number> | Tensor

/** How close numbers must be: |actual - expected| <= atol + rtol * |expected|, as in numpy.testing.assert_allclose. */
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

expect.extend({
  toBeAllclose(received: Numbers, expected: Numbers, { rtol = 1e-5, atol = 0 }: Tolerance = {}) {
    const [actual, wanted] = [received, expected].map((value) =>
      Array.from((isTensor(value) ? value.data : value) as ArrayLike<number | bigint>, Number),
    ) as [number[], number[]]
    const shapes = isTensor(received) && isTensor(expected) ? [shapeOf(received), shapeOf(expected)] : []
    const sameShape = actual.length === wanted.length && shapes[0] === shapes[1]
    const bad = actual.findIndex((value, index) => {
      const target = wanted[index] ?? Number.NaN
      return !(Object.is(value, target) || Math.abs(value - target) <= atol + rtol * Math.abs(target))
    })
    return {
      pass: sameShape && bad === -1,
      message: () =>
        sameShape
          ? `first difference at index ${bad}: got ${actual[bad]}, expected ${wanted[bad]} (rtol ${rtol}, atol ${atol}, shape ${shapeOf(received)})`
          : `got shape ${shapeOf(received)}, expected ${shapeOf(expected)}`,
    }
  },
})
