import { TensorProto_DataType as Code } from './proto/onnx_pb.js'

/**
 * The array that holds the elements of each type, with onnxruntime's names. Floats of 16 bits and fewer are kept as their bits, and
 * numbers of 4 bits two to a byte, the first in the lower half.
 */
interface ElementArrays {
  float32: Float32Array
  float64: Float64Array
  float16: Uint16Array
  bfloat16: Uint16Array
  int8: Int8Array
  uint8: Uint8Array
  int16: Int16Array
  uint16: Uint16Array
  int32: Int32Array
  uint32: Uint32Array
  int64: BigInt64Array
  uint64: BigUint64Array
  bool: Uint8Array
  string: string[]
  int4: Uint8Array
  uint4: Uint8Array
  float4e2m1: Uint8Array
  float8e4m3fn: Uint8Array
  float8e4m3fnuz: Uint8Array
  float8e5m2: Uint8Array
  float8e5m2fnuz: Uint8Array
  float8e8m0: Uint8Array
}

/** The type of a tensor's elements. */
export type ElementType = keyof ElementArrays

/** The array that holds elements of type `T`. */
export type ElementArray<T extends ElementType = ElementType> = ElementArrays[T]

/** An element type whose bytes are laid out one after the other. */
export type NumericType = Exclude<ElementType, 'string'>

interface ArrayConstructor<T> {
  readonly BYTES_PER_ELEMENT: number
  new (length: number): T
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T
}

/** Constructor of the array that holds each numeric element type. */
export const arrayConstructors: { [T in NumericType]: ArrayConstructor<ElementArrays[T]> } = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
  int4: Uint8Array,
  uint4: Uint8Array,
  float4e2m1: Uint8Array,
  float8e4m3fn: Uint8Array,
  float8e4m3fnuz: Uint8Array,
  float8e5m2: Uint8Array,
  float8e5m2fnuz: Uint8Array,
  float8e8m0: Uint8Array,
}

/** Length of the array that holds so many elements. */
export function lengthOf(type: ElementType, elements: number): number {
  return type === 'int4' || type === 'uint4' || type === 'float4e2m1' ? Math.ceil(elements / 2) : elements
}

/** TensorProto.DataType of each element type (ONNX IR specification, "Tensor Element Types"). */
export const typeCodes: { readonly [T in ElementType]: number } = {
  float32: Code.FLOAT,
  float64: Code.DOUBLE,
  float16: Code.FLOAT16,
  bfloat16: Code.BFLOAT16,
  int8: Code.INT8,
  uint8: Code.UINT8,
  int16: Code.INT16,
  uint16: Code.UINT16,
  int32: Code.INT32,
  uint32: Code.UINT32,
  int64: Code.INT64,
  uint64: Code.UINT64,
  bool: Code.BOOL,
  string: Code.STRING,
  // Newer than the message that the code was made from.
  float8e4m3fn: 17,
  float8e4m3fnuz: 18,
  float8e5m2: 19,
  float8e5m2fnuz: 20,
  uint4: 21,
  int4: 22,
  float4e2m1: 23,
  float8e8m0: 24,
}

const typesByCode = new Map<number, ElementType>(
  Object.entries(typeCodes).map(([type, code]) => [code, type as ElementType]),
)

/** The element type of a TensorProto.DataType, or undefined for one we do not hold (complex numbers, 2-bit). */
export function elementTypeOf(code: number): ElementType | undefined {
  return typesByCode.get(code)
}
