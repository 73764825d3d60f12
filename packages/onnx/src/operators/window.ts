import { intsOf, textOf } from '../graph/attributes.js'
import type { Step } from './rule.js'
import { at, type Dims, range } from './shapes.js'

/** How the window moves over the spatial axes. */
export interface Window {
  readonly kernel: Dims
  readonly strides: Dims
  readonly dilations: Dims
  /** Begins, then ends. */
  readonly pads: Dims
}

/**
 * The window of a node, with padding worked out.
 * @param input Spatial sizes of what the window moves over.
 * @param output Spatial sizes of what it gives.
 */
export function windowOf({ node }: Step, kernel: Dims, input: Dims, output: Dims): Window {
  const rank = kernel.length
  const strides = intsOf(
    node,
    'strides',
    range(0, rank).map(() => 1),
  )
  const dilations = intsOf(
    node,
    'dilations',
    range(0, rank).map(() => 1),
  )
  const automatic = textOf(node, 'auto_pad', 'NOTSET')
  if (!automatic.startsWith('SAME')) {
    const none = range(0, 2 * rank).map(() => 0)
    return { kernel, strides, dilations, pads: automatic === 'VALID' ? none : intsOf(node, 'pads', none) }
  }
  const totals = output.map((size, axis) => {
    const reach = (size - 1) * at(strides, axis) + at(dilations, axis) * (at(kernel, axis) - 1) + 1
    return Math.max(0, reach - at(input, axis))
  })
  const lower = automatic === 'SAME_LOWER'
  const begins = totals.map((total) => (lower ? Math.ceil(total / 2) : Math.floor(total / 2)))
  return { kernel, strides, dilations, pads: [...begins, ...totals.map((total, axis) => total - at(begins, axis))] }
}

/**
 * The same of a transposed convolution, which may give the shape of its output instead of the padding.
 * @param input Spatial sizes of what is spread.
 * @param output Spatial sizes of what it is spread over.
 */
export function transposedWindowOf(step: Step, kernel: Dims, input: Dims, output: Dims): Window {
  const { node } = step
  const automatic = textOf(node, 'auto_pad', 'NOTSET')
  const window = windowOf(step, kernel, output, input)
  if (intsOf(node, 'output_shape', undefined) === undefined && !automatic.startsWith('SAME')) return window
  const extra = intsOf(
    node,
    'output_padding',
    range(0, kernel.length).map(() => 0),
  )
  const totals = input.map((size, axis) => {
    const reach = at(window.strides, axis) * (size - 1) + at(window.dilations, axis) * (at(kernel, axis) - 1) + 1
    return Math.max(0, reach + at(extra, axis) - at(output, axis))
  })
  // ONNX, ConvTranspose: the smaller half comes first with SAME_UPPER, else the larger one.
  const begins = totals.map((total) => (automatic === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2)))
  return { ...window, pads: [...begins, ...totals.map((total, axis) => total - at(begins, axis))] }
}

/** All index tuples of a shape, last axis fastest. */
export function positions(dims: Dims): number[][] {
  return dims.reduce<number[][]>(
    (tuples, size) => tuples.flatMap((tuple) => range(0, size).map((index) => [...tuple, index])),
    [[]],
  )
}
