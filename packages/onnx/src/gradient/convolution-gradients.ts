import { sizeOf } from '../tensor.js'
import { batchLast, channelsFirst, channelsLast } from './layout.js'
import { at, type Cut, type Dims, range } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'
import { positions, type Window } from './window.js'

/** The transposed convolution of y with w, to a given shape. */
export function spread(
  ops: TensorOps,
  y: TypedValue,
  w: TypedValue,
  window: Window,
  group: number,
  dims: Dims,
): TypedValue {
  const { strides, dilations, pads, kernel } = window
  const rank = kernel.length
  const padsBack = pads.map((pad, axis) => at(dilations, axis % rank) * (at(kernel, axis % rank) - 1) - pad)
  if (strides.every((stride) => stride === 1) && padsBack.every((pad) => pad >= 0)) {
    // The convolution with the kernel turned around, which onnxruntime computes in about half the time.
    const attributes = { dilations, pads: padsBack, group, kernel_shape: kernel }
    return ops.op('Conv', [y, turned(ops, w, group)], { type: y.type, dims }, attributes)
  }
  const outputPadding = kernel.map((size, axis) => {
    const reach = at(strides, axis) * (at(y.dims, axis + 2) - 1) + at(dilations, axis) * (size - 1) + 1
    return at(dims, axis + 2) - (reach - at(pads, axis) - at(pads, axis + rank))
  })
  const attributes = { strides, dilations, pads, group, kernel_shape: kernel, output_padding: outputPadding }
  return ops.op('ConvTranspose', [y, w], { type: y.type, dims }, attributes)
}

/** `[o, i / group, ...kernel]` to `[i, o / group, ...kernel]`, back to front. */
function turned(ops: TensorOps, w: TypedValue, group: number): TypedValue {
  const [outputs, inputs, ...kernel] = w.dims as [number, number, ...number[]]
  const grouped = ops.reshape(w, [group, outputs / group, inputs, ...kernel])
  const exchanged = ops.transpose(grouped, [0, 2, 1, ...range(3, 3 + kernel.length)])
  const backwards = kernel.map((size, axis) => ({ axis: axis + 2, start: size - 1, end: -1, step: -1 }))
  const open = backwards.filter(({ start }) => start > 0)
  return ops.slice(ops.reshape(exchanged, [group * inputs, outputs / group, ...kernel]), open)
}

/**
 * dW of shape `[o, i / group, ...kernel]`: for each position of the kernel, the part of x that it met, times dy, summed
 * over batch and space.
 */
export function kernelGradient(
  ops: TensorOps,
  x: TypedValue,
  dy: TypedValue,
  dims: Dims,
  window: Window,
  group: number,
): TypedValue {
  const parts =
    group === 1
      ? dense(ops, x, dy, window)
      : at(dims, 1) === 1
        ? depthwise(ops, x, dy, window, group)
        : grouped(ops, x, dy, window, group)
  const size = sizeOf(dims.slice(0, 2))
  return ops.reshape(
    ops.concat(
      parts.map((part) => ops.reshape(part, [size, 1])),
      1,
    ),
    dims,
  )
}

/** One product `[o, i]` for each position, over all places of all images. */
function dense(ops: TensorOps, x: TypedValue, dy: TypedValue, window: Window): TypedValue[] {
  if (!x.permuted && at(window.strides, -1) !== 1) {
    // Every other pixel of a row is picked faster where its channels lie together.
    const rows = (value: TypedValue) => ops.reshape(value, [sizeOf(value.dims.slice(0, -1)), at(value.dims, -1)])
    const gradient = rows(channelsLast(ops, dy))
    const met = shifts(ops, channelsLast(ops, x), dy, window, 1)
    return met.map((part) => ops.matMul(gradient, rows(part), { transA: true }))
  }
  // The product is fastest where what it sums over lies in a row, for each channel.
  const byChannel = x.permuted ? batchLast : channelsFirst
  const rows = (value: TypedValue) => ops.reshape(value, [at(value.dims, 0), sizeOf(value.dims.slice(1))])
  const gradient = rows(byChannel(ops, dy))
  const met = shifts(ops, byChannel(ops, x), dy, window, x.permuted ? 1 : 2)
  return met.map((part) => ops.matMul(gradient, rows(part), { transB: true }))
}

/** One product `[group, o / group, i / group]` for each position. */
function grouped(ops: TensorOps, x: TypedValue, dy: TypedValue, window: Window, group: number): TypedValue[] {
  const byGroup = (value: TypedValue) => {
    const channels = at(value.dims, -1)
    const rows = sizeOf(value.dims) / channels
    return ops.transpose(ops.reshape(value, [rows, group, channels / group]), [1, 0, 2])
  }
  const gradient = byGroup(channelsLast(ops, dy))
  return shifts(ops, channelsLast(ops, x), dy, window, 1).map((met) =>
    ops.matMul(gradient, byGroup(met), { transA: true }),
  )
}

/** With one input channel for each group the products are taken element by element: `[group, o / group]` each. */
function depthwise(ops: TensorOps, x: TypedValue, dy: TypedValue, window: Window, group: number): TypedValue[] {
  // What is not space lies together, so that pixels are picked in pieces. What pointwise products gave has the batch last.
  const [order, axis, others] = x.permuted
    ? ([batchLast, 0, range(2, window.kernel.length + 3)] as const)
    : ([channelsLast, window.kernel.length + 1, range(0, window.kernel.length + 1)] as const)
  const byGroup = (value: TypedValue) => {
    return ops.reshape(value, value.dims.toSpliced(axis, 1, group, at(value.dims, axis) / group))
  }
  const gradient = byGroup(order(ops, dy))
  const met = shifts(ops, order(ops, x), dy, window, 1)
  return met.map((part) => ops.reduceSum(ops.mul(gradient, byGroup(part)), others, false))
}

/** For each position of the kernel the elements of x that it meets, one for each place of dy. */
function shifts(ops: TensorOps, x: TypedValue, dy: TypedValue, window: Window, firstAxis: number): TypedValue[] {
  const { kernel, strides, dilations, pads } = window
  const rank = kernel.length
  const around = (sizes: Dims) => x.dims.map((_, axis) => sizes[axis - firstAxis] ?? 0)
  const padded = ops.pad(x, [...around(pads.slice(0, rank)), ...around(pads.slice(rank))])
  return positions(kernel).map((position) => {
    const cuts = position.map((offset, axis): Cut => {
      const start = offset * at(dilations, axis)
      const reach = at(strides, axis) * (at(dy.dims, axis + 2) - 1) + 1
      return { axis: axis + firstAxis, start, end: start + reach, step: at(strides, axis) }
    })
    return ops.slice(padded, cuts)
  })
}
