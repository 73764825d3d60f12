import { float32, sizeOf, type Tensor } from '../graph/tensor.js'
import { fromFloat4, fromFloat8, isFloat8 } from './eighth-precision.js'
import { fromBfloat16, fromFloat16 } from './half-precision.js'

/** Numbers of a tensor, whatever its type. */
export function numbersOf({ type, dims, data }: Tensor): ArrayLike<number> {
  if (type === 'float16') return fromFloat16(data as Uint16Array)
  if (type === 'bfloat16') return fromBfloat16(data as Uint16Array)
  if (type === 'int64' || type === 'uint64') return Array.from(data as BigInt64Array, Number)
  if (type === 'int4' || type === 'uint4' || type === 'float4e2m1') {
    const halves = Array.from(
      { length: sizeOf(dims) },
      (_, i) => ((data as Uint8Array)[i >> 1] as number) >> (4 * (i & 1)),
    )
    const bits = halves.map((half) => half & 15)
    if (type === 'float4e2m1') return bits.map(fromFloat4)
    return type === 'int4' ? bits.map((half) => (half < 8 ? half : half - 16)) : bits
  }
  if (isFloat8(type)) return fromFloat8(type, data as Uint8Array)
  return data as Float32Array
}

/** How the numbers of a quantized tensor are meant: x = (q - zero point) · scale. */
export interface Quantization {
  readonly scale: Tensor
  /** Default: 0. */
  readonly zeroPoint?: Tensor | undefined
  /** The axis along which there are several scales, where there are. Default: the first one as long as they are many. */
  readonly axis?: number | undefined
  /** Numbers along the axis that share a scale; then scales have as many axes as the tensor. Default 0: no blocks. */
  readonly blockSize?: number
}

/**
 * The numbers for which a quantized tensor stands; undefined where scales do not fit its shape.
 * Specification: ONNX, DequantizeLinear.
 */
export function dequantizeTensor(
  quantized: Tensor,
  { scale, zeroPoint, axis, blockSize = 0 }: Quantization,
): Tensor<'float32'> | undefined {
  const { dims } = quantized
  const [values, scales] = [numbersOf(quantized), numbersOf(scale)]
  const zeros = zeroPoint && numbersOf(zeroPoint)
  const along = axis ?? dims.indexOf(scales.length)
  const size = dims[along] ?? 1
  // Place of an element's scale: one for all, one for each place along the axis, or one for each block of them.
  const blocks = blockSize > 0 ? Math.ceil(size / blockSize) : size
  const outer = sizeOf(dims.slice(0, along))
  const inner = sizeOf(dims.slice(along + 1))
  const isFitting =
    scales.length === 1 || (along >= 0 && scales.length === (blockSize > 0 ? outer * blocks * inner : size))
  if (!isFitting || (zeros && zeros.length !== 1 && zeros.length !== scales.length)) return undefined
  const data = new Float32Array(values.length)
  if (scales.length === 1) {
    const [by, zero] = [scales[0] as number, zeros?.[0] ?? 0]
    for (let index = 0; index < data.length; index++) data[index] = ((values[index] as number) - zero) * by
    return float32(dims, data)
  }
  for (let index = 0; index < data.length; index++) {
    const step = Math.floor(index / inner) % size
    const place =
      blockSize > 0
        ? (Math.floor(index / (inner * size)) * blocks + Math.floor(step / blockSize)) * inner + (index % inner)
        : step
    const zero = zeros ? (zeros[zeros.length === 1 ? 0 : place] as number) : 0
    data[index] = ((values[index] as number) - zero) * (scales[place] as number)
  }
  return float32(dims, data)
}

/** A matrix of MatMulNBits: `[outputs, blocks, bytes]`, its columns in blocks of numbers of few bits. */
export interface PackedMatrix {
  readonly packed: Tensor
  readonly scales: Tensor
  readonly zeroPoints?: Tensor | undefined
  readonly inputs: number
  readonly outputs: number
  readonly bits: number
  readonly blockSize: number
}

/**
 * A packed matrix as `[inputs, outputs]`: low bits come first, zero points are packed in the same way for each row of blocks
 * and are half of the range where they are left out.
 * Specification: onnxruntime, com.microsoft.MatMulNBits.
 */
export function unpackMatrix({
  packed,
  scales,
  zeroPoints,
  inputs,
  outputs,
  bits,
  blockSize,
}: PackedMatrix): Tensor<'float32'> {
  const bytes = packed.data as Uint8Array
  const scale = numbersOf(scales)
  const blocks = Math.ceil(inputs / blockSize)
  const mask = 2 ** bits - 1
  const read = (from: ArrayLike<number>, row: number, rowBytes: number, place: number): number => {
    const bit = place * bits
    return ((from[row * rowBytes + (bit >> 3)] as number) >> (bit & 7)) & mask
  }
  const zeros = zeroPoints && numbersOf(zeroPoints)
  const isPacked = zeroPoints?.type === 'uint8'
  const zeroOf = (row: number, block: number): number => {
    if (!zeros) return 2 ** (bits - 1)
    return isPacked ? read(zeros, row, Math.ceil((blocks * bits) / 8), block) : (zeros[row * blocks + block] as number)
  }
  const blockBytes = (blockSize * bits) / 8
  const data = new Float32Array(inputs * outputs)
  for (let row = 0; row < outputs; row++) {
    for (let column = 0; column < inputs; column++) {
      const block = Math.floor(column / blockSize)
      const value = read(bytes, row * blocks + block, blockBytes, column % blockSize)
      data[column * outputs + row] = (value - zeroOf(row, block)) * (scale[row * blocks + block] as number)
    }
  }
  return float32([inputs, outputs], data)
}
