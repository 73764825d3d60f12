import type { Step } from './rule.js'
import { at, range } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'

/** What attention is computed from: queries, keys and values of several heads. */
export interface Heads {
  /** `[batch, heads, queries, size]` */
  readonly q: TypedValue
  /** `[batch, heads, keys, size]` */
  readonly k: TypedValue
  /** `[batch, heads, keys, valueSize]` */
  readonly v: TypedValue
  /** Default: 1 / √size. */
  readonly scale?: number | undefined
  /** Added to the scores, each broadcasting to `[batch, heads, queries, keys]`. */
  readonly biases: readonly (TypedValue | undefined)[]
  /** Bounds the scores before the biases: c · tanh(score / c). Default: no bound. */
  readonly softcap?: number
}

/** softmax(scale · q · kᵀ + biases) · v (Vaswani et al., 2017, equation 1), `[batch, heads, queries, valueSize]`. */
export function attend(ops: TensorOps, { q, k, v, scale, biases, softcap = 0 }: Heads): TypedValue {
  const scores = ops.matMul(q, k, { transB: true, alpha: scale || 1 / Math.sqrt(at(q.dims, -1)) })
  const bounded = softcap > 0 ? ops.scale(ops.unary('Tanh', ops.scale(scores, 1 / softcap)), softcap) : scores
  const biased = biases.reduce<TypedValue>((sum, bias) => (bias ? ops.add(sum, bias) : sum), bounded)
  return ops.matMul(ops.unary('Softmax', biased, { axis: -1 }), v)
}

/** `[batch, tokens, heads · size]` to `[batch, heads, tokens, size]`. */
export function splitHeads(ops: TensorOps, x: TypedValue, heads: number): TypedValue {
  const [batch, tokens, width] = x.dims as [number, number, number]
  return ops.transpose(ops.reshape(x, [batch, tokens, heads, width / heads]), [0, 2, 1, 3])
}

/** The reverse of `splitHeads`. */
export function joinHeads(ops: TensorOps, x: TypedValue): TypedValue {
  const [batch, heads, tokens, size] = x.dims as [number, number, number, number]
  return ops.reshape(ops.transpose(x, [0, 2, 1, 3]), [batch, tokens, heads * size])
}

/**
 * A bias that hides keys from queries, `[queries, keys]`: -∞ where query i does not see key j.
 * @param sees Default: the keys up to its own place, counted from the first (ONNX, "Attention", is_causal).
 */
export function causalBias(
  ops: TensorOps,
  { q, k }: Pick<Heads, 'q' | 'k'>,
  sees = (i: number, j: number): boolean => j <= i,
): TypedValue {
  const [queries, keys] = [at(q.dims, -2), at(k.dims, -2)]
  const hidden = range(0, queries).flatMap((i) => range(0, keys).map((j) => (sees(i, j) ? 0 : -Infinity)))
  return ops.constant(q.type === 'float64' ? 'float64' : 'float32', [queries, keys], hidden)
}

/**
 * What a bias of -∞ on all keys of a query makes of it: as if there were no bias, and then nothing comes out.
 * @param bias `[..., queries or 1, keys]`
 * @returns the bias without such rows, and 1 for each query that sees a key, 0 for the others, `[..., queries or 1, 1]`.
 */
export function withoutHiddenRows(ops: TensorOps, bias: TypedValue): { bias: TypedValue; seeing: TypedValue } {
  const best = ops.reduce('ReduceMax', bias, [bias.dims.length - 1])
  const isSeeing = ops.broadcasting('Greater', [best, ops.scalar(-Infinity, best)], 'bool')
  return { bias: ops.where(isSeeing, bias, ops.scalar(0, bias)), seeing: ops.cast(isSeeing, bias.type) }
}

/**
 * The bias that a mask of onnxruntime's attention operators stands for: `filter` where the mask is 0. Masks are
 * `[batch, keys]`, `[batch, queries, keys]`, or the number of keys that count, `[batch]`.
 */
export function maskBias(
  step: Step,
  mask: TypedValue | undefined,
  { q, k }: Pick<Heads, 'q' | 'k'>,
  filter: number,
): TypedValue | undefined {
  if (!mask) return undefined
  const { ops } = step
  const [batch, keys] = [at(q.dims, 0), at(k.dims, -2)]
  const scaled = (hidden: TypedValue) => ops.scale(ops.cast(hidden, q.type), filter)
  const shape = mask.dims.join()
  if (shape === `${batch}`) {
    const places = ops.constant('int32', [1, 1, 1, keys], range(0, keys))
    const lengths = ops.reshape(ops.cast(mask, 'int32'), [batch, 1, 1, 1])
    return scaled(ops.broadcasting('GreaterOrEqual', [places, lengths], 'bool'))
  }
  const isHidden = ops.broadcasting('Equal', [mask, ops.scalar(0, mask)], 'bool')
  if (shape === `${batch},${keys}`) return scaled(ops.reshape(isHidden, [batch, 1, 1, keys]))
  if (shape === `${batch},${at(q.dims, -2)},${keys}`)
    return scaled(ops.reshape(isHidden, [batch, 1, at(q.dims, -2), keys]))
  return step.refuse(`a mask of shape [${mask.dims.join(', ')}] is not covered`)
}
