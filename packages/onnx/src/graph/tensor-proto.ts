import { create } from '@bufbuild/protobuf'
import {
  arrayConstructors,
  type ElementArray,
  type ElementType,
  elementTypeOf,
  lengthOf,
  typeCodes,
} from './element-type.js'
import { OnnxFormatError } from '../errors.js'
import { type TensorProto, TensorProto_DataLocation, TensorProtoSchema } from './proto/onnx_pb.js'
import { sizeOf, type Tensor, tensor } from './tensor.js'

/**
 * A tensor from its wire form. Elements stand either as little-endian bytes in `raw_data` or in one of the typed
 * fields; types narrower than 32 bits share `int32_data` (ONNX IR specification, TensorProto).
 * @throws OnnxFormatError for element types that are not held, external data, and data that does not fill the shape.
 */
export function decodeTensor(proto: TensorProto, source: string): Tensor {
  const name = proto.name || '(no name)'
  const type = elementTypeOf(proto.dataType)
  if (type === undefined) {
    throw new OnnxFormatError(
      source,
      `tensor "${name}" has element type ${proto.dataType} of TensorProto.DataType, which is not supported`,
      `Export the model with one of: ${Object.keys(typeCodes).join(', ')}.`,
    )
  }
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    throw new OnnxFormatError(
      source,
      `tensor "${name}" keeps its data in another file`,
      'Read it with readOnnx, from the folder of its file.',
    )
  }
  const dims = proto.dims.map(Number)
  const raw = type !== 'string' && proto.rawData.length > 0
  const data = raw ? fromBytes(type, proto.rawData) : fromFields(type, proto)
  const count = raw ? proto.rawData.length / arrayConstructors[type].BYTES_PER_ELEMENT : data.length
  if (count !== lengthOf(type, sizeOf(dims)) || dims.some((dim) => dim < 0)) {
    throw new OnnxFormatError(
      source,
      `tensor "${name}" of shape [${dims.join(', ')}] needs ${sizeOf(dims)} elements and has ${count}`,
      'The file is damaged or cut short: get it again.',
    )
  }
  return tensor(type, dims, data)
}

/** A tensor's wire form, its elements as raw bytes. */
export function encodeTensor(name: string, { type, dims, data }: Tensor): TensorProto {
  const proto = create(TensorProtoSchema, { name, dataType: typeCodes[type], dims: dims.map(BigInt) })
  if (Array.isArray(data)) proto.stringData = data.map((text) => new TextEncoder().encode(text))
  else
    proto.rawData = littleEndian(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data.BYTES_PER_ELEMENT)
  return proto
}

function fromBytes(type: Exclude<ElementType, 'string'>, bytes: Uint8Array): ElementArray {
  const Elements = arrayConstructors[type]
  const length = Math.floor(bytes.byteLength / Elements.BYTES_PER_ELEMENT)
  const native = littleEndian(bytes, Elements.BYTES_PER_ELEMENT)
  // A typed array must start at a multiple of its element size; bytes inside a file need not.
  // (A Buffer's own `slice` does not copy.)
  const aligned = native.byteOffset % Elements.BYTES_PER_ELEMENT === 0 ? native : new Uint8Array(native)
  return new Elements(aligned.buffer, aligned.byteOffset, length)
}

function fromFields(type: ElementType, proto: TensorProto): ElementArray {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData)
    case 'float64':
      return Float64Array.from(proto.doubleData)
    case 'int64':
      return BigInt64Array.from(proto.int64Data)
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data)
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number)
    case 'string':
      return proto.stringData.map((bytes) => new TextDecoder().decode(bytes))
    default: {
      const values = new arrayConstructors[type](proto.int32Data.length)
      proto.int32Data.forEach((value, index) => (values[index] = value))
      return values
    }
  }
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** The bytes in the file's order: swapped, in a copy, on the rare big-endian machine. */
function littleEndian(bytes: Uint8Array, elementSize: number): Uint8Array {
  if (isLittleEndian || elementSize === 1) return bytes
  const swapped = new Uint8Array(bytes)
  for (let start = 0; start < swapped.length; start += elementSize)
    swapped.subarray(start, start + elementSize).reverse()
  return swapped
}
