import { sizeOf } from '../graph/tensor.js'
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
    return convolve(ops, y, turned(ops, w, group), { ...window, pads: padsBack }, group, dims)
  }
  const reaches = kernel.map((size, axis) => at(dilations, axis) * (size - 1))
  const left = kernel.map((_, axis) => at(dims, axis + 2) - at(y.dims, axis + 2) * at(strides, axis))
  const steady = {
    ...window,
    strides: strides.map(() => 1),
    pads: [...pads.slice(0, rank), ...reaches.map((reach, axis) => reach - at(left, axis) - at(pads, axis))],
  }
  if (isDepthwise(w, group) && steady.pads.every((pad, axis) => pad <= at(reaches, axis % rank))) {
    // A transposed convolution takes onnxruntime a product for each channel: with zeros between it is a plain one.
    return spread(ops, zerosBetween(ops, y, strides), w, steady, group, dims)
  }
  const outputPadding = kernel.map((size, axis) => {
    const reach = at(strides, axis) * (at(y.dims, axis + 2) - 1) + at(dilations, axis) * (size - 1) + 1
    return at(dims, axis + 2) - (reach - at(pads, axis) - at(pads, axis + rank))
  })
  const attributes = { strides, dilations, pads, group, kernel_shape: kernel, output_padding: outputPadding }
  return ops.op('ConvTranspose', [y, w], { type: y.type, dims }, attributes)
}

/** A convolution. */
export function convolve(
  ops: TensorOps,
  x: TypedValue,
  w: TypedValue,
  { kernel, strides, dilations, pads }: Window,
  group: number,
  dims: Dims,
  bias?: TypedValue,
): TypedValue {
  const isApart = kernel.length === 3 && at(kernel, 2) === 1 && dims.at(-1) === x.dims.at(-1)
  if (!isApart || at(strides, 1) !== 1) {
    return ops.op(
      'Conv',
      [x, w, bias],
      { type: x.type, dims },
      { strides, dilations, pads, group, kernel_shape: kernel },
    )
  }
  // Nothing meets along the last axis: with the one before as a single one, which is dilated by it, there are two axes,
  // over which onnxruntime goes two to three times as fast.
  const size = dims.at(-1) as number
  const flat = (shape: Dims) => [...shape.slice(0, -2), at(shape, -2) * at(shape, -1)]
  const convolved = ops.op(
    'Conv',
    [ops.reshape(x, flat(x.dims)), ops.reshape(w, w.dims.slice(0, -1)), bias],
    { type: x.type, dims: flat(dims) },
    {
      strides: strides.slice(0, 2),
      dilations: [at(dilations, 0), at(dilations, 1) * size],
      pads: [at(pads, 0), at(pads, 1) * size, at(pads, 3), at(pads, 4) * size],
      group,
      kernel_shape: kernel.slice(0, 2),
    },
  )
  return ops.reshape(convolved, dims)
}

/** Whether each channel is convolved by itself, with one kernel. */
export function isDepthwise(w: Pick<TypedValue, 'dims'>, group: number): boolean {
  return group > 1 && group === at(w.dims, 0) && at(w.dims, 1) === 1
}

/** Each element with the zeros after it, along the axes of space, that make a stride. */
function zerosBetween(ops: TensorOps, y: TypedValue, strides: Dims): TypedValue {
  const after = [1, 1, ...strides].map((stride) => stride - 1)
  const apart = y.dims.flatMap((size, axis) => (at(after, axis) > 0 ? [size, 1] : [size]))
  const ends = after.flatMap((zeros) => (zeros > 0 ? [0, zeros] : [0]))
  const stuffed = ops.pad(ops.reshape(y, apart), [...apart.map(() => 0), ...ends])
  return ops.reshape(
    stuffed,
    y.dims.map((size, axis) => size * (at(after, axis) + 1)),
  )
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
  if (isDepthwise({ dims }, group)) {
    const [wide, wideDy, apart] = withApartLast(ops, x, dy, window)
    if (meetsAtFewPlaces(wide, wideDy, apart)) return ops.reshape(depthwiseAtFewPlaces(ops, wide, wideDy, apart), dims)
  }
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
  const [order, axis, others] =
    x.permuted || x.dims[0] === 1
      ? ([batchLast, 0, range(2, window.kernel.length + 3)] as const)
      : ([channelsLast, window.kernel.length + 1, range(0, window.kernel.length + 1)] as const)
  const byGroup = (value: TypedValue) => {
    return ops.reshape(value, value.dims.toSpliced(axis, 1, group, at(value.dims, axis) / group))
  }
  const gradient = byGroup(order(ops, dy))
  const met = shifts(ops, order(ops, x), dy, window, 1)
  return met.map((part) => ops.reduceSum(ops.mul(gradient, byGroup(part)), others, false))
}

/**
 * Where the kernel is dilated along the last axis, only places that are as far from each other meet: of a single image they are
 * told apart by one more axis, along which the kernel has the size 1.
 */
function withApartLast(
  ops: TensorOps,
  x: TypedValue,
  dy: TypedValue,
  window: Window,
): [TypedValue, TypedValue, Window] {
  const rank = window.kernel.length
  const apart = window.dilations.at(-1) as number
  const [begin, end] = [at(window.pads, rank - 1), at(window.pads, 2 * rank - 1)]
  const isWhole = [x.dims.at(-1) as number, dy.dims.at(-1) as number, begin, end].every((size) => size % apart === 0)
  if (apart === 1 || window.strides.at(-1) !== 1 || x.dims[0] !== 1 || !isWhole) return [x, dy, window]
  const wide = (value: TypedValue) =>
    ops.reshape(value, [...value.dims.slice(0, -1), (value.dims.at(-1) as number) / apart, apart])
  const { kernel, strides, dilations, pads } = window
  return [
    wide(x),
    wide(dy),
    {
      kernel: [...kernel, 1],
      strides: [...strides, 1],
      dilations: [...dilations.slice(0, -1), 1, 1],
      pads: [...pads.slice(0, rank - 1), begin / apart, 0, ...pads.slice(rank, -1), end / apart, 0],
    },
  ]
}

/**
 * Places of input times places of output up to which the gradient of a kernel that has the size 1 along the last axis is a
 * matrix product over that axis; above, the matrices become too large.
 */
export const mostMeetings = 100 * 100

function meetsAtFewPlaces(x: TypedValue, dy: TypedValue, { kernel }: Window): boolean {
  const places = ({ dims }: TypedValue) => sizeOf(dims.slice(2, -1))
  const isApart = kernel.at(-1) === 1 && x.dims.at(-1) === dy.dims.at(-1)
  return x.dims[0] === 1 && kernel.length > 1 && isApart && places(x) * places(dy) <= mostMeetings
}

/**
 * What each place of the input gives times the gradient at each place of the output, over the last axis, and of these
 * `[channels, inputs · outputs]` the sums over those that meet by each element of the kernel: `[channels, kernel]`.
 */
function depthwiseAtFewPlaces(ops: TensorOps, x: TypedValue, dy: TypedValue, window: Window): TypedValue {
  const [channels, size] = [at(x.dims, 1), x.dims.at(-1) as number]
  const [inputs, outputs] = [x.dims.slice(2, -1), dy.dims.slice(2, -1)]
  const rows = (value: TypedValue, places: Dims) => ops.reshape(value, [channels, sizeOf(places), size])
  const products = ops.matMul(rows(x, inputs), rows(dy, outputs), { transB: true })
  const meetings = ops.constant(
    'float32',
    [sizeOf(inputs) * sizeOf(outputs), sizeOf(window.kernel)],
    meetingsOf(window, inputs, outputs),
  )
  return ops.matMul(ops.reshape(products, [channels, sizeOf(inputs) * sizeOf(outputs)]), meetings)
}

/** 1 where an input, an output and an element of the kernel meet: `[inputs, outputs, kernel]`. */
export function meetingsOf({ kernel, strides, dilations, pads }: Window, inputs: Dims, outputs: Dims): Float32Array {
  const [outputCount, size] = [sizeOf(outputs), sizeOf(kernel)]
  const meets = new Float32Array(sizeOf(inputs) * outputCount * size)
  for (const [k, offset] of positions(kernel).entries()) {
    for (const [p, place] of positions(outputs).entries()) {
      const met = place.map(
        (index, axis) => index * at(strides, axis) + at(offset, axis) * at(dilations, axis) - at(pads, axis),
      )
      if (met.some((index, axis) => index < 0 || index >= at(inputs, axis))) continue
      const input = met.reduce((flat, index, axis) => flat * at(inputs, axis) + index, 0)
      meets[(input * outputCount + p) * size + k] = 1
    }
  }
  return meets
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
