/** Pooling over space. */
import { sizeOf } from '../../graph/tensor.js'
import { intOf, intsOf } from '../../graph/attributes.js'
import { computed, moved } from '../facts.js'
import { rule } from '../rule.js'
import { at, range } from '../shapes.js'
import { positions, windowOf } from '../window.js'
import { single } from './pointwise.js'

/** y = mean x over space: dx = dy / places */
export const GlobalAveragePool = single(computed, ({ ops, x, dy }) => {
  return ops.expand(ops.scale(dy, 1 / sizeOf(x.dims.slice(2))), x.dims)
})

/** The gradient goes to the largest elements, in equal parts. */
export const GlobalMaxPool = single(moved, ({ ops, x, y, dy }) => {
  const mask = ops.indicator('Equal', x, y)
  return ops.mul(mask, ops.div(dy, ops.reduceSum(mask, range(2, x.dims.length))))
})

/**
 * The mean over each window: every element gets dy / count from each window that it was in, which is the transposed
 * convolution of dy / count with a kernel of ones.
 */
export const AveragePool = single(computed, ({ ops, x, dy, step }) => {
  const [spatial, outputs] = [x.dims.slice(2), dy.dims.slice(2)]
  const rank = spatial.length
  const window = windowOf(step, intsOf(step.node, 'kernel_shape', spatial), spatial, outputs)
  const { kernel, strides, dilations, pads } = window
  const padded = intOf(step.node, 'count_include_pad', 0) !== 0
  // Places of a window along one axis that count: those inside, or inside and padding. A window that ceil_mode lets
  // reach beyond the padding does not count what is there.
  const along = (axis: number, place: number): number => {
    const start = place * at(strides, axis) - at(pads, axis)
    const [low, high] = padded ? [-at(pads, axis), at(spatial, axis) + at(pads, axis + rank)] : [0, at(spatial, axis)]
    const places = range(0, at(kernel, axis)).map((k) => start + k * at(dilations, axis))
    return places.filter((at) => at >= low && at < high).length
  }
  const inverse = positions(outputs).map((place) => 1 / place.reduce((count, at, axis) => count * along(axis, at), 1))
  const share = ops.mul(dy, ops.constant('float32', outputs, inverse))
  const [planes, ones] = [
    sizeOf(x.dims.slice(0, 2)),
    ops.constant('float32', [1, 1, ...kernel], new Float32Array(sizeOf(kernel)).fill(1)),
  ]
  // Over the padded input, of which the padding is then cut off.
  const whole = spatial.map(
    (_, axis) => at(strides, axis) * (at(outputs, axis) - 1) + at(dilations, axis) * (at(kernel, axis) - 1) + 1,
  )
  const spread = ops.op(
    'ConvTranspose',
    [ops.reshape(share, [planes, 1, ...outputs]), ones],
    { type: x.type, dims: [planes, 1, ...whole] },
    { strides, dilations },
  )
  const reached = spatial.map((size, axis) => Math.min(size, at(whole, axis) - at(pads, axis)))
  const inside = ops.slice(
    spread,
    reached.map((size, axis) => ({ axis: axis + 2, start: at(pads, axis), end: at(pads, axis) + size })),
  )
  const missing = spatial.map((size, axis) => size - at(reached, axis))
  return ops.reshape(ops.pad(inside, [...range(0, rank + 2).map(() => 0), 0, 0, ...missing]), x.dims)
})

/** The gradient goes to where the largest element was found. */
export const MaxPool = rule(
  moved,
  (step) => {
    const { ops, dy } = step
    const x = step.input(0)
    // Each index counts from the first element of all.
    const indices = step.optionalOutput(1, { type: 'int64', dims: dy.dims })
    return [
      () => {
        const [flat, where] = [dy, indices].map((value) => ops.reshape(value, [sizeOf(dy.dims)])) as [
          typeof dy,
          typeof dy,
        ]
        const zeros = ops.full(0, { type: dy.type, dims: [sizeOf(x.dims)] })
        const spread = ops.op('ScatterElements', [zeros, where, flat], zeros, { axis: 0, reduction: 'add' })
        return ops.reshape(spread, x.dims)
      },
    ]
  },
  (node) => (intOf(node, 'storage_order', 0) === 0 ? undefined : 'column-major indices are not covered'),
)
