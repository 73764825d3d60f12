import { axisOf, intOf, intsOf, textOf } from '../graph/attributes.js'
import type { Node } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'
import { at, broadcast, type Dims } from '../operators/shapes.js'
import { countOf, type Input, isHidden, type Known, known, listOf, resized, type ShapeRule } from './known.js'
import { same } from './pointwise-rules.js'

/** Multiplications that a node takes, by what it reads and gives. */
export type WorkRule = (node: Node, inputs: readonly Input[], outputs: readonly (Known | undefined)[]) => number

/** An operator whose work is more than its elements. */
interface Layer {
  readonly shape: ShapeRule
  readonly work: WorkRule
}

/** Matrices along the last two axes, those before broadcast (numpy.matmul). */
function product(a: Dims, b: Dims): number[] {
  const [left, right] = [a.length === 1 ? [1, ...a] : a, b.length === 1 ? [...b, 1] : b]
  const outer = broadcast(left.slice(0, -2), right.slice(0, -2))
  return [...outer, ...(a.length === 1 ? [] : [at(left, -2)]), ...(b.length === 1 ? [] : [at(right, -1)])]
}

/** Of two matrices, which stand at these inputs; each output element is a sum over the last axis of the first. */
function matmul(first: number, second: number): Layer {
  return {
    shape: ({ attributes }, inputs) => {
      const [a, b] = [inputs[first], inputs[second]]
      const [transA, transB] = ['transA', 'transB'].map(
        (name) => attributes[name]?.kind === 'int' && attributes[name].value,
      )
      if (!a || !b) return undefined
      const flipped = (dims: Dims): Dims => [...dims.slice(0, -2), at(dims, -1), at(dims, -2)]
      return [{ dims: product(transA ? flipped(a.dims) : a.dims, transB ? flipped(b.dims) : b.dims) }]
    },
    work: ({ attributes }, inputs, [out]) => {
      const transA = attributes['transA']
      const inner = inputs[first]?.dims.at(transA?.kind === 'int' && transA.value ? -2 : -1) ?? 1
      return countOf(out) * inner
    },
  }
}

/** Weights times each place of the output, summed over their channels and window. */
function convolution(weights: number): Layer {
  return {
    shape: (node, inputs) => {
      const [x, w] = [inputs[0], inputs[weights]]
      return x && w && [{ dims: [at(x.dims, 0), at(w.dims, 0), ...windows(node, x.dims.slice(2), w.dims.slice(2))] }]
    },
    work: (_, inputs, [out]) => countOf(out) * sizeOf(inputs[weights]?.dims.slice(1) ?? []),
  }
}

/** ONNX, Conv and pooling: how often a window fits. */
function windows(node: Node, input: Dims, kernel: Dims): number[] {
  const ones = kernel.map(() => 1)
  const [strides, dilations] = [intsOf(node, 'strides', ones), intsOf(node, 'dilations', ones)]
  const pads = intsOf(
    node,
    'pads',
    [...kernel, ...kernel].map(() => 0),
  )
  const automatic = textOf(node, 'auto_pad', 'NOTSET')
  const rounded = intOf(node, 'ceil_mode', 0) === 1 ? Math.ceil : Math.floor
  return input.map((size, axis) => {
    const stride = at(strides, axis)
    if (automatic.startsWith('SAME')) return Math.ceil(size / stride)
    const around = automatic === 'VALID' ? 0 : at(pads, axis) + at(pads, axis + kernel.length)
    return rounded((size + around - at(dilations, axis) * (at(kernel, axis) - 1) - 1) / stride) + 1
  })
}

const transposed: Layer = {
  shape: (node, [x, w]) => {
    if (!x || !w) return undefined
    const kernel = w.dims.slice(2)
    const ones = kernel.map(() => 1)
    const [strides, dilations] = [intsOf(node, 'strides', ones), intsOf(node, 'dilations', ones)]
    const [extra, pads] = [
      intsOf(
        node,
        'output_padding',
        kernel.map(() => 0),
      ),
      intsOf(
        node,
        'pads',
        [...kernel, ...kernel].map(() => 0),
      ),
    ]
    const isSame = textOf(node, 'auto_pad', 'NOTSET').startsWith('SAME')
    const given = intsOf(node, 'output_shape', undefined)
    const space = x.dims.slice(2).map((size, axis) => {
      if (given) return at(given, axis - kernel.length)
      if (isSame) return size * at(strides, axis)
      const reach = at(dilations, axis) * (at(kernel, axis) - 1) + 1
      return at(strides, axis) * (size - 1) + at(extra, axis) + reach - at(pads, axis) - at(pads, axis + kernel.length)
    })
    return [{ dims: [at(x.dims, 0), at(w.dims, 1) * intOf(node, 'group', 1), ...space] }]
  },
  work: (_, [x, w]) => countOf(x) * sizeOf(w?.dims.slice(1) ?? []),
}

const pooling: Layer = {
  shape: (node, [x]) => {
    if (!x) return undefined
    const kernel = intsOf(node, 'kernel_shape', [])
    const dims = [...x.dims.slice(0, 2), ...windows(node, x.dims.slice(2), kernel)]
    return node.outputs.map(() => ({ dims }))
  },
  work: (node, _, [out]) => countOf(out) * sizeOf(intsOf(node, 'kernel_shape', [])),
}

/** The axes that are left, or their places. */
function reduced(node: Node, x: Known, axes: readonly number[] | undefined): number[] {
  const own = axes?.map((axis) => axisOf(axis, x.dims.length))
  const isKept = intOf(node, 'keepdims', 1) === 1
  return x.dims.flatMap((size, axis) => (own && !own.includes(axis) ? [size] : isKept ? [1] : []))
}

const totals: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ReduceSum: (values) => values.reduce((sum, value) => sum + value, 0),
  ReduceProd: (values) => values.reduce((sum, value) => sum * value, 1),
  ReduceMax: (values) => Math.max(...values),
  ReduceMin: (values) => Math.min(...values),
}

const reduce: ShapeRule = (node, [x, input]) => {
  if (!x || isHidden(input)) return undefined
  const axes = listOf(node, 'axes', input)
  const isNone = axes === undefined || axes.length === 0
  if (isNone && intOf(node, 'noop_with_empty_axes', 0) === 1) return [x]
  const total = x.values && x.dims.length === 1 ? totals[node.opType]?.(x.values) : undefined
  return [known(reduced(node, x, isNone ? undefined : axes), total === undefined ? undefined : [total], x.isReal)]
}

const place: ShapeRule = (node, [x]) => x && [{ dims: reduced(node, x, [intOf(node, 'axis', 0)]) }]

const globalPooling: ShapeRule = (_, [x]) => x && [{ dims: x.dims.map((size, axis) => (axis < 2 ? size : 1)) }]

/** What it is given, normalized, and the sum that it is of; nobody reads what it was divided by. */
const normalized: ShapeRule = ({ outputs }, [x, skip]) =>
  x && outputs.map((_, at) => (at === 0 || (skip && at === 3) ? { dims: x.dims } : undefined))

const batchNormalized: ShapeRule = ({ outputs }, [x, scale]) =>
  x && outputs.map((_, at) => ({ dims: at === 0 ? x.dims : (scale?.dims ?? []) }))

const embedded: ShapeRule = (_, [ids, , words]) => {
  if (!ids || !words) return undefined
  const dims = [...ids.dims, at(words.dims, -1)]
  return [{ dims }, { dims: ids.dims.slice(0, 1) }, { dims }]
}

/** ONNX, Attention: `[batch, heads, length, width]`, or `[batch, length, hidden]`. */
const attention: Layer = {
  shape: (node, [q, k, v, , pastKeys, pastValues]) => {
    if (!q || !k || !v) return undefined
    const isFlat = q.dims.length === 3
    const heads = isFlat ? intOf(node, 'kv_num_heads', 1) : at(k.dims, 1)
    const length = at(k.dims, -2) + (pastKeys ? at(pastKeys.dims, -2) : 0)
    const width = (dims: Dims): number => (isFlat ? at(dims, -1) / heads : at(dims, -1))
    const dims = isFlat
      ? resized(q.dims, -1, (at(v.dims, -1) / heads) * intOf(node, 'q_num_heads', 1))
      : resized(q.dims, -1, at(v.dims, -1))
    const present = [k, v].map((one) => ({ dims: [at(q.dims, 0), heads, length, width(one.dims)] }))
    const scores = {
      dims: [at(q.dims, 0), isFlat ? intOf(node, 'q_num_heads', 1) : at(q.dims, 1), at(q.dims, -2), length],
    }
    return [
      { dims },
      ...(pastValues || node.outputs.length > 1 ? present : []),
      ...(node.outputs.length > 3 ? [scores] : []),
    ]
  },
  work: (_, [q, k, , , past]) => 3 * countOf(q) * (at(k?.dims ?? [1, 1], -2) + (past ? at(past.dims, -2) : 0)),
}

/** com.microsoft.Attention: queries, keys and values by one matrix, then attention. */
const packedAttention: Layer = {
  shape: (node, [x, w, , , past]) => {
    if (!x || !w || past || node.outputs.length > 1) return undefined
    const sizes = intsOf(node, 'qkv_hidden_sizes', undefined)
    return [{ dims: resized(x.dims, -1, sizes ? at(sizes, 2) : at(w.dims, -1) / 3) }]
  },
  work: (_, [x, w]) => countOf(x) * at(w?.dims ?? [1], -1) + countOf(x) * 3 * at(x?.dims ?? [1, 1], 1),
}

/** com.microsoft.MultiHeadAttention, of `[batch, length, hidden]` each, without a cache. */
const manyHeads: Layer = {
  shape: (node, [q, k, v, , , , ...past]) =>
    q && k?.dims.length === 3 && v?.dims.length === 3 && node.outputs.length === 1 && !past.some(Boolean)
      ? [{ dims: resized(q.dims, -1, at(v.dims, -1)) }]
      : undefined,
  work: (_, [q, k]) => 3 * countOf(q) * at(k?.dims ?? [1, 1], 1),
}

/** ONNX, LSTM: X `[length, batch, in]`, W `[directions, gates * hidden, in]`, R `[directions, gates * hidden, hidden]`. */
const recurrent: Layer = {
  shape: (node, [x, w, r]) => {
    if (!x || !w || !r || intOf(node, 'layout', 0) !== 0) return undefined
    const [length, batch, directions, hidden] = [at(x.dims, 0), at(x.dims, 1), at(w.dims, 0), at(r.dims, -1)]
    const last = { dims: [directions, batch, hidden] }
    return [{ dims: [length, directions, batch, hidden] }, last, last]
  },
  work: (_, [x, w, r]) => at(x?.dims ?? [1], 0) * at(x?.dims ?? [1, 1], 1) * (countOf(w) + countOf(r)),
}

/** "ij,jk->ik": every combination of its letters is a product. */
const einsum: Layer = {
  shape: (node, inputs) => {
    const [from, to] = textOf(node, 'equation', '').replaceAll(' ', '').split('->')
    const sizes = sizesOf(from, inputs)
    return sizes && to !== undefined ? [{ dims: [...to].map((letter) => sizes.get(letter) ?? Number.NaN) }] : undefined
  },
  work: (node, inputs) =>
    sizeOf([...(sizesOf(textOf(node, 'equation', '').split('->')[0], inputs)?.values() ?? [Number.NaN])]),
}

function sizesOf(from: string | undefined, inputs: readonly Input[]): Map<string, number> | undefined {
  if (from === undefined || from.includes('.')) return undefined
  const terms = from.replaceAll(' ', '').split(',')
  return new Map(
    terms.flatMap((term, input) => [...term].map((letter, axis) => [letter, inputs[input]?.dims[axis] ?? Number.NaN])),
  )
}

/** Of whole numbers that stand for others. */
const dynamicallyQuantized: ShapeRule = (_, [x]) => x && [{ dims: x.dims }, { dims: [] }, { dims: [] }]

const usual = (names: string, shape: ShapeRule): [string, Layer][] =>
  names
    .split(' ')
    .map((name) => [name, { shape, work: (_, inputs) => inputs.reduce((sum, one) => sum + countOf(one), 0) }])
const layers = (names: string, layer: Layer): [string, Layer][] => names.split(' ').map((name) => [name, layer])

/** Operators that sum up, or multiply matrices. */
export const layerRules: readonly (readonly [string, Layer])[] = [
  ...layers('MatMul Gemm FusedMatMul MatMulInteger MatMulIntegerToFloat DynamicQuantizeMatMul', matmul(0, 1)),
  ...layers('QLinearMatMul', matmul(0, 3)),
  ...layers('Conv ConvInteger FusedConv', convolution(1)),
  ...layers('QLinearConv', convolution(3)),
  ...layers('ConvTranspose', transposed),
  ...layers('MaxPool AveragePool LpPool', pooling),
  ...layers('Attention', attention),
  ...layers('com.microsoft.Attention', packedAttention),
  ...layers('MultiHeadAttention', manyHeads),
  ...layers('LSTM GRU RNN', recurrent),
  ...layers('Einsum', einsum),
  ...usual('GlobalAveragePool GlobalMaxPool GlobalLpPool', globalPooling),
  ...usual(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare',
    reduce,
  ),
  ...usual('ArgMax ArgMin', place),
  ...usual(
    'LayerNormalization RMSNormalization SimplifiedLayerNormalization SkipLayerNormalization SkipSimplifiedLayerNormalization',
    normalized,
  ),
  ...usual('BatchNormalization', batchNormalized),
  ...usual('InstanceNormalization GroupNormalization RotaryEmbedding', same),
  ...usual('EmbedLayerNormalization', embedded),
  ...usual('DynamicQuantizeLinear', dynamicallyQuantized),
]
