import type { Dimension } from '@headstart/onnx'
import type { AttributeInput } from '@headstart/onnx/kit'
import { known } from './dims.js'
import { spatial } from './images.js'
import type { Operation } from './operation.js'

/** A window that moves over height and width. */
export interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
}

/** How the window is laid out in ONNX, and the sizes of what it gives. */
export interface Placement {
  readonly attributes: Readonly<Record<string, AttributeInput>>
  readonly sizes: readonly [Dimension, Dimension]
}

/**
 * The padding that a node asks for, in numbers where they are known before the graph runs. With SAME padding and a
 * stride they depend on the size: where that is not known, ONNX computes them (SAME_UPPER is TensorFlow's SAME).
 */
export function placeWindow(operation: Operation, sizes: readonly [Dimension, Dimension], window: Window): Placement {
  const { kernel, strides, dilations } = window
  const padding = operation.text('padding', 'VALID')
  const explicit = padding === 'EXPLICIT' ? explicitPads(operation) : undefined
  const along = (axis: 0 | 1): { pads: readonly [number, number] | undefined; size: Dimension } => {
    const extent = (kernel[axis] - 1) * dilations[axis] + 1
    const stride = strides[axis]
    const size = sizes[axis]
    const pads = padding === 'SAME' ? samePads(size, extent, stride) : (explicit?.[axis] ?? ([0, 0] as const))
    if (!pads) return { pads, size: known([size], (length) => Math.ceil(length / stride)) }
    const total = pads[0] + pads[1]
    if (stride === 1 && total === extent - 1) return { pads, size }
    return { pads, size: known([size], (length) => Math.floor((length + total - extent) / stride) + 1) }
  }
  const height = along(0)
  const width = along(1)
  const pads = height.pads && width.pads && [height.pads[0], width.pads[0], height.pads[1], width.pads[1]]
  return {
    attributes: {
      kernel_shape: kernel,
      strides,
      ...(dilations.some((dilation) => dilation !== 1) && { dilations }),
      ...(pads ? { pads } : { auto_pad: 'SAME_UPPER' }),
    },
    sizes: [height.size, width.size],
  }
}

/** Before and after; the odd one after (TensorFlow, "Neural Network: padding"). */
function samePads(size: Dimension, extent: number, stride: number): readonly [number, number] | undefined {
  if (stride !== 1 && typeof size !== 'number') return undefined
  const total = typeof size === 'number' ? (Math.ceil(size / stride) - 1) * stride + extent - size : extent - 1
  const needed = Math.max(total, 0)
  return [Math.floor(needed / 2), Math.ceil(needed / 2)]
}

/** The attribute has two numbers for each axis, in TensorFlow's order. */
function explicitPads(operation: Operation): readonly [readonly [number, number], readonly [number, number]] {
  const pads = operation.numbers('explicit_paddings')
  const [first, second] = operation.text('data_format', 'NHWC') === 'NCHW' ? [4, 6] : [2, 4]
  const pair = (at: number): readonly [number, number] => [pads[at] ?? 0, pads[at + 1] ?? 0]
  return [pair(first as number), pair(second as number)]
}

/** Strides and dilations of a node, with a kernel. */
export function windowOf(operation: Operation, kernel: readonly [number, number]): Window {
  return { kernel, strides: spatial(operation, 'strides'), dilations: spatial(operation, 'dilations') }
}
