import { float32, type Tensor } from '@headstart/onnx'
import { sizeOf } from '@headstart/onnx/kit'

/** Axes that a packed tensor can have; more than any network's, so that other numbers are known to be none. */
const mostAxes = 8

/**
 * A tensor with its shape as plain numbers, such as the feature cache holds: rank, dimensions, elements. A dimension
 * below 2²⁴ is exact in float32.
 */
export function packTensor({ dims, data }: Tensor<'float32'>): Float32Array {
  const packed = new Float32Array(1 + dims.length + data.length)
  packed[0] = dims.length
  packed.set(dims, 1)
  packed.set(data, 1 + dims.length)
  return packed
}

/** The reverse of `packTensor`, over the same memory; undefined for what is no packed tensor. */
export function unpackTensor(packed: Float32Array): Tensor<'float32'> | undefined {
  const [rank = -1] = packed
  if (!(Number.isInteger(rank) && rank >= 0 && rank <= mostAxes)) return undefined
  const dims = [...packed.subarray(1, 1 + rank)]
  const data = packed.subarray(1 + rank)
  return data.length === sizeOf(dims) ? float32(dims, data) : undefined
}

/**
 * Tensors of like rank side by side along a new first axis, `[tensors.length, ...]`, each padded with zeros to the
 * longest along each axis.
 */
export function stackPadded(tensors: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const rank = tensors[0]?.dims.length ?? 0
  const dims = Array.from({ length: rank }, (_, axis) => Math.max(...tensors.map((tensor) => tensor.dims[axis] ?? 0)))
  const size = sizeOf(dims)
  const stacked = new Float32Array(tensors.length * size)
  tensors.forEach((tensor, row) => place(tensor, stacked.subarray(row * size, (row + 1) * size), dims))
  return float32([tensors.length, ...dims], stacked)
}

/** Writes a tensor into the corner of a larger one. */
function place({ dims, data }: Tensor<'float32'>, into: Float32Array, outer: readonly number[]): void {
  // Along the axes up to the last that is padded, rows are copied; behind it they lie side by side in both.
  const padded = dims.findLastIndex((dim, axis) => dim !== outer[axis])
  if (padded < 0) {
    into.set(data)
    return
  }
  const run = sizeOf(dims.slice(padded))
  const place = Array<number>(padded).fill(0)
  for (let from = 0; from < data.length; from += run) {
    let to = 0
    for (let axis = 0; axis < padded; axis++) to = (to + (place[axis] as number)) * (outer[axis + 1] as number)
    into.set(data.subarray(from, from + run), to * sizeOf(outer.slice(padded + 1)))
    for (let axis = padded - 1; axis >= 0; axis--) {
      const next = (place[axis] as number) + 1
      place[axis] = next % (dims[axis] as number)
      if (place[axis] !== 0) break
    }
  }
}
