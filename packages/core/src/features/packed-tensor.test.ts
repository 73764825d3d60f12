import '@headstart/onnx/test'
import { float32 } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { packTensor, stackPadded, unpackTensor } from './packed-tensor.js'

const counted = (...dims: number[]) =>
  float32(
    dims,
    Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, i) => i + 1),
  )

describe('packTensor', () => {
  it.each([[[]], [[3]], [[2, 3]], [[2, 1, 4]], [[0, 5]]])('keeps shape and numbers: %o', (dims) => {
    expect(unpackTensor(packTensor(counted(...dims)))).toEqual(counted(...dims))
  })

  it.each([
    ['nothing', []],
    ['features', [0.25, 3, 4]],
    ['a rank that no tensor has', [99, 1]],
    ['too few elements', [2, 2, 2, 1, 2, 3]],
  ])('gives nothing for %s', (_, numbers) => {
    expect(unpackTensor(Float32Array.from(numbers))).toBeUndefined()
  })
})

describe('stackPadded', () => {
  it('pads with zeros at the end of each axis', () => {
    expect(stackPadded([counted(1, 2), counted(2, 1)])).toEqual(float32([2, 2, 2], [1, 2, 0, 0, 1, 0, 2, 0]))
    expect(stackPadded([counted(2, 2), counted(3, 2)])).toEqual(
      float32([2, 3, 2], [1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 6]),
    )
  })

  it('pads several axes of several', () => {
    const { dims, data } = stackPadded([counted(2, 2, 3), counted(3, 1, 4)])
    expect(dims).toEqual([2, 3, 2, 4])
    const first = [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0, 10, 11, 12, 0, ...Array<number>(8).fill(0)]
    const second = [1, 2, 3, 4, 0, 0, 0, 0, 5, 6, 7, 8, 0, 0, 0, 0, 9, 10, 11, 12, 0, 0, 0, 0]
    expect([...data]).toEqual([...first, ...second])
  })

  it('lays tensors of one shape side by side', () => {
    expect(stackPadded([counted(2), counted(2)])).toEqual(float32([2, 2], [1, 2, 1, 2]))
    expect(stackPadded([counted(), counted()])).toEqual(float32([2], [1, 1]))
  })
})
