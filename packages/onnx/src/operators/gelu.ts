import { float } from '../graph/builder.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'

/**
 * y = x Φ(x), with Φ the normal distribution function: dx = dy · (Φ(x) + x φ(x)). (Hendrycks and Gimpel, 2016)
 * With u = x/√2, φ(x) = exp(-ln √(2π) - u²) and Φ(x) = (1 + erf u) / 2, which HardSigmoid gives in one go.
 */
export function geluGradient(ops: TensorOps, x: TypedValue, dy: TypedValue): TypedValue {
  const u = ops.scale(x, Math.SQRT1_2)
  const density = ops.unary('Exp', ops.sub(ops.scalar(-Math.log(2 * Math.PI) / 2, x), ops.mul(u, u)))
  const distribution = ops.unary('HardSigmoid', ops.unary('Erf', u), { alpha: float(0.5), beta: float(0.5) })
  return ops.mul(ops.add(ops.mul(x, density), distribution), dy)
}

/**
 * y = x/2 · (1 + tanh v) with v = √(2/π) (x + 0.044715 x³):
 * dx = dy/2 · (1 + tanh v + x (1 - tanh² v) √(2/π) (1 + 0.134145 x²))
 */
export function tanhGeluGradient(ops: TensorOps, x: TypedValue, dy: TypedValue): TypedValue {
  const [root, cubic] = [Math.sqrt(2 / Math.PI), 0.044715]
  const one = ops.scalar(1, x)
  const square = ops.mul(x, x)
  const v = ops.mul(x, ops.add(ops.scale(square, root * cubic), ops.scalar(root, x)))
  const tanh = ops.unary('Tanh', v)
  const dv = ops.add(ops.scale(square, 3 * root * cubic), ops.scalar(root, x))
  const slope = ops.mul(ops.mul(x, dv), ops.sub(one, ops.mul(tanh, tanh)))
  return ops.mul(dy, ops.scale(ops.add(ops.add(slope, tanh), one), 0.5))
}
