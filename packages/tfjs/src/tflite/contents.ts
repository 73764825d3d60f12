import { type Tensor, tensor } from '@headstart/onnx'
import { dequantizeTensor, sizeOf } from '@headstart/onnx/kit'
import { TfliteFormatError } from '../errors.js'
import { decodeFloat16 } from '../float16.js'
import { dense } from './sparse.js'
import type { TfliteTensor } from './read-tflite.js'

/** Bytes of one stored element of the types that can be read. */
const widths = {
  float32: 4,
  float64: 8,
  float16: 2,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  bool: 1,
} as const
type Readable = keyof typeof widths

const isReadable = (type: string): type is Readable => Object.hasOwn(widths, type)

/**
 * The contents of a constant, as numbers that the graph computes with: float32, also where they are stored in half precision
 * or quantized, int32 for whole numbers, or bool.
 * @returns undefined where its type is none that can be read.
 * @throws TfliteFormatError when there are fewer or more bytes than its shape takes.
 */
export function contentsOf(source: string, constant: TfliteTensor, stored: Uint8Array): Tensor | undefined {
  const { name, type, shape, quantization, sparsity } = constant
  if (!isReadable(type)) return undefined
  const size = sizeOf(shape) * widths[type]
  const bytes = sparsity ? dense(sparsity, shape, widths[type], stored) : stored
  if (bytes?.length !== size) {
    const who = `${source}, weight "${name}"`
    const of = `[${shape.join(', ')}]`
    const expected = bytes ? `${size} bytes for ${of}` : `numbers at places within ${of}`
    throw new TfliteFormatError(who, expected, bytes ? `${bytes.length}` : 'others', 'Get the file again.')
  }
  const numbers = numbersOf(type, bytes)
  if (type === 'bool') return tensor('bool', shape, numbers as Uint8Array)
  if (quantization) return dequantized(source, constant, numbers)
  const isReal = type.startsWith('float')
  return isReal
    ? tensor('float32', shape, Float32Array.from(numbers))
    : tensor('int32', shape, Int32Array.from(numbers))
}

function numbersOf(type: Readable, bytes: Uint8Array): Float32Array | Float64Array | Int32Array | Uint8Array {
  // A copy, since the bytes need not begin where their elements could be read.
  const { buffer } = new Uint8Array(bytes)
  switch (type) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    case 'float16':
      return decodeFloat16(new Uint16Array(buffer))
    case 'int8':
      return Int32Array.from(new Int8Array(buffer))
    case 'int16':
      return Int32Array.from(new Int16Array(buffer))
    case 'uint16':
      return Int32Array.from(new Uint16Array(buffer))
    case 'int32':
      return new Int32Array(buffer)
    case 'uint32':
      return Float64Array.from(new Uint32Array(buffer))
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number)
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer)
  }
}

/** (q - zero point) * scale, with one scale for all or one for each place along an axis. */
function dequantized(
  source: string,
  { name, shape, quantization }: TfliteTensor,
  numbers: ReturnType<typeof numbersOf>,
): Tensor {
  const { scales = [], zeroPoints = [], axis = 0 } = quantization ?? {}
  const vector = (values: readonly number[]): Tensor => tensor('float64', [values.length], Float64Array.from(values))
  const result = dequantizeTensor(tensor('float64', shape, Float64Array.from(numbers)), {
    scale: vector(scales),
    zeroPoint: zeroPoints.length > 0 ? vector(zeroPoints) : undefined,
    axis,
  })
  if (result) return result
  const who = `${source}, weight "${name}"`
  const got = `${scales.length} for [${shape.join(', ')}]`
  throw new TfliteFormatError(who, `one scale, or one for each place along axis ${axis}`, got, 'Convert it again.')
}
