/** Activation functions of neural networks. */
import { float } from '../../graph/builder.js'
import { axisOf, floatOf, intOf, textOf } from '../../graph/attributes.js'
import { geluGradient, tanhGeluGradient } from '../gelu.js'
import { byInput, computed, rectifier } from '../facts.js'
import { composition, rule } from '../rule.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { pointwise, sameOrder, single } from './pointwise.js'

/**
 * 1 where x lies above (or below) the bound, 0 elsewhere: min(max(2¹⁰⁰ (x - bound), 0), 1), in one pass. A comparison gives
 * truth values, which take another one to become numbers, slowly. Within 2⁻¹⁰⁰ of the bound it is in between.
 */
const beyond = (ops: TensorOps, x: TypedValue, opType: 'Greater' | 'Less', bound: number) => {
  if (x.type !== 'float32' || Math.abs(bound) > 2 ** 27) return ops.indicator(opType, x, ops.scalar(bound, x))
  const steep = opType === 'Greater' ? 2 ** 100 : -(2 ** 100)
  return ops.unary('HardSigmoid', x, { alpha: float(steep), beta: float(-Math.fround(bound) * steep) })
}

// Where a slope is multiplied by dy, dy is the second factor: onnxruntime computes that one first, and the slope when it
// is needed, while it is in the caches.

/** dx = dy where x > 0 */
export const Relu = pointwise(rectifier, ({ ops, y, dy }) => ops.mul(beyond(ops, y, 'Greater', 0), dy))

/** y = x for x > 0, else αx */
export const LeakyRelu = pointwise(rectifier, ({ ops, x, dy, step }) => {
  const alpha = floatOf(step.node, 'alpha', 0.01)
  const slope = ops.add(ops.scale(beyond(ops, x, 'Greater', 0), 1 - alpha), ops.scalar(alpha, x))
  return ops.mul(slope, dy)
})

/** y = x for x > 0, else slope · x: dx = dy · (1 or slope), dslope = sum of dy · min(x, 0) */
export const PRelu = rule({ ...rectifier, weights: byInput(undefined, 'slope') }, (step) => {
  const { ops, dy } = step
  const [x, slope] = [step.input(0), step.input(1)]
  const zero = ops.scalar(0, x)
  return [
    () => ops.where(ops.broadcasting('Greater', [x, zero], 'bool'), dy, ops.mul(dy, slope)),
    () => ops.sumTo(ops.mul(dy, ops.broadcasting('Min', [x, zero])), slope.dims),
  ]
})

/** y = x for x > α, else 0 */
export const ThresholdedRelu = pointwise(computed, ({ ops, x, dy, step }) =>
  ops.mul(beyond(ops, x, 'Greater', floatOf(step.node, 'alpha', 1)), dy),
)

/** y = α (exp x - 1) for x < 0: dx = dy · (y + α) there. (Clevert et al., 2015) */
export const Elu = pointwise(rectifier, ({ ops, x, y, dy, step }) => {
  const alpha = floatOf(step.node, 'alpha', 1)
  return below(ops, x, dy, ops.add(y, ops.scalar(alpha, y)))
})

/** y = α (exp(x/α) - 1) for x < 0: dx = dy · (y/α + 1) there. (Barron, 2017) */
export const Celu = pointwise(computed, ({ ops, x, y, dy, step }) => {
  const alpha = floatOf(step.node, 'alpha', 1)
  return below(ops, x, dy, ops.add(ops.scale(y, 1 / alpha), ops.scalar(1, y)))
})

/** y = γ x for x > 0, else γα (exp x - 1): dx = dy · γ or dy · (y + γα). (Klambauer et al., 2017) */
export const Selu = pointwise(computed, ({ ops, x, y, dy, step }) => {
  const alpha = floatOf(step.node, 'alpha', 1.6732632)
  const gamma = floatOf(step.node, 'gamma', 1.050701)
  const positive = ops.broadcasting('Greater', [x, ops.scalar(0, x)], 'bool')
  return ops.mul(dy, ops.where(positive, ops.scalar(gamma, x), ops.add(y, ops.scalar(gamma * alpha, y))))
})

/** dx = dy for x > 0, dy · slope elsewhere */
function below(ops: TensorOps, x: TypedValue, dy: TypedValue, slope: TypedValue): TypedValue {
  const positive = ops.broadcasting('Greater', [x, ops.scalar(0, x)], 'bool')
  return ops.mul(dy, ops.where(positive, ops.scalar(1, x), slope))
}

/**
 * y = min(max(x, low), high): dx = dy where low < y < high; each bound gets what is beyond it. x itself is read only
 * where the bounds are no constants, so that y can be written in its place.
 */
export const Clip = rule(
  rectifier,
  (step) => {
    const { ops, dy, output: y } = step
    const x = step.input(0)
    const [, low, high] = step.inputs
    const isConstant = (bound: TypedValue | undefined) => bound === undefined || bound.constant !== undefined
    // Where the lower bound lies above the upper one, y is the upper one.
    const inOrder = (value: TypedValue): TypedValue =>
      low && high ? ops.mul(value, ops.indicator('LessOrEqual', low, high)) : value
    const within = () => {
      if (!isConstant(low) || !isConstant(high)) return ops.mul(inOrder(ops.indicator('Equal', x, y)), dy)
      const above = low?.constant === undefined ? dy : ops.mul(beyond(ops, y, 'Greater', low.constant), dy)
      return high?.constant === undefined ? above : ops.mul(beyond(ops, y, 'Less', high.constant), above)
    }
    const below = () => {
      const bound = step.input(1)
      return ops.sumTo(ops.mul(dy, inOrder(ops.indicator('Less', x, bound))), bound.dims)
    }
    const above = () => {
      const bound = step.input(2)
      const raised = low ? ops.broadcasting('Max', [x, low]) : x
      return ops.sumTo(ops.mul(dy, ops.indicator('Greater', raised, bound)), bound.dims)
    }
    return [within, below, above]
  },
  undefined,
  sameOrder,
)

/** y = min(max(αx + β, 0), 1): dx = α dy inside */
export const HardSigmoid = pointwise(computed, ({ ops, y, dy, step }) => {
  const scaled = ops.scale(dy, floatOf(step.node, 'alpha', 0.2))
  return ops.mul(beyond(ops, y, 'Less', 1), ops.mul(beyond(ops, y, 'Greater', 0), scaled))
})

/** y = x · HardSigmoid(x; 1/6, 1/2). (Howard et al., 2019) */
export const HardSwish = composition(rectifier, ({ ops, input }) => {
  const x = input(0)
  return [ops.mul(x, ops.unary('HardSigmoid', x, { alpha: float(1 / 6), beta: float(0.5) }))]
})

/** y = x · tanh(softplus x). (Misra, 2019) */
export const Mish = composition(computed, ({ ops, input }) => {
  const x = input(0)
  return [ops.mul(x, ops.unary('Tanh', ops.unary('Softplus', x)))]
})

/** y = x · sigmoid(αx). (Ramachandran et al., 2017) */
export const Swish = composition(computed, ({ ops, node, input }) => {
  const x = input(0)
  return [ops.mul(x, ops.unary('Sigmoid', ops.scale(x, floatOf(node, 'alpha', 1))))]
})

export const Gelu = pointwise(rectifier, ({ ops, x, dy, step }) => {
  const tanh = textOf(step.node, 'approximate', 'none') === 'tanh'
  return tanh ? tanhGeluGradient(ops, x, dy) : geluGradient(ops, x, dy)
})

/** Where all x are -∞ and the network does not let the NaN through that comes of it (Softmax, IsNaN, Where), nothing comes back. */
const probabilities = (ops: TensorOps, y: TypedValue, isGuarded = false): TypedValue =>
  isGuarded ? ops.zeroWhere(ops.broadcasting('IsNaN', [y], 'bool'), y) : y

/** dx = y · (dy - Σ dy · y), along the axis */
export const Softmax = single(computed, ({ ops, y: own, dy, step }) => {
  const y = probabilities(ops, own, own.guarded)
  const sum = ops.reduceSum(ops.mul(dy, y), [axisOf(intOf(step.node, 'axis', -1), y.dims.length)])
  return ops.mul(y, ops.sub(dy, sum))
})

/** dx = dy - softmax(x) · Σ dy, along the axis; softmax(x) = exp y */
export const LogSoftmax = single(computed, ({ ops, y, dy, step }) => {
  const sum = ops.reduceSum(dy, [axisOf(intOf(step.node, 'axis', -1), y.dims.length)])
  return ops.sub(dy, ops.mul(probabilities(ops, ops.unary('Exp', y), y.guarded), sum))
})
