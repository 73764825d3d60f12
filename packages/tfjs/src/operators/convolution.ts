import type { Dimension } from '@headstart/onnx'
import type { AttributeInput } from '@headstart/onnx/kit'
import { type Images, imagesOf, operandOf, spatial } from '../images.js'
import type { Operand } from '../operand.js'
import { type Importer, type Operation, print } from '../operation.js'
import { placeWindow, windowOf } from '../window.js'
import { fusionOf } from './fused.js'

/** A filter `[height, width, in, out]` (of a depthwise convolution `[height, width, in, multiplier]`), all sizes known. */
function filterSizes(operation: Operation, { dims }: Operand): readonly [number, number, number, number] {
  if (dims.length === 4 && dims.every((dim) => typeof dim === 'number')) return dims as [number, number, number, number]
  throw operation.refusal('a filter of rank 4 and known size', `shape ${print(dims)}`)
}

/** Convolution, bias and activation of images with filters as ONNX has them, `[out, in / groups, height, width]`. */
function convolve(
  operation: Operation,
  images: Images,
  filters: Operand,
  channels: Dimension,
  groups: number,
): Operand {
  const { write } = operation
  const [, , height, width] = filters.dims as readonly number[]
  const { attributes, sizes } = placeWindow(
    operation,
    images.sizes,
    windowOf(operation, [height as number, width as number]),
  )
  const { bias, activate } = fusionOf(operation, 2)
  const inputs = [images.value, filters.value, ...(bias ? [write.reshaped(bias, [channels]).value] : [])]
  const group: Record<string, AttributeInput> = groups === 1 ? {} : { group: groups }
  const value = write.op('Conv', inputs, { ...attributes, ...group })
  return activate(operandOf(operation, { ...images, value, channels, sizes }))
}

const conv2d: Importer = (operation) => {
  const filter = operation.input(1)
  const [, , depth, channels] = filterSizes(operation, filter)
  const filters = operation.write.transposed(filter, [3, 2, 0, 1])
  const images = imagesOf(operation, operation.input(0))
  // Filters of fewer channels than the images have belong to groups of them, one after the other.
  const groups = typeof images.channels === 'number' ? images.channels / depth : 1
  return convolve(operation, images, filters, channels, groups)
}

/** Each channel is a group of its own, with `multiplier` filters. */
const depthwiseConv2d: Importer = (operation) => {
  const { write } = operation
  const filter = operation.input(1)
  const [height, width, channels, multiplier] = filterSizes(operation, filter)
  const filters = write.reshaped(write.transposed(filter, [2, 3, 0, 1]), [channels * multiplier, 1, height, width])
  return convolve(operation, imagesOf(operation, operation.input(0)), filters, channels * multiplier, channels)
}

/**
 * Transposed convolution: inputs are the size of what comes out, the filter `[height, width, out, in]`, the images.
 * Padding is that of the convolution which it transposes, over the size that comes out.
 */
const conv2dBackpropInput: Importer = (operation) => {
  const { write } = operation
  const [height, width, channels] = filterSizes(operation, operation.input(1))
  const images = imagesOf(operation, operation.input(2))
  const filters = write.transposed(operation.input(1), [3, 2, 0, 1])
  const strides = spatial(operation, 'strides')
  const wanted = operation.input(0).elements ?? []
  const wantedSizes = operation.text('data_format', 'NHWC') === 'NCHW' ? wanted.slice(2) : wanted.slice(1, 3)
  const isSame = operation.text('padding', 'VALID') === 'SAME'
  if (!isSame && operation.text('padding', 'VALID') !== 'VALID')
    throw operation.refusal('padding SAME or VALID', 'EXPLICIT')

  const along = (axis: 0 | 1, kernel: number) => {
    const stride = strides[axis]
    const size = images.sizes[axis]
    const out = wantedSizes[axis]
    // Where the size is not known, it is the usual multiple, by which nothing else depends on it.
    const grown = isSame ? 0 : Math.max(kernel - stride, 0)
    const isKnown = typeof size === 'number' && typeof out === 'number'
    const beyond = isKnown ? out - (size - 1) * stride - kernel : stride + grown - kernel
    const total = Math.max(-beyond, 0)
    const before = isSame ? Math.floor(total / 2) : 0
    return { pads: [before, total - before] as const, extra: Math.max(beyond, 0), size: isKnown ? out : '' }
  }
  const [y, x] = [along(0, height), along(1, width)]
  const value = write.op('ConvTranspose', [images.value, filters.value], {
    kernel_shape: [height, width],
    strides,
    pads: [y.pads[0], x.pads[0], y.pads[1], x.pads[1]],
    output_padding: [y.extra, x.extra],
  })
  return operandOf(operation, { ...images, value, channels, sizes: [y.size, x.size] })
}

export const convolutionOperators: Readonly<Record<string, Importer>> = {
  Conv2D: conv2d,
  _FusedConv2D: conv2d,
  DepthwiseConv2dNative: depthwiseConv2d,
  DepthwiseConv2d: depthwiseConv2d,
  FusedDepthwiseConv2dNative: depthwiseConv2d,
  Conv2DBackpropInput: conv2dBackpropInput,
}
