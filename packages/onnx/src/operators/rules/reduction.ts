/** Reductions along axes. */
import { sizeOf } from '../../graph/tensor.js'
import { axisOf, intOf } from '../../graph/attributes.js'
import { computed, type Facts } from '../facts.js'
import { rule, type Rule, type Step } from '../rule.js'
import { range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

interface Reduction {
  readonly ops: TensorOps
  readonly x: TypedValue
  /** Output and its gradient, with the reduced axes kept as axes of size 1: both broadcast to x. */
  readonly y: TypedValue
  readonly dy: TypedValue
  readonly axes: readonly number[]
  /** Number of elements that each output was made of. */
  readonly count: number
}

function reduction(gradient: (values: Reduction) => TypedValue): Facts & Rule {
  const backward: Rule['backward'] = (step) => {
    const { ops, dy, output } = step
    const x = step.input(0)
    const axes = reducedAxes(step)
    const kept = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    const count = sizeOf(axes.map((axis) => x.dims[axis] as number))
    const values = { ops, x, axes, count, y: ops.reshape(output, kept), dy: ops.reshape(dy, kept) }
    return [() => ops.expand(gradient(values), x.dims)]
  }
  return rule(computed, backward, undefined, (step) => {
    const { ops, node, output } = step
    const x = step.input(0)
    return x.permuted && [ops.reshape(ops.reduce(node.opType, x, reducedAxes(step)), output.dims)]
  })
}

function reducedAxes(step: Step): readonly number[] {
  const rank = step.input(0).dims.length
  const axes = step.valuesOr(1, [])
  if (axes.length > 0) return axes.map((axis) => axisOf(axis, rank))
  return intOf(step.node, 'noop_with_empty_axes', 0) !== 0 ? [] : range(0, rank)
}

export const ReduceSum = reduction(({ dy }) => dy)

export const ReduceMean = reduction(({ ops, dy, count }) => ops.scale(dy, 1 / count))

/** The gradient goes to the elements that are the extreme, in equal parts. */
const extreme = reduction(({ ops, x, y, dy, axes }) => {
  const mask = ops.indicator('Equal', x, y)
  return ops.mul(mask, ops.div(dy, ops.reduceSum(mask, axes)))
})
export const ReduceMax = extreme
export const ReduceMin = extreme

/** y = Σ |x|: dx = dy · sign x */
export const ReduceL1 = reduction(({ ops, x, dy }) => ops.mul(dy, ops.unary('Sign', x)))

/** y = √Σ x²: dx = dy · x / y, 0 where y is 0 */
export const ReduceL2 = reduction(({ ops, x, y, dy }) => ops.mul(x, ops.zeroWhere(ops.isEqual(y, 0), ops.div(dy, y))))

/** y = Σ x²: dx = dy · 2x */
export const ReduceSumSquare = reduction(({ ops, x, dy }) => ops.mul(ops.scale(dy, 2), x))

/** y = log Σ x: dx = dy / Σ x = dy · exp -y */
export const ReduceLogSum = reduction(({ ops, y, dy }) => ops.mul(dy, ops.unary('Exp', ops.neg(y))))

/** y = log Σ exp x: dx = dy · exp(x - y), 0 where all x are -∞ */
export const ReduceLogSumExp = reduction(({ ops, x, y, dy }) =>
  ops.mul(dy, ops.unary('Exp', ops.sub(x, ops.zeroWhere(ops.isEqual(y, -Infinity), y)))),
)

/**
 * y = Π x: dx = dy · (the product of the others). That is y / x where no element is 0; where just one is 0, it is the
 * product of the others for that one and 0 for the rest; where several are, 0.
 */
export const ReduceProd = reduction(({ ops, x, dy, axes }) => {
  const [zero, one] = [ops.scalar(0, x), ops.scalar(1, x)]
  const isZero = ops.broadcasting('Equal', [x, zero], 'bool')
  const nonZero = ops.where(isZero, one, x)
  const zeros = ops.reduceSum(ops.cast(isZero, x.type), axes)
  // Zeros among the others: all of them, less the element itself.
  const othersZero = ops.broadcasting('Greater', [ops.sub(zeros, ops.cast(isZero, x.type)), zero], 'bool')
  const product = ops.div(ops.reduce('ReduceProd', nonZero, axes), nonZero)
  return ops.mul(dy, ops.where(othersZero, zero, product))
})
