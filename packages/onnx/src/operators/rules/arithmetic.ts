/** Arithmetic of several inputs, which broadcast: the gradient is summed over the axes along which an input was repeated. */
import { beforeActivation, computed, ofChannels, type Facts } from '../facts.js'
import { rule, type Rule, type Step } from '../rule.js'
import type { TypedValue } from '../tensor-ops.js'

/** The gradients by all inputs, each given in the shape of the output. */
function broadcasting(facts: Facts, gradients: (step: Step) => readonly (() => TypedValue)[]): Facts & Rule {
  const backward: Rule['backward'] = (step) =>
    gradients(step).map((gradient, index) => () => step.ops.sumTo(gradient(), step.input(index).dims))
  return rule(facts, backward, undefined, ({ ops, node, inputs, input, output }) => {
    if (!inputs.some((value) => value?.permuted)) return undefined
    const result = ops.broadcasting(
      node.opType,
      inputs.map((_, index) => input(index)),
      output.type,
    )
    return result.permuted && [result]
  })
}

/** y = a + b */
export const Add = broadcasting({ ...beforeActivation, weights: ofChannels('bias') }, ({ dy }) => [() => dy, () => dy])

/** y = a - b */
export const Sub = broadcasting({ ...computed, weights: ofChannels('bias') }, ({ ops, dy }) => [
  () => dy,
  () => ops.neg(dy),
])

/** y = a · b: da = dy · b, db = dy · a */
export const Mul = broadcasting({ ...computed, weights: ofChannels('scale') }, ({ ops, dy, input }) => [
  () => ops.mul(dy, input(1)),
  () => ops.mul(dy, input(0)),
])

/**
 * y = a / b: da = dy / b, db = -dy · a / b²; 0 where b is 0, since a network that goes on does not read y there; nor where dy is 0 and
 * the network picks from y: a and b need be no numbers.
 */
export const Div = broadcasting({ ...computed, weights: ofChannels('scale') }, ({ ops, dy, input, output }) => {
  const [a, b] = [input(0), input(1)]
  const times = (x: TypedValue, slope: TypedValue): TypedValue =>
    output.guarded ? ops.chain(x, slope) : ops.mul(x, slope)
  const over = (x: TypedValue): TypedValue => {
    if (b.constant !== undefined) return ops.div(x, b)
    return times(x, ops.zeroWhere(ops.isEqual(b, 0), ops.unary('Reciprocal', b)))
  }
  return [() => over(dy), () => ops.neg(times(over(dy), over(a)))]
})

/** y = a^b: da = dy · b · a^(b-1), db = dy · y · log a, 0 where a is 0 */
export const Pow = broadcasting(computed, ({ ops, dy, input, output }) => {
  const [a, b] = [input(0), input(1)]
  const base = (): TypedValue => {
    if (b.constant === 1) return dy
    if (b.constant === 2) return ops.mul(dy, ops.scale(a, 2))
    if (b.constant === 3) return ops.mul(dy, ops.scale(ops.mul(a, a), 3))
    if (b.constant === 0.5) return ops.chainDivided(ops.scale(dy, 0.5), output)
    const exponent = ops.cast(b, a.type)
    const lowered = ops.broadcasting('Pow', [a, ops.sub(exponent, ops.scalar(1, a))])
    const slope = ops.zeroWhere(ops.isEqual(exponent, 0), ops.mul(lowered, exponent))
    return ops.chain(dy, slope)
  }
  return [base, () => ops.mul(dy, ops.mul(output, ops.zeroWhere(ops.isEqual(a, 0), ops.unary('Log', a))))]
})

/** y = a - b · trunc(a / b), of floating-point numbers: da = dy, db = -dy · trunc(a / b) */
export const Mod = broadcasting(computed, ({ ops, dy, input, output }) => [
  () => dy,
  () => ops.neg(ops.mul(dy, ops.unary('Round', ops.div(ops.sub(input(0), output), input(1))))),
])

/** The gradient goes to the inputs that are the extreme; where several are, each gets an equal part of it. */
const extreme = broadcasting(computed, ({ ops, dy, inputs, input, output }) => {
  const isExtreme = (index: number) => ops.indicator('Equal', ops.expand(input(index), output.dims), output)
  const share = () => ops.div(dy, ops.sum(inputs.map((_, index) => isExtreme(index))))
  return inputs.map((_, index) => () => ops.mul(share(), isExtreme(index)))
})
export const Max = extreme
export const Min = extreme

/** y = a + b + ... */
export const Sum = broadcasting(computed, ({ dy, inputs }) => inputs.map(() => () => dy))

/** y = (a + b + ...) / n */
export const Mean = broadcasting(computed, ({ ops, dy, inputs }) =>
  inputs.map(() => () => ops.scale(dy, 1 / inputs.length)),
)

/** y = a where the condition holds, else b */
export const Where = rule(computed, (step) => {
  const { ops, dy } = step
  const [condition, a, b] = [step.input(0), step.input(1), step.input(2)]
  const zero = ops.scalar(0, dy)
  return [
    undefined,
    () => ops.sumTo(ops.where(condition, dy, zero), a.dims),
    () => ops.sumTo(ops.where(condition, zero, dy), b.dims),
  ]
})
