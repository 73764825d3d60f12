import { describe, expect, it } from 'vitest'
import { arrayConstructors, elementTypeOf, typeCodes } from './element-type.js'
import { TensorProto_DataType as Code } from './proto/onnx_pb.js'

describe('typeCodes', () => {
  it.each(Object.entries(typeCodes))('gives %s the code %i, and elementTypeOf gives it back', (type, code) => {
    expect(elementTypeOf(code)).toBe(type)
  })

  it('has the codes of the ONNX IR', () => {
    expect(typeCodes).toMatchObject({ float32: 1, uint8: 2, int64: 7, string: 8, bool: 9, float16: 10, bfloat16: 16 })
  })
})

describe('elementTypeOf', () => {
  it.each([Code.UNDEFINED, Code.COMPLEX64, Code.COMPLEX128, 25, -1])('knows no type of code %i', (code) => {
    expect(elementTypeOf(code)).toBeUndefined()
  })
})

describe('arrayConstructors', () => {
  it.each([
    [
      1,
      ['bool', 'float4e2m1', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'float8e8m0'].concat([
        'int4',
        'int8',
        'uint4',
        'uint8',
      ]),
    ],
    [2, ['bfloat16', 'float16', 'int16', 'uint16']],
    [4, ['float32', 'int32', 'uint32']],
    [8, ['float64', 'int64', 'uint64']],
  ])('holds in %i bytes what the wire format does', (size, types) => {
    const held = Object.entries(arrayConstructors).filter(([, { BYTES_PER_ELEMENT }]) => BYTES_PER_ELEMENT === size)
    expect(held.map(([type]) => type).sort()).toEqual(types)
  })
})
