/** Operators of onnxruntime's own domain, com.microsoft. */
import { float } from '../../graph/builder.js'
import { attend, causalBias, joinHeads, maskBias, splitHeads } from '../attend.js'
import { floatOf, intOf, intsOf, textOf, without } from '../../graph/attributes.js'
import { geluGradient, tanhGeluGradient } from '../gelu.js'
import { productGradients } from '../product.js'
import { rotaryEmbedding } from '../rotate.js'
import { byInput, computed, convolution, factors, projection, rectifier, type RoleOfWeight } from '../facts.js'
import { composition, rule, type Step } from '../rule.js'
import { at, type Dims } from '../shapes.js'
import type { TensorOps, TypedValue } from '../tensor-ops.js'
import { pointwise } from './pointwise.js'

/** Y = α · A′ · B′ with either factor transposed */
export const FusedMatMul = rule(
  { ...computed, weights: factors },
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

/** y = activation(Conv(x, w, b) + z) */
export const FusedConv = composition({ ...computed, weights: convolution(0) }, (step) => {
  const { ops, node, inputs, input, output } = step
  const attributes = without(node.attributes, 'activation', 'activation_params')
  const convolved = ops.op('Conv', [input(0), input(1), inputs[2]], output, attributes)
  const sum = inputs[3] ? ops.add(convolved, inputs[3]) : convolved
  const params = node.attributes['activation_params']
  return [activate(step, sum, params?.kind === 'floats' ? params.value : [])]
})

/** y = activation(Gemm(a, b, c)) */
export const FusedGemm = composition({ ...computed, weights: factors }, (step) => {
  const { ops, node, inputs, input, output } = step
  const own = ['activation', 'activation_alpha', 'activation_beta', 'activation_gamma']
  const product = ops.op('Gemm', [input(0), input(1), inputs[2]], output, without(node.attributes, ...own))
  const params = own.slice(1).flatMap((name) => (name in node.attributes ? [floatOf(node, name, 0)] : []))
  return [activate(step, product, params)]
})

/** The activation that was fused into an operator. */
function activate({ ops, node, refuse }: Step, x: TypedValue, [alpha, beta]: readonly number[]): TypedValue {
  const activation = textOf(node, 'activation', '')
  const given = {
    ...(alpha !== undefined && { alpha: float(alpha) }),
    ...(beta !== undefined && { beta: float(beta) }),
  }
  switch (activation) {
    case '':
      return x
    case 'Clip':
      return ops.op('Clip', [x, ops.scalar(alpha ?? -Infinity, x), ops.scalar(beta ?? Infinity, x)], x)
    case 'HardSigmoid':
    case 'HardSwish':
    case 'LeakyRelu':
    case 'Relu':
    case 'Sigmoid':
    case 'Tanh':
      return ops.unary(activation, x, given)
    default:
      return refuse(`its activation ${activation} is not covered`)
  }
}

export const Gelu = pointwise(rectifier, ({ ops, x, dy }) => geluGradient(ops, x, dy))

/** y = Gelu(x + bias) */
export const BiasGelu = composition({ ...computed, weights: byInput(undefined, 'bias') }, ({ ops, input }) => {
  return [ops.unary('Gelu', ops.add(input(0), input(1)), {}, 'com.microsoft')]
})

/** The approximation of Gelu by tanh, of x + bias where there is a bias. */
export const FastGelu = rule({ ...computed, weights: byInput(undefined, 'bias') }, (step) => {
  const { ops, dy } = step
  const [x, bias] = [step.input(0), step.inputs[1]]
  const gradient = () => tanhGeluGradient(ops, bias ? ops.add(x, bias) : x, dy)
  return [gradient, bias && (() => ops.sumTo(gradient(), bias.dims))]
})

/** y = x · sigmoid(αx) */
export const QuickGelu = composition(computed, ({ ops, node, input }) => {
  const x = input(0)
  return [ops.mul(x, ops.unary('Sigmoid', ops.scale(x, floatOf(node, 'alpha', 1.702))))]
})

/** y = LayerNormalization(x + skip + bias); the sum is the fourth output. */
const skipNormalization = (
  opType: 'LayerNormalization' | 'SimplifiedLayerNormalization',
  biasIndex: number,
  weights: RoleOfWeight,
) =>
  composition({ ...computed, weights }, ({ ops, node, inputs, input }) => {
    const bias = inputs[biasIndex]
    const skipped = ops.add(input(0), input(1))
    const sum = bias ? ops.add(skipped, bias) : skipped
    const shift = biasIndex > 3 ? inputs[3] : undefined
    const attributes = { axis: -1, epsilon: float(floatOf(node, 'epsilon', 1e-12)) }
    return [
      ops.op(opType, shift ? [sum, input(2), shift] : [sum, input(2)], sum, attributes),
      undefined,
      undefined,
      sum,
    ]
  })
export const SkipLayerNormalization = skipNormalization(
  'LayerNormalization',
  4,
  byInput(undefined, undefined, 'scale', 'bias', 'bias'),
)
export const SkipSimplifiedLayerNormalization = skipNormalization(
  'SimplifiedLayerNormalization',
  3,
  byInput(undefined, undefined, 'scale', 'bias'),
)

/** The sum of word, position and segment embeddings, normalized. */
export const EmbedLayerNormalization = composition(
  { ...computed, weights: byInput(undefined, undefined, 'embedding', 'embedding', 'embedding', 'scale', 'bias') },
  ({ ops, node, inputs, input }) => {
    const [ids, segments, places] = [input(0), inputs[1], inputs[8]]
    const [words, positions, kinds] = [input(2), input(3), inputs[4]]
    const [batch, tokens] = ids.dims as [number, number]
    const width = at(words.dims, 1)
    const output = { type: words.type, dims: [batch, tokens, width] }
    const rows = (table: TypedValue, indices: TypedValue) =>
      ops.op('Gather', [table, indices], { ...output, dims: [...indices.dims, width] })
    const inOrder = () => ops.reshape(ops.slice(positions, [{ axis: 0, start: 0, end: tokens }]), [1, tokens, width])
    const placed = ops.add(rows(words, ids), places ? rows(positions, places) : inOrder())
    const sum = kinds && segments ? ops.add(placed, rows(kinds, segments)) : placed
    const attributes = { axis: -1, epsilon: float(floatOf(node, 'epsilon', 1e-12)) }
    return [ops.op('LayerNormalization', [sum, input(5), input(6)], sum, attributes), undefined, sum]
  },
)

/** Self-attention with the projection: [q, k, v] = x · weights + bias */
export const Attention = composition(
  { ...computed, weights: projection },
  (step) => {
    const { ops, node, inputs, input } = step
    const heads = intOf(node, 'num_heads', 1)
    const [x, weights, bias] = [input(0), input(1), inputs[2]]
    const third = at(weights.dims, 1) / 3
    const sizes = intsOf(node, 'qkv_hidden_sizes', [third, third, third])
    const product = ops.matMul(x, weights)
    const parts = splitAxis(ops, bias ? ops.add(product, bias) : product, 2, sizes)
    return attention(
      step,
      parts.map((part) => splitHeads(ops, part, heads)),
      inputs[3],
      inputs[5],
    )
  },
  (node) => {
    if (node.inputs[4] || node.inputs[6] || node.outputs[1])
      return 'attention with a cache (past, present) is not covered'
    return intOf(node, 'do_rotary', 0) === 0 ? undefined : 'rotary embeddings inside attention are not covered'
  },
)

/** Attention between projected queries, keys and values */
export const MultiHeadAttention = composition(
  { ...computed, weights: byInput(undefined, undefined, undefined, 'bias') },
  (step) => {
    const { ops, node, inputs, input } = step
    const heads = intOf(node, 'num_heads', 1)
    const parts = [input(0), input(1), input(2)]
    const widths = parts.map(({ dims }) => (dims.length === 4 ? at(dims, 1) * at(dims, 3) : at(dims, -1)))
    const biases = inputs[3] && splitAxis(ops, inputs[3], 0, widths)
    const split = parts.map((part, index) => {
      // Keys and values may come split into heads.
      if (part.dims.length === 4) return part
      if (part.dims.length !== 3) return step.refuse(`packed inputs of shape [${part.dims.join(', ')}] are not covered`)
      const bias = biases?.[index]
      return splitHeads(ops, bias ? ops.add(part, bias) : part, heads)
    })
    return attention(step, split, inputs[4], inputs[5])
  },
  (node) => {
    const cache = node.inputs.slice(6).some((name) => name !== '') || node.outputs.slice(1).some((name) => name !== '')
    if (cache) return 'attention with a cache (past, present) is not covered'
    return node.inputs[1] && node.inputs[2] ? undefined : 'packed queries, keys and values are not covered'
  },
)

/** Positions as rotations of pairs of numbers */
export const RotaryEmbedding = composition(
  computed,
  (step) => {
    const { input } = step
    return [rotaryEmbedding(step, { x: input(0), positions: input(1), cos: input(2), sin: input(3) })]
  },
  (node) => (intOf(node, 'is_packed_batching', 0) === 0 ? undefined : 'packed batches are not covered'),
)

/** As onnxruntime's kernels have it, which hide no key from the last query. */
const seenBy = (q: TypedValue) => {
  const last = at(q.dims, -2) - 1
  return (i: number, j: number): boolean => j <= i || i === last
}

function attention(
  step: Step,
  parts: readonly TypedValue[],
  mask: TypedValue | undefined,
  bias: TypedValue | undefined,
): TypedValue[] {
  const { ops, node } = step
  const [q, k, v] = parts as [TypedValue, TypedValue, TypedValue]
  const hidden = maskBias(step, mask, { q, k }, floatOf(node, 'mask_filter_value', -10000))
  const causal = intOf(node, 'unidirectional', 0) === 0 ? undefined : causalBias(ops, { q, k }, seenBy(q))
  return [joinHeads(ops, attend(ops, { q, k, v, scale: floatOf(node, 'scale', 0), biases: [bias, hidden, causal] }))]
}

/** Parts of given sizes along an axis. */
function splitAxis(ops: TensorOps, x: TypedValue, axis: number, sizes: Dims): TypedValue[] {
  let end = 0
  return sizes.map((size) => {
    const start = end
    end += size
    return ops.slice(x, [{ axis, start, end }])
  })
}
