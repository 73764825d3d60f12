import { describe, expect, it } from 'vitest'
import { type Matrix, rowOf, takeRows, zeroMatrix } from './matrix.js'

const matrix: Matrix = { rows: 3, columns: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6) }

describe('a matrix', () => {
  it('of zeros has its shape, be it empty', () => {
    expect(zeroMatrix(2, 3)).toEqual({ rows: 2, columns: 3, data: new Float32Array(6) })
    expect(zeroMatrix(0, 3).data).toHaveLength(0)
  })

  it('shows its rows without copying them', () => {
    expect([...rowOf(matrix, 1)]).toEqual([3, 4])
    expect(rowOf(matrix, 2).buffer).toBe(matrix.data.buffer)
  })

  it('gives copies of rows in the order asked for, also twice', () => {
    const taken = takeRows(matrix, [2, 0, 2])
    expect(taken).toEqual({ rows: 3, columns: 2, data: Float32Array.of(5, 6, 1, 2, 5, 6) })
    taken.data.fill(0)
    expect(matrix.data[4]).toBe(5)
    expect(takeRows(matrix, [])).toEqual(zeroMatrix(0, 2))
  })
})
