import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { float32, int64, type Tensor, tensor } from '../graph/tensor.js'
import './allclose.js'
import type { Numbers, Tolerance } from './allclose.js'

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number

/** What the matcher says, or nothing. */
async function complaint(actual: Numbers, expected: Numbers, tolerance?: Tolerance): Promise<string> {
  const message = await errorOf(() => expect(actual).toBeAllclose(expected, tolerance))
  return message === 'nothing was thrown' ? '' : message.replace(/^\w*Error: /, '')
}

describe('toBeAllclose', () => {
  it('takes numbers within rtol of the expected ones, 1e-5 by default', async () => {
    expect([1.000009, -200.001, 0]).toBeAllclose([1, -200, 0])
    expect(await complaint([1, 2, 3.0001], [1, 2, 3])).toBe(
      'first difference at index 2: got 3.0001, expected 3 (rtol 0.00001, atol 0, shape [3])',
    )
    expect([1.09]).toBeAllclose([1], { rtol: 0.1 })
    expect([0.9]).not.toBeAllclose([0.5], { rtol: 0.1 })
  })

  it('takes numbers within atol, which is 0 by default', async () => {
    expect([1e-9]).toBeAllclose([0], { atol: 1e-8 })
    expect(await complaint([1e-9], [0])).toMatch(/^first difference at index 0: got 1e-9, expected 0 /)
  })

  it('adds both tolerances, the relative one of what is expected', () => {
    expect([1.5]).toBeAllclose([1], { rtol: 0.25, atol: 0.25 })
    expect([1]).toBeAllclose([2], { rtol: 0.5 })
    expect([2]).not.toBeAllclose([1], { rtol: 0.5 })
  })

  it('takes NaN for equal to NaN, and for nothing else', async () => {
    expect([nan]).toBeAllclose([nan])
    expect(await complaint([1, nan], [1, 2])).toMatch(/^first difference at index 1: got NaN, expected 2 /)
    expect(await complaint([1], [nan], { rtol: 1, atol: 1e9 })).toMatch(
      /^first difference at index 0: got 1, expected NaN /,
    )
  })

  it('takes an infinite number for equal to itself, and for nothing else', async () => {
    expect([infinity, minusInfinity]).toBeAllclose([infinity, minusInfinity])
    for (const [actual, expected] of [
      [1, infinity],
      [infinity, 1],
      [infinity, minusInfinity],
      [nan, infinity],
    ] as const) {
      expect(await complaint([actual], [expected])).toMatch(
        `first difference at index 0: got ${actual}, expected ${expected} `,
      )
    }
  })

  it('takes 0 for -0', () => {
    expect([0, -0]).toBeAllclose([-0, 0])
  })

  it('compares lengths, and the shapes of two tensors', async () => {
    expect(await complaint([1, 2], [1, 2, 3])).toBe('got shape [2], expected [3]')
    expect(await complaint([], [1])).toBe('got shape [0], expected [1]')
    expect(await complaint(float32([2, 2], [1, 2, 3, 4]), float32([4], [1, 2, 3, 4]))).toBe(
      'got shape [2, 2], expected [4]',
    )
    expect(await complaint(float32([2, 2], [1, 2, 3, 4]), [1, 2, 3])).toBe('got shape [2, 2], expected [3]')
    expect(float32([2, 2], [1, 2, 3, 4])).toBeAllclose([1, 2, 3, 4])
    expect([]).toBeAllclose(float32([0, 3], []))
  })

  it('takes any array of numbers, and tensors of whole numbers', async () => {
    expect(new Float64Array([1, 2])).toBeAllclose(new Float32Array([1, 2]))
    expect(int64([2], [1, -2])).toBeAllclose(float32([2], [1, -2]))
    expect(await complaint(int64([2], [1, -2]), [1, 2])).toMatch(/^first difference at index 1: got -2, expected 2 /)
  })

  it('refuses text', async () => {
    const words: Tensor = tensor('string', [1], ['1'])
    expect(await errorOf(() => expect(words).toBeAllclose([1]))).toBe(
      'TensorError: toBeAllclose: expected numbers, got strings',
    )
  })

  it('says what it found when no difference was wanted', async () => {
    expect(await errorOf(() => expect([1]).not.toBeAllclose([1]))).toMatch(
      /expected a difference, got the same numbers \(rtol 0\.00001, atol 0, shape \[1\]\)$/,
    )
  })
})
