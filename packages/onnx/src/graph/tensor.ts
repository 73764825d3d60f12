import { arrayConstructors, type ElementArray, type ElementType, lengthOf, type NumericType } from './element-type.js'
import { TensorError } from '../errors.js'

/** A dense tensor: `data` holds the elements in row-major order. */
export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T
  /** Shape; `[]` is a scalar. */
  readonly dims: readonly number[]
  readonly data: ElementArray<T>
}

/** Tensors by the name of the input or output. */
export type Tensors = Readonly<Record<string, Tensor>>

/** The tensor of a name, which may be any: "__proto__" and "constructor" are names of values in published models. */
export function tensorOf(tensors: Tensors, name: string): Tensor | undefined {
  return Object.hasOwn(tensors, name) ? tensors[name] : undefined
}

/** Number of elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1)
}

/**
 * A tensor over existing data (not copied).
 * @throws TensorError when the data's length is not the product of `dims`, or a dimension is no size.
 */
export function tensor<T extends ElementType>(type: T, dims: readonly number[], data: ElementArray<T>): Tensor<T> {
  const title = `tensor ${type}[${dims.join(', ')}]`
  const bad = dims.find((dim) => !Number.isInteger(dim) || dim < 0)
  if (bad !== undefined) throw new TensorError(title, 'whole, non-negative dimensions', `${bad}`)
  const length = lengthOf(type, sizeOf(dims))
  if (data.length !== length) throw new TensorError(title, `${length} elements`, `${data.length}`)
  return { type, dims, data }
}

/** A float32 tensor from numbers. */
export function float32(dims: readonly number[], values: ArrayLike<number>): Tensor<'float32'> {
  return tensor('float32', dims, values instanceof Float32Array ? values : Float32Array.from(values))
}

/** An int64 tensor from whole numbers. */
export function int64(dims: readonly number[], values: readonly number[]): Tensor<'int64'> {
  return tensor('int64', dims, BigInt64Array.from(values, toInt64))
}

/** A whole number as int64. "To the very end" is written as the largest int64, which a double rounds up by one. */
export function toInt64(value: number): bigint {
  return BigInt.asIntN(64, value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value))
}

/** A tensor of zeros (false, for bool). */
export function zeros<T extends NumericType>(type: T, dims: readonly number[]): Tensor<T> {
  return tensor<T>(type, dims, new arrayConstructors[type](lengthOf(type, sizeOf(dims))))
}

/**
 * Rows `start` to `end` (exclusive) along the first axis, as a view on the same memory where the type allows.
 * @throws TensorError when the tensor does not have these rows.
 */
export function sliceRows<T extends ElementType>(source: Tensor<T>, start: number, end: number): Tensor<T> {
  const rows = source.dims[0] ?? 0
  if (!(start >= 0 && start <= end && end <= rows)) {
    throw new TensorError('sliceRows', `rows within 0 to ${rows}`, `${start} to ${end}`)
  }
  const stride = sizeOf(source.dims.slice(1))
  const data = source.data as ElementArray
  const part = Array.isArray(data)
    ? data.slice(start * stride, end * stride)
    : data.subarray(start * stride, end * stride)
  return { type: source.type, dims: [end - start, ...source.dims.slice(1)], data: part as ElementArray<T> }
}

/**
 * Tensors joined along the first axis.
 * @throws TensorError when there is none, one is a scalar, or types or the other dimensions differ.
 */
export function concatRows<T extends ElementType>(parts: readonly Tensor<T>[]): Tensor<T> {
  const [first] = parts
  if (!first) throw new TensorError('concatRows', 'at least one tensor', 'none')
  const rest = first.dims.slice(1)
  for (const { type, dims } of parts) {
    if (type !== first.type || dims.length === 0 || dims.slice(1).join() !== rest.join()) {
      throw new TensorError('concatRows', `${first.type}[${['*', ...rest].join(', ')}]`, `${type}[${dims.join(', ')}]`)
    }
  }
  const dims = [parts.reduce((rows, part) => rows + (part.dims[0] ?? 0), 0), ...rest]
  if (first.type === 'string') {
    return {
      type: first.type,
      dims,
      data: parts.flatMap((part) => part.data as string[]) as ElementArray as ElementArray<T>,
    }
  }
  const joined = zeros(first.type, dims)
  let offset = 0
  for (const part of parts) {
    ;(joined.data as Float32Array).set(part.data as Float32Array, offset)
    offset += part.data.length
  }
  return joined as Tensor as Tensor<T>
}
