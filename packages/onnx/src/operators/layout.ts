import { range } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'

/** `[batch, channels, ...space]` to `[batch, ...space, channels]`. */
export function channelsLast(ops: TensorOps, x: TypedValue): TypedValue {
  return ops.transpose(x, [0, ...range(2, x.dims.length), 1])
}

/** `[batch, channels, ...space]` to `[channels, batch, ...space]`. */
export function channelsFirst(ops: TensorOps, x: TypedValue): TypedValue {
  return ops.transpose(x, [1, 0, ...range(2, x.dims.length)])
}

/** `[batch, channels, ...space]` to `[channels, ...space, batch]`. */
export function batchLast(ops: TensorOps, x: TypedValue): TypedValue {
  return ops.transpose(x, [...range(1, x.dims.length), 0])
}

/** The reverse of `batchLast`. */
export function batchFirst(ops: TensorOps, x: TypedValue): TypedValue {
  return ops.transpose(x, [x.dims.length - 1, ...range(0, x.dims.length - 1)])
}
