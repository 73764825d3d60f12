/** Convolutions, over any number of spatial axes. */
import { intOf } from '../../graph/attributes.js'
import {
  depthwiseAsProduct,
  depthwiseOverBatch,
  isPointwise,
  isSmallDepthwise,
  isStridedAtFewPlaces,
  pointwiseProduct,
} from '../convolution-products.js'
import { kernelGradient, spread } from '../convolution-gradients.js'
import { computed, convolution } from '../facts.js'
import { rule } from '../rule.js'
import { range } from '../shapes.js'
import { transposedWindowOf, windowOf } from '../window.js'

/**
 * Y[n,o,p] = Σ_i,k X[n,i,s·p + d·k - pad] W[o,i,k] + B[o], with strides s and dilations d:
 *
 * - dX is the transposed convolution of dY with W;
 * - dW[o,i,k] = Σ_n,p dY[n,o,p] X[n,i,s·p + d·k - pad], one product for each position k of the kernel;
 * - dB is the sum of dY over batch and space.
 *
 * A pointwise convolution is written as a matrix product, a depthwise one of small images as that of a single image, or as
 * a product for each channel where it has strides.
 */
export const Conv = rule(
  { ...computed, weights: convolution(0) },
  (step) => {
    const { ops, node, dy } = step
    const [x, w, b] = [step.input(0), step.input(1), step.inputs[2]]
    const group = intOf(node, 'group', 1)
    const window = windowOf(step, w.dims.slice(2), x.dims.slice(2), dy.dims.slice(2))
    return [
      () => spread(ops, dy, w, window, group, x.dims),
      () => kernelGradient(ops, x, dy, w.dims, window, group),
      b && (() => ops.reduceSum(dy, [0, ...range(2, dy.dims.length)], false)),
    ]
  },
  undefined,
  (step) => {
    const { ops, node, output } = step
    const [x, w, b] = [step.input(0), step.input(1), step.inputs[2]]
    const group = intOf(node, 'group', 1)
    const window = windowOf(step, w.dims.slice(2), x.dims.slice(2), output.dims.slice(2))
    if (isPointwise(window, group)) return [pointwiseProduct(ops, x, w, b, window)]
    if (!isSmallDepthwise(x, w, group)) return undefined
    const depthwise = isStridedAtFewPlaces(x, window, output.dims) ? depthwiseAsProduct : depthwiseOverBatch
    return [depthwise(ops, x, w, b, window, output.dims)]
  },
)

/**
 * The adjoint of Conv by its input: Y[n,o,s·p + d·k - pad] += Σ_i X[n,i,p] W[i,o,k], so that dX is the convolution of dY
 * with W, and dW as for Conv with X and dY exchanged.
 */
export const ConvTranspose = rule({ ...computed, weights: convolution(1) }, (step) => {
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
