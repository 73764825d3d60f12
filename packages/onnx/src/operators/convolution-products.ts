import { sizeOf } from '../graph/tensor.js'
import { convolve, isDepthwise, meetingsOf, mostMeetings } from './convolution-gradients.js'
import { batchFirst, batchLast } from './layout.js'
import { at, type Dims } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'
import type { Window } from './window.js'

/** Whether each output looks at one place only, and at all channels. */
export function isPointwise({ kernel, pads }: Window, group: number): boolean {
  return group === 1 && [...kernel.map((size) => size - 1), ...pads].every((size) => size === 0)
}

/**
 * Places of an image from which on it is multiplied by itself; smaller ones are laid side by side, since the columns of
 * a matrix should fill onnxruntime's blocks.
 */
const widePlaces = 400

/** A pointwise convolution as a product of the kernel with the images, and the bias of each channel. */
export function pointwiseProduct(
  ops: TensorOps,
  x: TypedValue,
  w: TypedValue,
  bias: TypedValue | undefined,
  { strides }: Window,
): TypedValue {
  const seen = ops.slice(
    x,
    strides.map((step, axis) => ({ axis: axis + 2, start: 0, end: at(x.dims, axis + 2), step })),
  )
  const [batch, channels, ...spatial] = seen.dims as [number, number, ...number[]]
  const [outputs, places] = [at(w.dims, 0), sizeOf(spatial)]
  const matrix = ops.reshape(w, [outputs, channels])
  if (places >= widePlaces && !seen.permuted) {
    const product = ops.reshape(ops.matMul(matrix, ops.reshape(seen, [batch, channels, places])), [
      batch,
      outputs,
      ...spatial,
    ])
    return bias ? ops.add(product, ops.reshape(bias, [outputs, ...spatial.map(() => 1)])) : product
  }
  const images = ops.reshape(batchLast(ops, seen), [channels, places * batch])
  const product = ops.reshape(ops.matMul(matrix, images), [outputs, ...spatial, batch])
  // Not before the reshape: onnxruntime would take the bias into the product, by way of a matrix that one thread fills.
  return batchFirst(ops, bias ? ops.add(product, ops.reshape(bias, [outputs, ...spatial.map(() => 1), 1])) : product)
}

/**
 * Whether each channel is convolved by itself, in images of which there are several and which are small enough to be laid
 * side by side.
 */
export function isSmallDepthwise(x: TypedValue, w: TypedValue, group: number): boolean {
  const [batch, , ...spatial] = x.dims
  // onnxruntime convolves over three axes at most, of which one is the batch.
  return isDepthwise(w, group) && batch !== 1 && spatial.length <= 2 && sizeOf(spatial) < widePlaces
}

/** Whether a small depthwise convolution has strides, and few places on both sides. */
export function isStridedAtFewPlaces(x: TypedValue, { strides }: Window, dims: Dims): boolean {
  const places = (shape: Dims) => sizeOf(shape.slice(2))
  return strides.some((stride) => stride > 1) && places(x.dims) * places(dims) <= mostMeetings
}

/**
 * A depthwise convolution as a product for each channel: of the matrix of what each place of the input counts for each place of
 * the output, with the places of all images. onnxruntime gathers the patches of a convolution with strides in more time.
 */
export function depthwiseAsProduct(
  ops: TensorOps,
  x: TypedValue,
  w: TypedValue,
  bias: TypedValue | undefined,
  window: Window,
  dims: Dims,
): TypedValue {
  const [batch, channels, ...inputs] = x.dims as [number, number, ...number[]]
  const outputs = dims.slice(2)
  const [before, after, size] = [sizeOf(inputs), sizeOf(outputs), sizeOf(window.kernel)]
  const meetings = ops.constant('float32', [before * after, size], meetingsOf(window, inputs, outputs))
  const counts = ops.matMul(ops.reshape(w, [channels, size]), ops.cast(meetings, w.type), { transB: true })
  const images = ops.reshape(batchLast(ops, x), [channels, before, batch])
  const product = ops.matMul(ops.reshape(counts, [channels, before, after]), images, { transA: true })
  const sum = bias ? ops.add(product, ops.reshape(bias, [channels, 1, 1])) : product
  return batchFirst(ops, ops.reshape(sum, [channels, ...outputs, batch]))
}

/**
 * A depthwise convolution with the batch as one more axis of a single image, along which the kernel has the size 1.
 * onnxruntime has a task for each channel of each image, which for small images costs more than what it does; and what
 * pointwise products give has the batch last already.
 */
export function depthwiseOverBatch(
  ops: TensorOps,
  x: TypedValue,
  w: TypedValue,
  bias: TypedValue | undefined,
  { kernel, strides, dilations, pads }: Window,
  dims: Dims,
): TypedValue {
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]]
  const rank = spatial.length
  const overBatch: Window = {
    kernel: [...kernel, 1],
    strides: [...strides, 1],
    dilations: [...dilations, 1],
    pads: [...pads.slice(0, rank), 0, ...pads.slice(rank), 0],
  }
  const image = ops.reshape(batchLast(ops, x), [1, channels, ...spatial, batch])
  const output = [1, channels, ...dims.slice(2), batch]
  const convolved = convolve(ops, image, ops.reshape(w, [...w.dims, 1]), overBatch, channels, output, bias)
  return batchFirst(ops, ops.reshape(convolved, [channels, ...dims.slice(2), batch]))
}
