import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { concatRows, float32, int64, sizeOf, sliceRows, tensor, zeros } from './tensor.js'

describe('sizeOf', () => {
  it.each([
    [[], 1],
    [[3], 3],
    [[2, 3, 4], 24],
    [[5, 0], 0],
  ])('of %j is %i', (dims, size) => {
    expect(sizeOf(dims)).toBe(size)
  })
})

describe('tensor', () => {
  it('holds the data it is given, not a copy', () => {
    const data = new Float64Array([1, 2, 3, 4])
    const { type, dims, data: held } = tensor('float64', [2, 2], data)
    expect({ type, dims }).toEqual({ type: 'float64', dims: [2, 2] })
    expect(held).toBe(data)
  })

  it('refuses data that does not fill the shape', async () => {
    expect(await errorOf(() => tensor('int8', [2, 2], new Int8Array(3)))).toBe(
      'TensorError: tensor int8[2, 2]: expected 4 elements, got 3',
    )
    expect(await errorOf(() => tensor('string', [], []))).toBe(
      'TensorError: tensor string[]: expected 1 elements, got 0',
    )
  })

  it.each([-2, 1.5, Number.NaN])('refuses a dimension of %d, even where the product fits', async (dim) => {
    const message = await errorOf(() => tensor('float32', [dim, -2], new Float32Array(4)))
    expect(message).toBe(`TensorError: tensor float32[${dim}, -2]: expected whole, non-negative dimensions, got ${dim}`)
  })
})

describe('float32', () => {
  it('rounds numbers to single precision and keeps an array as it is', () => {
    const data = new Float32Array(2)
    expect(float32([2], data).data).toBe(data)
    expect(float32([1], [0.1]).data[0]).toBe(Math.fround(0.1))
  })
})

describe('int64', () => {
  it('makes big integers, and refuses fractions', () => {
    expect(int64([3], [0, -1, Number.MAX_SAFE_INTEGER]).data).toEqual(new BigInt64Array([0n, -1n, 2n ** 53n - 1n]))
    expect(() => int64([1], [0.5])).toThrow(RangeError)
  })
})

describe('zeros', () => {
  it('makes the array of the type', () => {
    expect(zeros('bool', [2, 3])).toEqual({ type: 'bool', dims: [2, 3], data: new Uint8Array(6) })
    expect(zeros('int64', [])).toEqual({ type: 'int64', dims: [], data: new BigInt64Array(1) })
    expect(zeros('float16', [0])).toEqual({ type: 'float16', dims: [0], data: new Uint16Array(0) })
  })
})

describe('sliceRows', () => {
  const matrix = float32([3, 2], [1, 2, 3, 4, 5, 6])

  it('gives rows as a view on the same memory', () => {
    const rows = sliceRows(matrix, 1, 3)
    expect(rows).toEqual(float32([2, 2], [3, 4, 5, 6]))
    expect(rows.data.buffer).toBe(matrix.data.buffer)
  })

  it('gives no rows where start is end, and rows of text', () => {
    expect(sliceRows(matrix, 3, 3)).toEqual(float32([0, 2], []))
    expect(sliceRows(tensor('string', [3], ['a', 'b', 'c']), 1, 2)).toEqual(tensor('string', [1], ['b']))
  })

  it.each([
    [2, 4],
    [-1, 1],
    [2, 1],
    [0, Number.NaN],
  ])('refuses rows %d to %d of three', async (start, end) => {
    expect(await errorOf(() => sliceRows(matrix, start, end))).toBe(
      `TensorError: sliceRows: expected rows within 0 to 3, got ${start} to ${end}`,
    )
  })
})

describe('concatRows', () => {
  it('joins along the first axis, and is undone by sliceRows', () => {
    const joined = concatRows([int64([1, 2], [1, 2]), int64([0, 2], []), int64([2, 2], [3, 4, 5, 6])])
    expect(joined).toEqual(int64([3, 2], [1, 2, 3, 4, 5, 6]))
    expect(sliceRows(joined, 1, 3)).toEqual(int64([2, 2], [3, 4, 5, 6]))
  })

  it('joins text', () => {
    const joined = concatRows([tensor('string', [1], ['a']), tensor('string', [2], ['b', 'c'])])
    expect(joined).toEqual(tensor('string', [3], ['a', 'b', 'c']))
  })

  it('refuses nothing, scalars, and parts that do not fit together', async () => {
    const expected = 'TensorError: concatRows: expected'
    expect(await errorOf(() => concatRows([]))).toBe(`${expected} at least one tensor, got none`)
    expect(await errorOf(() => concatRows([float32([], [1])]))).toBe(`${expected} float32[*], got float32[]`)
    expect(await errorOf(() => concatRows([float32([1], [1]), float32([], [1])]))).toBe(
      `${expected} float32[*], got float32[]`,
    )
    expect(await errorOf(() => concatRows([float32([1, 2], [1, 2]), float32([1, 3], [1, 2, 3])]))).toBe(
      `${expected} float32[*, 2], got float32[1, 3]`,
    )
    const mixed = [float32([1], [1]), int64([1], [1])]
    expect(await errorOf(() => concatRows(mixed))).toBe(`${expected} float32[*], got int64[1]`)
  })
})
