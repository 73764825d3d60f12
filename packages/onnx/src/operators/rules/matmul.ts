/** Matrix products. */
import { floatOf, intOf } from '../../graph/attributes.js'
import { productGradients } from '../product.js'
import { computed, factors, matrix } from '../facts.js'
import { rule } from '../rule.js'

/** Y = A · B, as numpy.matmul: dA = dY · Bᵀ, dB = Aᵀ · dY */
export const MatMul = rule({ ...computed, weights: matrix }, (step) => productGradients(step, {}))

/** Y = α · A′ · B′ + β · C: as a product; dC = β · dY, summed where C was repeated */
export const Gemm = rule({ ...computed, weights: factors }, (step) => {
  const { node, ops, dy, inputs } = step
  const c = inputs[2]
  const product = productGradients(step, {
    transA: intOf(node, 'transA', 0) !== 0,
    transB: intOf(node, 'transB', 0) !== 0,
    alpha: floatOf(node, 'alpha', 1),
  })
  return [...product, c && (() => ops.scale(ops.sumTo(dy, c.dims), floatOf(node, 'beta', 1)))]
})
