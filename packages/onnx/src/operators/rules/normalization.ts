/** Normalizations. */
import { sizeOf } from '../../graph/tensor.js'
import { axisOf, floatOf, intOf, intsOf } from '../../graph/attributes.js'
import { beforeActivation, byInput, computed, normalization } from '../facts.js'
import { composition, type InputGradients, notDifferentiable, rule, type Step } from '../rule.js'
import { at, type Dims, range } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** A per-channel vector as `[channels, 1, ...]`, which broadcasts over space. */
const perChannel = (ops: TensorOps, vector: TypedValue, dims: Dims) =>
  ops.reshape(vector, [sizeOf(vector.dims), ...dims.slice(2).map(() => 1)])

/** 1 / √(variance + ε) */
const inverseDeviation = (ops: TensorOps, variance: TypedValue, epsilon: number) =>
  ops.unary('Reciprocal', ops.unary('Sqrt', ops.add(variance, ops.scalar(epsilon, variance))))

/**
 * In training mode x is normalized by its own statistics. Where they are those of a batch, the gradient of an example would depend on
 * the others; where the first axis is 1, as where kernels are standardized (Brock et al., "Characterizing signal propagation", 2021), it
 * is the normalization of one instance.
 *
 * In inference: y = scale · (x - mean) / √(var + ε) + b, with statistics that do not change: dx = dy · scale / √(var + ε),
 * dscale = Σ dy · (x - mean) / √(var + ε), db = Σ dy, summed over batch and space.
 */
export const BatchNormalization = rule({ ...beforeActivation, weights: normalization }, (step) => {
  const { ops, dy } = step
  const [x, scale, mean, variance] = [step.input(0), step.input(1), step.input(3), step.input(4)]
  if (intOf(step.node, 'training_mode', 0) !== 0) {
    if (x.dims[0] !== 1) step.refuse('it was exported in training mode, in which an example depends on its batch')
    const normalized = normalize(ops, x, [0, ...range(2, x.dims.length)], floatOf(step.node, 'epsilon', 1e-5), true)
    return scaled(step, normalized, scale, perChannel(ops, scale, x.dims).dims)
  }
  const inverse = inverseDeviation(ops, variance, floatOf(step.node, 'epsilon', 1e-5))
  const others = [0, ...range(2, x.dims.length)]
  const sum = () => ops.reduceSum(dy, others, false)
  const frozen = notDifferentiable('the statistics of a normalization in inference are frozen')
  return [
    () => ops.mul(dy, perChannel(ops, ops.mul(scale, inverse), x.dims)),
    () => {
      const product = ops.reduceSum(ops.mul(dy, x), others, false)
      return ops.mul(ops.sub(product, ops.mul(mean, sum())), inverse)
    },
    sum,
    frozen,
    frozen,
  ]
})

/** x̂ = (x - mean) / deviation along some axes, and what is left of a gradient by it. */
interface Normalized {
  readonly unit: TypedValue
  readonly inverse: TypedValue
  readonly axes: readonly number[]
  /** Whether the mean was subtracted. */
  readonly centered: boolean
}

/**
 * With g the gradient by x̂ (Ba et al., 2016; Zhang and Sennrich, 2019, without the mean):
 *
 *     dx = (g - mean g - x̂ · mean(g · x̂)) / deviation
 */
function throughNormalized(ops: TensorOps, g: TypedValue, { unit, inverse, axes, centered }: Normalized): TypedValue {
  const along = ops.mul(unit, ops.reduce('ReduceMean', ops.mul(g, unit), axes))
  const rest = ops.sub(centered ? ops.sub(g, ops.reduce('ReduceMean', g, axes)) : g, along)
  return ops.mul(rest, inverse)
}

/** x̂ anew, from x alone. */
function normalize(
  ops: TensorOps,
  x: TypedValue,
  axes: readonly number[],
  epsilon: number,
  centered: boolean,
): Normalized {
  const center = centered ? ops.sub(x, ops.reduce('ReduceMean', x, axes)) : x
  const variance = ops.reduce('ReduceMean', ops.mul(center, center), axes)
  const inverse = inverseDeviation(ops, variance, epsilon)
  return { unit: ops.mul(center, inverse), inverse, axes, centered }
}

/** The gradients of y = scale · x̂ + b. */
function scaled(step: Step, normalized: Normalized, scale: TypedValue, shape = scale.dims): InputGradients {
  const { ops, dy } = step
  const wide = ops.reshape(scale, shape)
  const bias = step.inputs[2]
  return [
    () => throughNormalized(ops, ops.mul(dy, wide), normalized),
    () => ops.reshape(ops.sumTo(ops.mul(dy, normalized.unit), shape), scale.dims),
    bias && (() => ops.reshape(ops.sumTo(dy, bias.dims.length === 1 ? shape : bias.dims), bias.dims)),
  ]
}

/** y = scale · x̂ + b over the axes from `axis` on */
export const LayerNormalization = rule({ ...computed, weights: normalization }, (step) => {
  const { ops, node } = step
  const x = step.input(0)
  const axes = range(axisOf(intOf(node, 'axis', -1), x.dims.length), x.dims.length)
  const statistics = { type: x.type, dims: x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) }
  if (x.type !== 'float32') {
    return scaled(step, normalize(ops, x, axes, floatOf(node, 'epsilon', 1e-5), true), step.input(1))
  }
  const mean = step.optionalOutput(1, statistics)
  const inverse = step.optionalOutput(2, statistics)
  return scaled(step, { unit: ops.mul(ops.sub(x, mean), inverse), inverse, axes, centered: true }, step.input(1))
})

/** y = scale · x / √(mean x² + ε) over the axes from `axis` on */
export const RMSNormalization = rule({ ...computed, weights: byInput(undefined, 'scale') }, (step) => {
  const x = step.input(0)
  const axes = range(axisOf(intOf(step.node, 'axis', -1), x.dims.length), x.dims.length)
  return scaled(step, normalize(step.ops, x, axes, floatOf(step.node, 'epsilon', 1e-5), false), step.input(1))
})

/** onnxruntime's name for it, among the standard operators */
export const SimplifiedLayerNormalization = RMSNormalization

/** y = scale · x̂ + b over space, with a scale for each channel */
export const InstanceNormalization = rule({ ...computed, weights: normalization }, (step) => {
  const { ops, node } = step
  const [x, scale] = [step.input(0), step.input(1)]
  const axes = range(2, x.dims.length)
  const normalized = normalize(ops, x, axes, floatOf(node, 'epsilon', 1e-5), true)
  return scaled(step, normalized, scale, perChannel(ops, scale, x.dims).dims)
})

/** y = scale · x̂ + b over space and the channels of a group (Wu and He, 2018) */
export const GroupNormalization = rule({ ...computed, weights: normalization }, ({ ops, node, opset, dy, input }) => {
  const [x, scale, bias] = [input(0), input(1), input(2)]
  const groups = intOf(node, 'num_groups', 1)
  const [batch, channels] = [at(x.dims, 0), at(x.dims, 1)]
  const grouped = (value: TypedValue) => ops.reshape(value, [batch, groups, sizeOf(x.dims) / (batch * groups)])
  const normalized = normalize(ops, grouped(x), [2], floatOf(node, 'epsilon', 1e-5), true)
  // Before version 21 there was a scale for each group.
  const each = opset < 21 ? [groups, 1] : [groups, channels / groups]
  const wide = ops.expand(ops.reshape(scale, each), [groups, channels / groups])
  const product = ops.mul(dy, perChannel(ops, ops.reshape(wide, [channels]), x.dims))
  const sum = (value: TypedValue, dims: Dims) => {
    const perChannel = ops.reduceSum(value, [0, ...range(2, x.dims.length)], false)
    return ops.reshape(ops.sumTo(ops.reshape(perChannel, [groups, channels / groups]), each), dims)
  }
  return [
    () => ops.reshape(throughNormalized(ops, grouped(product), normalized), x.dims),
    () => sum(ops.mul(dy, ops.reshape(normalized.unit, x.dims)), scale.dims),
    () => sum(dy, bias.dims),
  ]
})

/** y = x / ‖x‖ along an axis, 0 where x is 0 */
export const LpNormalization = composition(computed, ({ ops, node, input }) => {
  const x = input(0)
  const axis = axisOf(intOf(node, 'axis', -1), x.dims.length)
  const norm = ops.reduce(intOf(node, 'p', 2) === 1 ? 'ReduceL1' : 'ReduceL2', x, [axis])
  return [ops.div(x, ops.where(ops.isEqual(norm, 0), ops.scalar(1, norm), norm))]
})

/** y = (x - mean x) / √var x along some axes; with 1e-9 against division by 0, as in the specification */
export const MeanVarianceNormalization = rule(computed, (step) => {
  const { ops, node, dy } = step
  const x = step.input(0)
  const axes = intsOf(node, 'axes', [0, 2, 3]).map((axis) => axisOf(axis, x.dims.length))
  return [() => throughNormalized(ops, dy, normalize(ops, x, axes, 1e-18, true))]
})

/** y = x / (bias + α/size · Σ x²)^β, the sum over neighboring channels (Krizhevsky et al., 2012) */
export const LRN = composition(computed, ({ ops, node, input }) => {
  const x = input(0)
  const [size, channels] = [intOf(node, 'size', 1), at(x.dims, 1)]
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  const near = range(0, channels).flatMap((c) =>
    range(0, channels).map((i) => (i >= c - before && i <= c + after ? 1 : 0)),
  )
  const squares = ops.reshape(ops.mul(x, x), [at(x.dims, 0), channels, sizeOf(x.dims.slice(2))])
  const sums = ops.matMul(ops.constant('float32', [channels, channels], near), squares)
  const scale = floatOf(node, 'alpha', 1e-4) / size
  const base = ops.add(ops.scale(ops.reshape(sums, x.dims), scale), ops.scalar(floatOf(node, 'bias', 1), x))
  return [ops.mul(x, ops.broadcasting('Pow', [base, ops.scalar(-floatOf(node, 'beta', 0.75), x)]))]
})
