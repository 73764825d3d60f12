/** Attention and what belongs to it, as standard operators. */
import { attend, causalBias, joinHeads, splitHeads, withoutHiddenRows } from '../attend.js'
import { floatOf, intOf } from '../../graph/attributes.js'
import { rotaryEmbedding } from '../rotate.js'
import { computed } from '../facts.js'
import { composition } from '../rule.js'
import { at } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'

/** Queries, keys and values `[batch, heads, tokens, size]` or `[batch, tokens, heads · size]`; keys may share heads; before them may stand those of a cache. */
export const Attention = composition(
  computed,
  (step) => {
    const { ops, node, inputs, input } = step
    const heads = intOf(node, 'q_num_heads', 0)
    const split = (x: TypedValue, count: number) => (x.dims.length === 3 ? splitHeads(ops, x, count) : x)
    const q = split(input(0), heads)
    const past = inputs[4] ? at(inputs[4].dims, 2) : 0
    const present = [input(1), input(2)].map((x, index) => {
      const own = split(x, intOf(node, 'kv_num_heads', 0))
      const before = inputs[4 + index]
      return before ? ops.concat([before, own], 2) : own
    })
    const [k, v] = present.map((x) => repeatHeads(ops, x, at(q.dims, 1))) as [TypedValue, TypedValue]
    const mask = inputs[3]
    const bias = mask?.type === 'bool' ? ops.where(mask, ops.scalar(0, q), ops.scalar(-Infinity, q)) : mask
    const isCausal = intOf(node, 'is_causal', 0) !== 0
    const causal = isCausal ? causalBias(ops, { q, k }, (i, j) => j <= i + past) : undefined
    const both = bias && causal ? ops.add(bias, causal) : (bias ?? causal)
    // Of the causal bias alone every query sees a key.
    const hidden = bias && both ? withoutHiddenRows(ops, both) : { bias: both, seeing: undefined }
    const softcap = floatOf(node, 'softcap', 0)
    const mixed = attend(ops, { q, k, v, scale: floatOf(node, 'scale', 0), biases: [hidden.bias], softcap })
    const result = hidden.seeing ? ops.mul(mixed, hidden.seeing) : mixed
    return [input(0).dims.length === 3 ? joinHeads(ops, result) : result, ...present]
  },
  ({ inputs, outputs }) => {
    if (inputs[6]) return 'the number of keys that count is put in (nonpad_kv_seqlen), which is not covered'
    return outputs[3] ? 'its scores are put out (qk_matmul_output), which is not covered' : undefined
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
