/** Attention and what belongs to it, as standard operators. */
import { attend, causalBias, joinHeads, splitHeads } from '../attend.js'
import { floatOf, intOf } from '../../graph/attributes.js'
import { rotaryEmbedding } from '../rotate.js'
import { computed } from '../facts.js'
import { composition } from '../rule.js'
import { at } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** Queries, keys and values `[batch, heads, tokens, size]` or `[batch, tokens, heads · size]`; keys may share heads. */
export const Attention = composition(
  computed,
  (step) => {
    const { ops, node, inputs, input } = step
    const heads = intOf(node, 'q_num_heads', 0)
    const split = (x: TypedValue, count: number) => (x.dims.length === 3 ? splitHeads(ops, x, count) : x)
    const q = split(input(0), heads)
    const [k, v] = [input(1), input(2)].map((x) =>
      repeatHeads(ops, split(x, intOf(node, 'kv_num_heads', 0)), at(q.dims, 1)),
    ) as [TypedValue, TypedValue]
    const mask = inputs[3]
    const bias = mask?.type === 'bool' ? ops.where(mask, ops.scalar(0, q), ops.scalar(-1e30, q)) : mask
    const causal = intOf(node, 'is_causal', 0) === 0 ? undefined : causalBias(ops, { q, k })
    const softcap = floatOf(node, 'softcap', 0)
    const result = attend(ops, { q, k, v, scale: floatOf(node, 'scale', 0), biases: [bias, causal], softcap })
    return [input(0).dims.length === 3 ? joinHeads(ops, result) : result]
  },
  (node) => {
    const cache = node.inputs.slice(4).some((name) => name !== '') || node.outputs.slice(1).some((name) => name !== '')
    return cache ? 'attention with a cache (past, present) is not covered' : undefined
  },
)

/** Positions as rotations of pairs of numbers */
export const RotaryEmbedding = composition(computed, (step) => {
  const { inputs, input } = step
  return [rotaryEmbedding(step, { x: input(0), cos: input(1), sin: input(2), positions: inputs[3] })]
})

/** Each head for a group of queries' heads (Ainslie et al., 2023). */
function repeatHeads(ops: TensorOps, x: TypedValue, heads: number): TypedValue {
  const [batch, own, tokens, size] = x.dims as [number, number, number, number]
  if (own === heads) return x
  const repeated = ops.expand(ops.reshape(x, [batch, own, 1, tokens, size]), [batch, own, heads / own, tokens, size])
  return ops.reshape(repeated, [batch, heads, tokens, size])
}
