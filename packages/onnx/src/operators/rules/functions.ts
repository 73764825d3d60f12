/**
 * Functions of one number: exponentials, roots, trigonometry. Where a slope can be infinite, `chain` multiplies by it: where a network
 * leaves a number out, as in x > 0 ? log x : 0, nothing comes back, and not 0 · ∞.
 */
import { computed } from '../facts.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { pointwise } from './pointwise.js'

const plus = (ops: TensorOps, x: TypedValue, number: number) => ops.add(x, ops.scalar(number, x))
const minusFrom = (ops: TensorOps, number: number, x: TypedValue) => ops.sub(ops.scalar(number, x), x)
const square = (ops: TensorOps, x: TypedValue) => ops.mul(x, x)

/** dx = dy · sign(x), 0 at 0 */
export const Abs = pointwise(computed, ({ ops, x, dy }) => ops.mul(dy, ops.unary('Sign', x)))

/** dx = -dy */
export const Neg = pointwise(computed, ({ ops, dy }) => ops.neg(dy))

/** dx = dy · y */
export const Exp = pointwise(computed, ({ ops, y, dy }) => ops.chain(dy, y))

/** dx = dy / x */
export const Log = pointwise(computed, ({ ops, x, dy }) => ops.chainDivided(dy, x))

/** dx = dy / 2y */
export const Sqrt = pointwise(computed, ({ ops, y, dy }) => ops.chainDivided(ops.scale(dy, 0.5), y))

/** y = 1/x: dx = -dy · y² */
export const Reciprocal = pointwise(computed, ({ ops, y, dy }) => ops.chain(ops.neg(dy), square(ops, y)))

/** dx = dy · 2/√π · exp(-x²) */
export const Erf = pointwise(computed, ({ ops, x, dy }) => {
  const bell = ops.unary('Exp', ops.neg(square(ops, x)))
  return ops.scale(ops.mul(dy, bell), 2 / Math.sqrt(Math.PI))
})

/** dx = dy · cos x */
export const Sin = pointwise(computed, ({ ops, x, dy }) => ops.mul(dy, ops.unary('Cos', x)))

/** dx = -dy · sin x */
export const Cos = pointwise(computed, ({ ops, x, dy }) => ops.mul(ops.neg(dy), ops.unary('Sin', x)))

/** dx = dy · (1 + y²) */
export const Tan = pointwise(computed, ({ ops, y, dy }) => ops.mul(dy, plus(ops, square(ops, y), 1)))

/** dx = dy / √(1 - x²) */
export const Asin = pointwise(computed, ({ ops, x, dy }) =>
  ops.chainDivided(dy, ops.unary('Sqrt', minusFrom(ops, 1, square(ops, x)))),
)

/** dx = -dy / √(1 - x²) */
export const Acos = pointwise(computed, ({ ops, x, dy }) =>
  ops.chainDivided(ops.neg(dy), ops.unary('Sqrt', minusFrom(ops, 1, square(ops, x)))),
)

/** dx = dy / (1 + x²) */
export const Atan = pointwise(computed, ({ ops, x, dy }) => ops.div(dy, plus(ops, square(ops, x), 1)))

/** dx = dy · cosh x */
export const Sinh = pointwise(computed, ({ ops, x, dy }) => ops.chain(dy, ops.unary('Cosh', x)))

/** dx = dy · sinh x */
export const Cosh = pointwise(computed, ({ ops, x, dy }) => ops.chain(dy, ops.unary('Sinh', x)))

/** dx = dy / √(x² + 1) */
export const Asinh = pointwise(computed, ({ ops, x, dy }) =>
  ops.div(dy, ops.unary('Sqrt', plus(ops, square(ops, x), 1))),
)

/** dx = dy / √(x² - 1) */
export const Acosh = pointwise(computed, ({ ops, x, dy }) =>
  ops.chainDivided(dy, ops.unary('Sqrt', plus(ops, square(ops, x), -1))),
)

/** dx = dy / (1 - x²) */
export const Atanh = pointwise(computed, ({ ops, x, dy }) => ops.chainDivided(dy, minusFrom(ops, 1, square(ops, x))))

/** dx = dy · (1 - y²) */
export const Tanh = pointwise(computed, ({ ops, y, dy }) => ops.mul(dy, minusFrom(ops, 1, square(ops, y))))

/** dx = dy · y (1 - y) */
export const Sigmoid = pointwise(computed, ({ ops, y, dy }) => ops.mul(dy, ops.mul(y, minusFrom(ops, 1, y))))

/** y = log(1 + exp x): dx = dy · sigmoid(x) */
export const Softplus = pointwise(computed, ({ ops, x, dy }) => ops.mul(dy, ops.unary('Sigmoid', x)))

/** y = x / (1 + |x|): dx = dy / (1 + |x|)² */
export const Softsign = pointwise(computed, ({ ops, x, dy }) =>
  ops.div(dy, square(ops, plus(ops, ops.unary('Abs', x), 1))),
)
