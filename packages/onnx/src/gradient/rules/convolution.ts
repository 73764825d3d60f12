/** Convolutions, over any number of spatial axes. */
import { sizeOf } from '../../tensor.js'
import { intOf } from '../attributes.js'
import { rule } from '../rule.js'
import { at, type Dims, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { positions, transposedWindowOf, type Window, windowOf } from '../window.js'

/**
 * Y[n,o,p] = Σ_i,k X[n,i,s·p + d·k - pad] W[o,i,k] + B[o], with strides s and dilations d:
 *
 * - dX is the transposed convolution of dY with W;
 * - dW[o,i,k] = Σ_n,p dY[n,o,p] X[n,i,s·p + d·k - pad], one product for each position k of the kernel;
 * - dB is the sum of dY over batch and space.
 */
export const Conv = rule((step) => {
  const { ops, node, dy } = step
  const [x, w, b] = [step.input(0), step.input(1), step.inputs[2]]
  const group = intOf(node, 'group', 1)
  const window = windowOf(step, w.dims.slice(2), x.dims.slice(2), dy.dims.slice(2))
  return [
    () => spread(ops, dy, w, window, group, x.dims),
    () => kernelGradient(ops, x, dy, w.dims, window, group),
    b && (() => ops.reduceSum(dy, [0, ...range(2, dy.dims.length)], false)),
  ]
})

/**
 * The adjoint of Conv by its input: Y[n,o,s·p + d·k - pad] += Σ_i X[n,i,p] W[i,o,k], so that dX is the convolution of dY
 * with W, and dW as for Conv with X and dY exchanged.
 */
export const ConvTranspose = rule((step) => {
  const { ops, node, dy } = step
  const [x, w, b] = [step.input(0), step.input(1), step.inputs[2]]
  const group = intOf(node, 'group', 1)
  const window = transposedWindowOf(step, w.dims.slice(2), x.dims.slice(2), dy.dims.slice(2))
  const { strides, dilations, pads, kernel } = window
  return [
    () => ops.op('Conv', [dy, w], x, { strides, dilations, pads, group, kernel_shape: kernel }),
    () => kernelGradient(ops, dy, x, w.dims, window, group),
    b && (() => ops.reduceSum(dy, [0, ...range(2, dy.dims.length)], false)),
  ]
})

/** The transposed convolution, to a given shape. */
function spread(ops: TensorOps, y: TypedValue, w: TypedValue, window: Window, group: number, dims: Dims): TypedValue {
  const { strides, dilations, pads, kernel } = window
  const rank = kernel.length
  const outputPadding = kernel.map((size, axis) => {
    const reach = at(strides, axis) * (at(y.dims, axis + 2) - 1) + at(dilations, axis) * (size - 1) + 1
    return at(dims, axis + 2) - (reach - at(pads, axis) - at(pads, axis + rank))
  })
  const attributes = { strides, dilations, pads, group, kernel_shape: kernel, output_padding: outputPadding }
  return ops.op('ConvTranspose', [y, w], { type: y.type, dims }, attributes)
}

/**
 * dW of shape `[o, i / group, ...kernel]`: for each position of the kernel, the part of X that it met is multiplied with
 * dY, as a matrix product over batch and space.
 */
function kernelGradient(
  ops: TensorOps,
  x: TypedValue,
  dy: TypedValue,
  dims: Dims,
  { kernel, strides, dilations, pads }: Window,
  group: number,
): TypedValue {
  const rank = kernel.length
  const outputs = dy.dims.slice(2)
  const rows = (dy.dims[0] as number) * sizeOf(outputs)
  // Channels last, so that each row of a matrix is one place.
  const channelsLast = (value: TypedValue) => ops.transpose(value, [0, ...range(2, rank + 2), 1])
  const padded = ops.pad(channelsLast(x), [0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank), 0])
  const grouped = (value: TypedValue) => {
    const channels = value.dims.at(-1) as number
    if (group === 1) return ops.reshape(value, [rows, channels])
    return ops.transpose(ops.reshape(value, [rows, group, channels / group]), [1, 0, 2])
  }
  const right = grouped(channelsLast(dy))
  const parts = positions(kernel).map((position) => {
    const cuts = position.map((offset, axis) => {
      const start = offset * at(dilations, axis)
      return { axis: axis + 1, start, end: start + at(strides, axis) * (at(outputs, axis) - 1) + 1, step: at(strides, axis) }
    })
    const product = ops.matMul(right, grouped(ops.slice(padded, cuts)), { transA: true })
    return ops.reshape(product, [dims[0] as number, dims[1] as number, 1])
  })
  return ops.reshape(ops.concat(parts, 2), dims)
}
