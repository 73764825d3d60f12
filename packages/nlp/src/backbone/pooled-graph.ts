import { type Graph, GraphBuilder, type Value } from '@headstart/onnx'
import { connect } from '@headstart/onnx/kit'
import { partMask, type TokenInput } from '../preprocessing/tokenized-text.js'

/**
 * How the vectors of a text's tokens become one: their mean, that of the first ([CLS]), or that of the last.
 */
export type Pooling = 'mean' | 'cls' | 'last'

/** What `pooledGraph` appends. */
export interface PooledGraphOptions {
  /** Name of the value that is pooled: a vector for each token, `[batch, tokens, size]`, or features, `[batch, size]`. */
  readonly value: string
  readonly size: number
  /** Undefined where the value has one vector for each text already. */
  readonly pooling: Pooling | undefined
  /** Divides features by their length. */
  readonly normalize: boolean
  /** Texts come in parts, `[batch, parts, tokens]`, and features are the mean of those of their parts. */
  readonly split: boolean
  /** Inputs of the encoder, and the mask where pooling needs it. */
  readonly inputs: readonly TokenInput[]
}

/** Name of the features in the pooled graph. */
export const features = 'sentence_features'

/**
 * A text encoder with its pooling as nodes of the graph, so that what is saved is whole: from tokens to features,
 * `[batch, size]`. Pooling by mask is a product of a row of weights with the vectors of the tokens.
 */
export function pooledGraph(encoder: Graph, options: PooledGraphOptions): Graph {
  const { value, size, split, inputs } = options
  const opsets = { '': encoder.opsets.get('') ?? 17 }
  const whole = split
    ? connect(flatten(inputs, opsets), encoder, Object.fromEntries(inputs.map(({ name }) => [name, flat(name)])))
    : encoder

  const g = new GraphBuilder('pooling', { opsets })
  const vectors = g.input('vectors', 'float32', options.pooling ? ['batch', 'tokens', size] : ['batch', size])
  const maskType = inputs.find(({ name }) => name === 'attention_mask')?.type ?? 'int64'
  const mask = (): Value => g.input('attention_mask', maskType, ['batch', 'tokens'])
  const pooled = options.pooling ? pool(g, options.pooling, vectors, mask, size) : vectors
  const averaged = split ? averageParts(g, pooled, g.input(partMask, 'float32', ['batch', 'parts']), size) : pooled
  g.output(features, options.normalize ? normalize(g, averaged) : averaged, 'float32', ['batch', size])
  const pooling = g.build()
  const takesMask = pooling.inputs.some(({ name }) => name === 'attention_mask')
  return connect(whole, pooling, {
    vectors: value,
    ...(split && takesMask && { attention_mask: flat('attention_mask') }),
  })
}

function pool(g: GraphBuilder, pooling: Pooling, vectors: Value, maskInput: () => Value, size: number): Value {
  if (pooling === 'cls') return g.op('Gather', [vectors, g.ints(0)], { axis: 1 }, { name: 'first' })
  const mask = g.op('Cast', [maskInput()], { to: 1 })
  const weights = pooling === 'mean' ? share(g, mask) : lastOf(g, mask)
  const row = g.op('Unsqueeze', [weights, g.ints([1])])
  return g.op('Reshape', [g.op('MatMul', [row, vectors]), g.ints([-1, size])], {}, { name: 'pooled' })
}

/** Ones of a mask, divided by their number. */
function share(g: GraphBuilder, mask: Value): Value {
  return g.op('Div', [mask, g.op('Max', [g.op('ReduceSum', [mask, g.ints([-1])], { keepdims: 1 }), g.scalar(1e-9)])])
}

/** The last one of each row of a mask: a one with nothing after it. */
function lastOf(g: GraphBuilder, mask: Value): Value {
  const next = g.op('Slice', [mask, g.ints([1]), g.ints([Number.MAX_SAFE_INTEGER]), g.ints([1])])
  const none = g.op('Mul', [g.op('Slice', [mask, g.ints([0]), g.ints([1]), g.ints([1])]), g.scalar(0)])
  return g.op('Sub', [mask, g.op('Concat', [next, none], { axis: 1 })])
}

function averageParts(g: GraphBuilder, pooled: Value, parts: Value, size: number): Value {
  const grid = g.op('Concat', [g.op('Shape', [parts]), g.ints([size])], { axis: 0 })
  const row = g.op('Unsqueeze', [share(g, parts), g.ints([1])])
  const mean = g.op('MatMul', [row, g.op('Reshape', [pooled, grid])])
  return g.op('Reshape', [mean, g.ints([-1, size])], {}, { name: 'mean of parts' })
}

function normalize(g: GraphBuilder, vectors: Value): Value {
  const squares = g.op('ReduceSum', [g.op('Mul', [vectors, vectors]), g.ints([-1])], { keepdims: 1 })
  return g.op('Div', [vectors, g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-24)])])])
}

/** Parts of texts, `[batch, parts, tokens]`, as rows, `[batch · parts, tokens]`. */
function flatten(inputs: readonly TokenInput[], opsets: Readonly<Record<string, number>>): Graph {
  const g = new GraphBuilder('parts', { opsets })
  for (const { name, type } of inputs) {
    const parts = g.input(name, type, ['batch', 'parts', 'tokens'])
    const shape = g.op('Slice', [g.op('Shape', [parts]), g.ints([2]), g.ints([3])])
    const rows = g.op('Reshape', [parts, g.op('Concat', [g.ints([-1]), shape], { axis: 0 })])
    g.output(flat(name), rows, type, ['rows', 'tokens'])
  }
  return g.build()
}

function flat(name: string): string {
  return `rows of ${name}`
}
