import { sizeOf } from '../graph/tensor.js'
import type { InputGradients, Step } from './rule.js'
import { range } from './shapes.js'
import type { MatMulOptions, TensorOps, TypedValue } from './tensor-ops.js'

/** The gradients by both factors of Y = α · A′ · B′, where either factor may be transposed and the batch broadcasts. */
export function productGradients({ ops, input, dy }: Step, options: MatMulOptions): InputGradients {
  const [a, b] = [input(0), input(1)]
  // A vector is a matrix of one row on the left, of one column on the right.
  const left = a.dims.length === 1 ? ops.reshape(a, [1, ...a.dims]) : a
  const right = b.dims.length === 1 ? ops.reshape(b, [...b.dims, 1]) : b
  const rows = options.transA ? left.dims.at(-1) : left.dims.at(-2)
  const columns = options.transB ? right.dims.at(-2) : right.dims.at(-1)
  const batch = dy.dims.slice(0, dy.dims.length - (a.dims.length === 1 ? 0 : 1) - (b.dims.length === 1 ? 0 : 1))
  const wide = ops.reshape(dy, [...batch, rows as number, columns as number])
  return [
    () => ops.reshape(leftGradient(ops, left, right, wide, options), a.dims),
    () => ops.reshape(rightGradient(ops, left, right, wide, options), b.dims),
  ]
}

/** dA = α · dY · B′ᵀ, and transposed for a transposed A */
function leftGradient(
  ops: TensorOps,
  a: TypedValue,
  b: TypedValue,
  dy: TypedValue,
  { transA = false, transB = false, alpha = 1 }: MatMulOptions,
): TypedValue {
  if (a.dims.length === 2 && dy.dims.length > 2 && b.dims.length === dy.dims.length && !transA) {
    // One matrix for the whole batch: the sum over the batch is part of the product.
    const inner = a.dims[1] as number
    const flat = transB ? ops.reshape(b, [sizeOf(b.dims) / inner, inner]) : joinBatch(ops, b)
    return ops.matMul(joinBatch(ops, dy), flat, { transB: !transB, alpha })
  }
  const gradient = transA
    ? ops.matMul(b, dy, { transA: transB, transB: true, alpha })
    : ops.matMul(dy, b, { transB: !transB, alpha })
  return ops.sumTo(gradient, a.dims)
}

/** dB = α · A′ᵀ · dY, and transposed for a transposed B */
function rightGradient(
  ops: TensorOps,
  a: TypedValue,
  b: TypedValue,
  dy: TypedValue,
  { transA = false, transB = false, alpha = 1 }: MatMulOptions,
): TypedValue {
  let [left, right] = [a, dy]
  if (b.dims.length === 2 && a.dims.length === dy.dims.length && !transA) {
    // One matrix for the whole batch: all rows of the batch in one product, which sums over them.
    const flatten = (x: TypedValue) => ops.reshape(x, [sizeOf(x.dims.slice(0, -1)), x.dims.at(-1) as number])
    left = flatten(a)
    right = flatten(dy)
  }
  const gradient = transB
    ? ops.matMul(right, left, { transA: true, transB: transA, alpha })
    : ops.matMul(left, right, { transA: !transA, alpha })
  return ops.sumTo(gradient, b.dims)
}

/** `[...batch, rows, columns]` to `[rows, batch · columns]`. */
function joinBatch(ops: TensorOps, x: TypedValue): TypedValue {
  const rank = x.dims.length
  const rows = x.dims[rank - 2] as number
  const perm = [rank - 2, ...range(0, rank - 2), rank - 1]
  return ops.reshape(ops.transpose(x, perm), [rows, sizeOf(x.dims) / rows])
}
