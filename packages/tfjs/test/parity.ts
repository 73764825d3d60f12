import '@headstart/onnx/test'
import type { Tensor } from '@headstart/onnx'
import { expect } from 'vitest'

/** Options of `expectParity`. */
export interface ParityOptions {
  /** Largest difference as a part of the largest number. Default 1e-4. */
  readonly tolerance?: number
  /** What is compared. */
  readonly message?: string
}

/** The same type, shape and, within tolerance, numbers. */
export function expectParity(actual: Tensor | undefined, expected: Tensor, options: ParityOptions = {}): void {
  const { tolerance = 1e-4, message = 'output' } = options
  expect(actual?.type, message).toBe(expected.type)
  let largest = 0
  for (const value of expected.data as Float32Array)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value))
  expect(actual, message).toBeAllclose(expected, { rtol: 0, atol: tolerance * largest })
}
