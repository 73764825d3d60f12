import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { TensorProto_DataLocation, TensorProto_DataType as Code, TensorProtoSchema } from './proto/onnx_pb.js'
import { decodeTensor, encodeTensor } from './tensor-proto.js'
import { float32, tensor } from './tensor.js'

describe('decodeTensor', () => {
  const { graph, weights } = fixture('weights')
  const { initializers } = graph()

  it.each(Object.entries(weights))('reads %s as the reference implementation wrote it', (name, expected) => {
    expect(initializers.get(name)).toEqual(expected)
  })

  it('reads bfloat16 as its bits, from the field and from bytes', () => {
    const dims = [2n]
    const dataType = Code.BFLOAT16
    const expected = tensor('bfloat16', [2], new Uint16Array([0x3fc0, 0xc000]))
    const field = create(TensorProtoSchema, { dims, dataType, int32Data: [0x3fc0, 0xc000] })
    const bytes = create(TensorProtoSchema, { dims, dataType, rawData: new Uint8Array([0xc0, 0x3f, 0x00, 0xc0]) })
    expect(decodeTensor(field, 'a file')).toEqual(expected)
    expect(decodeTensor(bytes, 'a file')).toEqual(expected)
  })

  it('shares memory with the bytes where they are aligned, and copies where they are not', () => {
    const memory = new Uint8Array(new Float32Array([0, 1, 2]).buffer)
    const proto = (rawData: Uint8Array) => create(TensorProtoSchema, { dims: [1n], dataType: Code.FLOAT, rawData })
    const aligned = decodeTensor(proto(memory.subarray(4, 8)), 'a file')
    expect(aligned).toEqual(float32([1], [1]))
    expect((aligned.data as Float32Array).buffer).toBe(memory.buffer)

    const shifted = new Uint8Array(memory.length + 1)
    shifted.set(memory, 1)
    expect(decodeTensor(proto(shifted.subarray(5, 9)), 'a file')).toEqual(float32([1], [1]))
    expect(decodeTensor(proto(Buffer.from(shifted.buffer, 5, 4)), 'a file')).toEqual(float32([1], [1]))
  })

  it.each([
    ['fewer elements', { dims: [3n], floatData: [1, 2] }, '[3] needs 3 elements and has 2'],
    ['no elements', { dims: [] }, '[] needs 1 elements and has 0'],
    ['half an element', { dims: [2n], rawData: new Uint8Array(9) }, '[2] needs 2 elements and has 2.25'],
    ['negative dimensions', { dims: [-1n, -2n], floatData: [1, 2] }, '[-1, -2] needs 2 elements and has 2'],
  ])('refuses %s', async (_, parts, problem) => {
    const proto = create(TensorProtoSchema, { name: 'w', dataType: Code.FLOAT, ...parts })
    expect(await errorOf(() => decodeTensor(proto, 'net.onnx'))).toBe(
      `OnnxFormatError: net.onnx: tensor "w" of shape ${problem}. The file is damaged or cut short: get it again.`,
    )
  })

  it('refuses data in another file, and types that it cannot hold', async () => {
    const external = create(TensorProtoSchema, {
      dataType: Code.FLOAT,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
    })
    expect(await errorOf(() => decodeTensor(external, 'net.onnx'))).toBe(
      'OnnxFormatError: net.onnx: tensor "(no name)" keeps its data in another file. ' +
        'Read it with readOnnx, from the folder of its file.',
    )
    const complex = create(TensorProtoSchema, { name: 'w', dataType: Code.COMPLEX64 })
    expect(await errorOf(() => decodeTensor(complex, 'net.onnx'))).toMatch(
      /^OnnxFormatError: net.onnx: tensor "w" has element type 14 .*\. Export the model with one of: float32, float64,/,
    )
  })
})

describe('encodeTensor', () => {
  it.each(Object.entries(fixture('weights').weights))('is undone by decodeTensor for %s', (name, weight) => {
    const wire = toBinary(TensorProtoSchema, encodeTensor(name, weight))
    const proto = fromBinary(TensorProtoSchema, wire)
    expect(proto.name).toBe(name)
    expect(decodeTensor(proto, 'bytes')).toEqual(weight)
  })

  it('writes the elements of a view only', () => {
    const memory = new Float32Array([1, 2, 3, 4])
    const view = float32([2], memory.subarray(1, 3))
    expect(encodeTensor('w', view).rawData).toHaveLength(8)
    expect(decodeTensor(encodeTensor('w', view), 'bytes')).toEqual(float32([2], [2, 3]))
  })
})
