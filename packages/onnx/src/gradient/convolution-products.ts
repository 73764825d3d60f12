import { sizeOf } from '../tensor.js'
import { batchFirst, batchLast } from './layout.js'
import { at, type Dims } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'
import { positions, type Window } from './window.js'

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
  const biased = (product: TypedValue) => (bias ? ops.add(product, ops.reshape(bias, [outputs, 1])) : product)
  if (places >= widePlaces && !seen.permuted) {
    const product = ops.matMul(matrix, ops.reshape(seen, [batch, channels, places]))
    return ops.reshape(biased(product), [batch, outputs, ...spatial])
  }
  const images = ops.reshape(batchLast(ops, seen), [channels, places * batch])
  return batchFirst(ops, ops.reshape(biased(ops.matMul(matrix, images)), [outputs, ...spatial, batch]))
}

/**
 * Places of input times places of output up to which a depthwise convolution is written as a matrix product. onnxruntime
 * runs one small product for each channel of each image, and does not share a transposed one among its threads; with
 * images of 7×7 the product over all of them takes a fifth of the time. Above 10×10 the matrices become too large.
 */
const depthwisePlaces = 100 * 100

export function isSmallDepthwise(x: TypedValue, w: TypedValue, y: TypedValue, group: number): boolean {
  const eachByItself = group > 1 && group === at(w.dims, 0) && at(w.dims, 1) === 1
  return eachByItself && sizeOf(x.dims.slice(2)) * sizeOf(y.dims.slice(2)) <= depthwisePlaces
}

/**
 * A depthwise convolution as a product of each channel's Toeplitz matrix, which holds the kernel's element k where an
 * output meets an input by it, with its images, `[channels, places, batch]`. The matrices are made of the kernel by a
 * product with a constant of 0 and 1, so that its gradient is a product as well.
 */
export function depthwiseProduct(
  ops: TensorOps,
  x: TypedValue,
  w: TypedValue,
  bias: TypedValue | undefined,
  window: Window,
  dims: Dims,
): TypedValue {
  const [batch, channels, ...spatial] = x.dims as [number, number, ...number[]]
  const [inputs, outputs] = [sizeOf(spatial), sizeOf(dims.slice(2))]
  const size = sizeOf(window.kernel)
  const meetings = ops.constant('float32', [size, inputs * outputs], meetingsOf(window, spatial, dims.slice(2)))
  const matrices = ops.reshape(ops.matMul(ops.reshape(w, [channels, size]), meetings), [channels, inputs, outputs])
  // Transposed here, so that it is as it lies in the backward pass, where it has more rows than columns with a stride.
  const product = ops.matMul(matrices, ops.reshape(batchLast(ops, x), [channels, inputs, batch]), { transA: true })
  const biased = bias ? ops.add(product, ops.reshape(bias, [channels, 1, 1])) : product
  return batchFirst(ops, ops.reshape(biased, [channels, ...dims.slice(2), batch]))
}

/** 1 where an element of the kernel, an input and an output meet: `[kernel, inputs, outputs]`. */
function meetingsOf({ kernel, strides, dilations, pads }: Window, spatial: Dims, outputs: Dims): Float32Array {
  const [inputCount, outputCount] = [sizeOf(spatial), sizeOf(outputs)]
  const meets = new Float32Array(sizeOf(kernel) * inputCount * outputCount)
  for (const [k, offset] of positions(kernel).entries()) {
    for (const [p, place] of positions(outputs).entries()) {
      const met = place.map(
        (index, axis) => index * at(strides, axis) + at(offset, axis) * at(dilations, axis) - at(pads, axis),
      )
      if (met.some((index, axis) => index < 0 || index >= at(spatial, axis))) continue
      const input = met.reduce((flat, index, axis) => flat * at(spatial, axis) + index, 0)
      meets[(k * inputCount + input) * outputCount + p] = 1
    }
  }
  return meets
}
