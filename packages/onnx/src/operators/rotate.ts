import { joinHeads, splitHeads } from './attend.js'
import { intOf } from '../graph/attributes.js'
import type { Step } from './rule.js'
import { at } from './shapes.js'
import type { TensorOps, TypedValue } from './tensor-ops.js'

/** Inputs of a rotary embedding, whose order differs between the domains. */
export interface Rotary {
  /** `[batch, heads, tokens, size]` or `[batch, tokens, heads · size]` */
  readonly x: TypedValue
  /** `[positions, half]`, or `[batch, tokens, half]` where there are no positions. */
  readonly cos: TypedValue
  readonly sin: TypedValue
  /** `[batch, tokens]`, or one number from which on tokens are counted. */
  readonly positions: TypedValue | undefined
}

/**
 * Positions as rotations (Su et al., RoFormer, 2021): pairs of numbers (a, b) become (a cos - b sin, a sin + b cos). The pairs
 * are the two halves of a head, or neighbors where they are interleaved; numbers behind them stay.
 */
export function rotaryEmbedding({ ops, node, refuse }: Step, { x, cos, sin, positions }: Rotary): TypedValue {
  const half = at(cos.dims, -1)
  const isJoined = x.dims.length === 3
  const heads = intOf(node, 'num_heads', 0) || (isJoined ? at(x.dims, 2) / (2 * half) : at(x.dims, 1))
  if (!Number.isInteger(heads)) return refuse(`${at(x.dims, 2)} numbers are no whole number of heads of ${2 * half}`)
  const split = isJoined ? splitHeads(ops, x, heads) : x
  const [batch, , tokens, size] = split.dims as [number, number, number, number]
  const angles = (table: TypedValue): TypedValue => {
    if (!positions) return ops.reshape(table, [batch, 1, tokens, half])
    if (positions.dims.join() === `${batch},${tokens}`) {
      const rows = ops.op('Gather', [table, positions], { type: table.type, dims: [batch, tokens, half] })
      return ops.reshape(rows, [batch, 1, tokens, half])
    }
    const [first] = positions.values ?? []
    if (first === undefined) return refuse('its first position depends on the data put in')
    return ops.reshape(ops.slice(table, [{ axis: 0, start: first, end: first + tokens }]), [1, 1, tokens, half])
  }
  const turned = rotate(ops, split, angles(cos), angles(sin), intOf(node, 'interleaved', 0) !== 0)
  const whole =
    size > 2 * half ? ops.concat([turned, ops.slice(split, [{ axis: 3, start: 2 * half, end: size }])], 3) : turned
  return isJoined ? joinHeads(ops, whole) : whole
}

/** The first numbers of each head, as many as there are angles, twice. */
function rotate(ops: TensorOps, x: TypedValue, cos: TypedValue, sin: TypedValue, interleaved: boolean): TypedValue {
  const [batch, heads, tokens] = x.dims as [number, number, number]
  const half = at(cos.dims, -1)
  const pairs = ops.slice(x, [{ axis: 3, start: 0, end: 2 * half }])
  const grid = ops.reshape(pairs, [batch, heads, tokens, ...(interleaved ? [half, 2] : [2, half])])
  const axis = interleaved ? 4 : 3
  const [a, b] = [0, 1].map((place) =>
    ops.reshape(ops.slice(grid, [{ axis, start: place, end: place + 1 }]), [batch, heads, tokens, half]),
  ) as [TypedValue, TypedValue]
  const turned = [ops.sub(ops.mul(a, cos), ops.mul(b, sin)), ops.add(ops.mul(a, sin), ops.mul(b, cos))]
  const stacked = turned.map((one) =>
    ops.reshape(one, [batch, heads, tokens, ...(interleaved ? [half, 1] : [1, half])]),
  )
  return ops.reshape(ops.concat(stacked, axis), [batch, heads, tokens, 2 * half])
}
