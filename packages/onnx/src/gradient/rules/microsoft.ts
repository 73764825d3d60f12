/** Operators of onnxruntime's own domain, com.microsoft. */
import { floatOf, intOf } from '../attributes.js'
import { geluGradient, tanhGeluGradient } from '../gelu.js'
import { productGradients } from '../product.js'
import { composition, rule } from '../rule.js'
import { pointwise } from './pointwise.js'

/** Y = α · A′ · B′ with either factor transposed */
export const FusedMatMul = rule(
  (step) =>
    productGradients(step, {
      transA: intOf(step.node, 'transA', 0) !== 0,
      transB: intOf(step.node, 'transB', 0) !== 0,
      alpha: floatOf(step.node, 'alpha', 1),
    }),
  (node) => {
    const batch = intOf(node, 'transBatchA', 0) !== 0 || intOf(node, 'transBatchB', 0) !== 0
    return batch ? 'transposed batches are not covered' : undefined
  },
)

export const Gelu = pointwise(({ ops, x, dy }) => geluGradient(ops, x, dy))

/** y = Gelu(x + bias) */
export const BiasGelu = composition(({ ops, input }) => {
  return [ops.unary('Gelu', ops.add(input(0), input(1)), {}, 'com.microsoft')]
})

/** The approximation of Gelu by tanh, of x + bias where there is a bias. */
export const FastGelu = rule((step) => {
  const { ops, dy } = step
  const [x, bias] = [step.input(0), step.inputs[1]]
  const gradient = () => tanhGeluGradient(ops, bias ? ops.add(x, bias) : x, dy)
  return [gradient, bias && (() => ops.sumTo(gradient(), bias.dims))]
})

/** y = x · sigmoid(αx) */
export const QuickGelu = composition(({ ops, node, input }) => {
  const x = input(0)
  return [ops.mul(x, ops.unary('Sigmoid', ops.scale(x, floatOf(node, 'alpha', 1.702))))]
})
