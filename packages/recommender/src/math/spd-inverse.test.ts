import '@headstart/onnx/test'
import { random } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { choleskyInverse } from './cholesky-inverse.js'
import { invertSpd } from './spd-inverse.js'

/** XᵀX + I for a random X, [2n, n]. */
function spdMatrix(n: number): Float32Array {
  const { normal } = random(3)
  const x = Float64Array.from({ length: 2 * n * n }, normal)
  const matrix = new Float32Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = i === j ? 1 : 0
      for (let row = 0; row < 2 * n; row++) sum += (x[row * n + i] as number) * (x[row * n + j] as number)
      matrix[i * n + j] = sum
    }
  }
  return matrix
}

function product(a: ArrayLike<number>, b: ArrayLike<number>, n: number): number[] {
  return Array.from({ length: n * n }, (_, at) => {
    let sum = 0
    for (let k = 0; k < n; k++) sum += (a[Math.floor(at / n) * n + k] as number) * (b[k * n + (at % n)] as number)
    return sum
  })
}

const identity = (n: number): number[] => Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0))

describe('the inverse of a symmetric positive definite matrix', () => {
  it.each([
    [1, 4],
    [4, 4],
    [30, 7],
    [64, 16],
    [50, 256],
  ])('of %i rows in blocks of %i, times the matrix, is the identity', async (n, blockSize) => {
    const matrix = spdMatrix(n)
    const inverse = matrix.slice()
    await invertSpd(inverse, n, { blockSize })
    expect(product(matrix, inverse, n)).toBeAllclose(identity(n), { atol: 1e-4 })
    expect(product(matrix, choleskyInverse(Float64Array.from(matrix), n), n)).toBeAllclose(identity(n), { atol: 1e-6 })
  })

  it('stops when the signal aborts', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(invertSpd(spdMatrix(4), 4, { signal })).rejects.toThrow('enough')
  })
})
