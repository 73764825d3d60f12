import { type Random } from '@headstart/core/load'
import { float32, Graph, GraphBuilder, type Node, type Tensor, type Value } from '@headstart/onnx'
import { float, rename } from '@headstart/onnx/kit'

/** Sizes of the networks. */
export interface TinySizes {
  readonly vocabulary: number
  /** Of the encoder, where it has a vocabulary of its own. */
  readonly sourceVocabulary?: number | undefined
  readonly width: number
  readonly heads: number
  readonly inner: number
  readonly layers: number
  readonly positions: number
}

/** Kinds of encoder-decoders, as `config.json` calls them. */
export type TinyKind = 'marian' | 'bart' | 'm2m_100' | 't5'

/** What tells the graphs of kinds apart. */
interface Style {
  /** Whether sublayers are normalized before (T5, M2M100: once more in the end) or after. */
  readonly isNormedBefore: boolean
  /** Mean and variance with a shift, or the root of the mean square alone. */
  readonly norm: 'layer' | 'root mean square'
  /** Row of the first position in the table; undefined: biases of attention by the distance of tokens in its place. */
  readonly firstPosition: number | undefined
  readonly isEmbeddingNormed: boolean
  readonly hasBiases: boolean
  /** What embeddings, scores of attention, and what gives the logits are multiplied by. */
  readonly scales: (width: number, head: number) => { embedding: number; scores: number; logits: number }
  readonly activation: 'Swish' | 'Gelu' | 'Relu'
}

const styles: Readonly<Record<TinyKind, Style>> = {
  marian: {
    isNormedBefore: false,
    norm: 'layer',
    firstPosition: 0,
    isEmbeddingNormed: false,
    hasBiases: true,
    scales: (width, head) => ({ embedding: Math.sqrt(width), scores: 1 / Math.sqrt(head), logits: 1 }),
    activation: 'Swish',
  },
  bart: {
    isNormedBefore: false,
    norm: 'layer',
    firstPosition: 2,
    isEmbeddingNormed: true,
    hasBiases: true,
    scales: (_, head) => ({ embedding: 1, scores: 1 / Math.sqrt(head), logits: 1 }),
    activation: 'Gelu',
  },
  m2m_100: {
    isNormedBefore: true,
    norm: 'layer',
    firstPosition: 2,
    isEmbeddingNormed: false,
    hasBiases: true,
    scales: (width, head) => ({ embedding: Math.sqrt(width), scores: 1 / Math.sqrt(head), logits: 1 }),
    activation: 'Relu',
  },
  t5: {
    isNormedBefore: true,
    norm: 'root mean square',
    firstPosition: undefined,
    isEmbeddingNormed: false,
    hasBiases: false,
    scales: (width) => ({ embedding: 1, scores: 1, logits: 1 / Math.sqrt(width) }),
    activation: 'Relu',
  },
}

/** Parts of a layer as T5's files call them. */
const partsOfT5: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^model\.(\w+)\.layers\.(\d+)\.self_attn(_layer_norm)?/, '$1.block.$2.layer.0.SelfAttention$3'],
  [/^model\.(\w+)\.layers\.(\d+)\.encoder_attn(_layer_norm)?/, '$1.block.$2.layer.1.EncDecAttention$3'],
  [/^model\.encoder\.layers\.(\d+)\.f/, 'encoder.block.$1.layer.1.DenseReluDense.f'],
  [/^model\.decoder\.layers\.(\d+)\.f/, 'decoder.block.$1.layer.2.DenseReluDense.f'],
  [/Attention_layer_norm/, 'layer_norm'],
  [/DenseReluDense\.final_layer_norm/, 'layer_norm'],
  [/\.(q|k|v)_proj/, '.$1'],
  [/\.out_proj/, '.o'],
  [/\.fc1/, '.wi'],
  [/\.fc2/, '.wo'],
  [/^model\.(encoder|decoder)\.layer_norm/, '$1.final_layer_norm'],
  [/^model\.shared/, 'shared'],
]

function nameOf(kind: TinyKind, name: string): string {
  return kind === 't5' ? partsOfT5.reduce((sum, [pattern, part]) => sum.replace(pattern, part), name) : name
}

/** Networks of the shape of Marian's, or of another kind, with random weights, by the name of their file. */
export function tinyNetworks(
  sizes: TinySizes,
  eos: number,
  random: Random,
  kind: TinyKind = 'marian',
): ReadonlyMap<string, Graph> {
  const weights = weightsOf(sizes, eos, random, kind)
  const [decoder, cached] = [decoderGraph(kind, sizes, weights, false), decoderGraph(kind, sizes, weights, true)]
  return new Map([
    ['onnx/encoder_model.onnx', encoderGraph(kind, sizes, weights)],
    ['onnx/decoder_model.onnx', decoder],
    ['onnx/decoder_with_past_model.onnx', cached],
    ['onnx/decoder_model_merged.onnx', merged(decoder, cached)],
  ])
}

type Weights = ReadonlyMap<string, Tensor>

function weightsOf(sizes: TinySizes, eos: number, random: Random, kind: TinyKind): Weights {
  const { vocabulary, sourceVocabulary, width, heads, inner, layers, positions } = sizes
  const { hasBiases, norm: normKind, firstPosition, isEmbeddingNormed, isNormedBefore } = styles[kind]
  const weights = new Map<string, Tensor>()
  const add = (name: string, dims: readonly number[], spread: number): void => {
    const count = dims.reduce((product, dim) => product * dim, 1)
    weights.set(
      name,
      float32(
        dims,
        Array.from({ length: count }, () => random.normal() * spread),
      ),
    )
  }
  add('model.shared.weight', [vocabulary, width], 1 / Math.sqrt(width))
  if (sourceVocabulary !== undefined) {
    add('model.encoder.embed_tokens.weight', [sourceVocabulary, width], 1 / Math.sqrt(width))
  }
  if (firstPosition !== undefined) add('embed_positions', [firstPosition + positions, width], 3)
  add('final_logits_bias', [1, vocabulary], 0.5)
  // So that targets end after some tokens, not all after the same number.
  const bias = weights.get('final_logits_bias') as Tensor<'float32'>
  bias.data[eos] = 1
  const linear = (name: string, from: number, to: number): void => {
    add(`${name}.weight`, [from, to], 2 / Math.sqrt(from))
    if (hasBiases) add(`${name}.bias`, [to], 0.1)
  }
  const norm = (name: string): void => {
    weights.set(`${name}.weight`, float32([width], Array<number>(width).fill(1)))
    if (normKind === 'layer') weights.set(`${name}.bias`, float32([width], Array<number>(width).fill(0)))
  }
  for (const side of ['encoder', 'decoder']) {
    if (isEmbeddingNormed) norm(`model.${side}.layernorm_embedding`)
    if (isNormedBefore) norm(`model.${side}.layer_norm`)
    if (firstPosition === undefined) add(`${side}.relative_attention_bias`, [buckets, heads], 1)
    for (let layer = 0; layer < layers; layer++) {
      const at = `model.${side}.layers.${layer}`
      for (const attention of side === 'encoder' ? ['self_attn'] : ['self_attn', 'encoder_attn']) {
        for (const part of ['q_proj', 'k_proj', 'v_proj', 'out_proj'])
          linear(`${at}.${attention}.${part}`, width, width)
        norm(`${at}.${attention}_layer_norm`)
      }
      linear(`${at}.fc1`, width, inner)
      linear(`${at}.fc2`, inner, width)
      norm(`${at}.final_layer_norm`)
    }
  }
  return weights
}

function encoderGraph(kind: TinyKind, sizes: TinySizes, weights: Weights): Graph {
  const net = new Net('encoder', kind, 'encoder', sizes, weights)
  const { g } = net
  const ids = g.input('input_ids', 'int64', ['batch_size', 'encoder_sequence_length'])
  const ofInput = net.mask(g.input('attention_mask', 'int64', ['batch_size', 'encoder_sequence_length']))
  let x = net.embedded(ids, g.ints(0))
  const mask = net.withDistances(ofInput, ids, g.ints(0))
  for (let layer = 0; layer < sizes.layers; layer++) {
    const at = `model.encoder.layers.${layer}`
    x = net.sublayer(`${at}.self_attn_layer_norm`, x, (inner) =>
      net.attention(`${at}.self_attn`, inner, net.keys(`${at}.self_attn`, inner), mask),
    )
    x = net.sublayer(`${at}.final_layer_norm`, x, (inner) => net.feedForward(at, inner))
  }
  g.output('last_hidden_state', net.ended(x), 'float32', ['batch_size', 'encoder_sequence_length', sizes.width])
  return g.build()
}

function decoderGraph(kind: TinyKind, sizes: TinySizes, weights: Weights, isCached: boolean): Graph {
  const net = new Net(isCached ? 'decoder-with-past' : 'decoder', kind, 'decoder', sizes, weights)
  const { g } = net
  const heads = sizes.width / sizes.heads
  const encoderMask = net.mask(g.input('encoder_attention_mask', 'int64', ['batch_size', 'encoder_sequence_length']))
  const ids = g.input('input_ids', 'int64', ['batch_size', isCached ? 1 : 'decoder_sequence_length'])
  const states = isCached
    ? undefined
    : g.input('encoder_hidden_states', 'float32', ['batch_size', 'encoder_sequence_length', sizes.width])
  const past = (layer: number, side: string): [Value, Value] => {
    const length = side === 'encoder' ? 'encoder_sequence_length' : 'past_decoder_sequence_length'
    const input = (part: string): Value =>
      g.input(`past_key_values.${layer}.${side}.${part}`, 'float32', ['batch_size', sizes.heads, length, heads])
    return [input('key'), input('value')]
  }
  const pasts = Array.from(
    { length: isCached ? sizes.layers : 0 },
    (_, layer) => [past(layer, 'decoder'), past(layer, 'encoder')] as const,
  )
  const [first] = pasts
  const seen = first ? g.op('Gather', [g.op('Shape', [first[0][0]]), g.ints(2)], { axis: 0 }) : g.ints(0)
  let x = net.embedded(ids, seen)
  const mask = net.withDistances(isCached ? undefined : net.causal(ids), ids, seen)
  const presents: [string, Value][] = []
  for (let layer = 0; layer < sizes.layers; layer++) {
    const at = `model.decoder.layers.${layer}`
    const before = pasts[layer]
    let all: readonly Value[] = []
    x = net.sublayer(`${at}.self_attn_layer_norm`, x, (inner) => {
      const own = net.keys(`${at}.self_attn`, inner)
      all = before ? ([0, 1] as const).map((part) => g.op('Concat', [before[0][part], own[part]], { axis: 2 })) : own
      return net.attention(`${at}.self_attn`, inner, all as [Value, Value], mask)
    })
    const ofSource = before ? before[1] : net.keys(`${at}.encoder_attn`, states as Value)
    x = net.sublayer(`${at}.encoder_attn_layer_norm`, x, (inner) =>
      net.attention(`${at}.encoder_attn`, inner, ofSource, encoderMask),
    )
    x = net.sublayer(`${at}.final_layer_norm`, x, (inner) => net.feedForward(at, inner))
    ;['key', 'value'].forEach((part, place) => {
      presents.push([`present.${layer}.decoder.${part}`, all[place] as Value])
      if (!isCached) presents.push([`present.${layer}.encoder.${part}`, ofSource[place] as Value])
    })
  }
  g.output('logits', net.logits(net.ended(x)), 'float32', ['batch_size', 'decoder_sequence_length', sizes.vocabulary])
  for (const [name, value] of presents) g.output(name, value, 'float32', ['batch_size', sizes.heads, 'length', heads])
  return g.build()
}

/** Distances of tokens are told apart in so many groups: 4 nearby ones each by itself, further ones by their logarithm. */
const [buckets, nearby, furthest] = [8, 4, 16]

/** Writes the parts of a transformer, in the style of a kind. */
class Net {
  readonly g: GraphBuilder
  readonly #kind: TinyKind
  readonly #side: 'encoder' | 'decoder'
  readonly #sizes: TinySizes
  readonly #weights: Weights
  readonly #added = new Map<string, Value>()

  constructor(name: string, kind: TinyKind, side: 'encoder' | 'decoder', sizes: TinySizes, weights: Weights) {
    this.g = new GraphBuilder(name)
    this.#kind = kind
    this.#side = side
    this.#sizes = sizes
    this.#weights = weights
  }

  get #style(): Style {
    return styles[this.#kind]
  }

  get #scales(): ReturnType<Style['scales']> {
    const { width, heads } = this.#sizes
    return this.#style.scales(width, width / heads)
  }

  weight(name: string): Value {
    const value = this.#added.get(name) ?? this.g.weight(nameOf(this.#kind, name), this.#weights.get(name) as Tensor)
    this.#added.set(name, value)
    return value
  }

  linear(name: string, x: Value): Value {
    const product = this.g.op('MatMul', [x, this.weight(`${name}.weight`)])
    return this.#style.hasBiases ? this.g.op('Add', [product, this.weight(`${name}.bias`)]) : product
  }

  norm(name: string, x: Value): Value {
    const { g } = this
    if (this.#style.norm === 'layer') {
      const inputs = [x, this.weight(`${name}.weight`), this.weight(`${name}.bias`)]
      return g.op('LayerNormalization', inputs, { axis: -1, epsilon: float(1e-5) })
    }
    const square = g.op('ReduceMean', [g.op('Pow', [x, g.scalar(2)])], { axes: [-1], keepdims: 1 })
    const root = g.op('Sqrt', [g.op('Add', [square, g.scalar(1e-6)])])
    return g.op('Mul', [this.weight(`${name}.weight`), g.op('Div', [x, root])])
  }

  /** What a part of a layer adds, normalized before or after. */
  sublayer(norm: string, x: Value, part: (inner: Value) => Value): Value {
    if (this.#style.isNormedBefore) return this.g.op('Add', [x, part(this.norm(norm, x))])
    return this.norm(norm, this.g.op('Add', [x, part(x)]))
  }

  /** What the last layer gives, normalized where layers begin with that. */
  ended(x: Value): Value {
    return this.#style.isNormedBefore ? this.norm(`model.${this.#side}.layer_norm`, x) : x
  }

  logits(x: Value): Value {
    const { g } = this
    const { logits } = this.#scales
    const scaled = logits === 1 ? x : g.op('Mul', [x, g.scalar(logits)])
    const table = g.op('Transpose', [this.weight('model.shared.weight')], { perm: [1, 0] })
    return g.op('Add', [g.op('MatMul', [scaled, table]), this.weight('final_logits_bias')])
  }

  embedded(ids: Value, seen: Value): Value {
    const { g } = this
    const { firstPosition, isEmbeddingNormed } = this.#style
    const { embedding } = this.#scales
    const own = `model.${this.#side}.embed_tokens.weight`
    const tokens = g.op('Gather', [this.weight(this.#weights.has(own) ? own : 'model.shared.weight'), ids])
    let x = embedding === 1 ? tokens : g.op('Mul', [tokens, g.scalar(embedding)])
    if (firstPosition !== undefined) {
      const places = this.#places(ids, firstPosition === 0 ? seen : g.op('Add', [seen, g.ints(firstPosition)]))
      x = g.op('Add', [x, g.op('Gather', [this.weight('embed_positions'), places])])
    }
    return isEmbeddingNormed ? this.norm(`model.${this.#side}.layernorm_embedding`, x) : x
  }

  /** Numbers of tokens, from one on. */
  #places(ids: Value, first: Value): Value {
    const { g } = this
    return g.op('Range', [first, g.op('Add', [first, this.#length(ids)]), g.ints(1)])
  }

  #length(ids: Value): Value {
    return this.g.op('Gather', [this.g.op('Shape', [ids]), this.g.ints(1)], { axis: 0 })
  }

  /**
   * A mask with the biases of distances, where the kind has them (Raffel et al., "Exploring the Limits of Transfer Learning", 2020, section 2.1):
   * `[1, heads, queries, keys]`, the same in each layer.
   */
  withDistances(mask: Value | undefined, ids: Value, seen: Value): Value | undefined {
    if (this.#style.firstPosition !== undefined) return mask
    const { g } = this
    const keys = g.op('Range', [g.ints(0), g.op('Add', [seen, this.#length(ids)]), g.ints(1)])
    const row = (places: Value, axis: number): Value => g.op('Unsqueeze', [places, g.ints([axis])])
    const distance = g.op('Sub', [row(keys, 0), row(this.#places(ids, seen), 1)])
    const isBothWays = this.#side === 'encoder'
    const half = isBothWays ? buckets / 2 : buckets
    const far = isBothWays ? nearby / 2 : nearby
    const before = g.op('Mul', [g.op('Min', [distance, g.ints(0)]), g.ints(-1)])
    const size = isBothWays ? g.op('Abs', [distance]) : before
    const ratio = g.op('Div', [g.op('Cast', [g.op('Max', [size, g.ints(1)])], { to: 1 }), g.scalar(far)])
    const logs = g.op('Mul', [g.op('Log', [ratio]), g.scalar((half - far) / Math.log(furthest / far))])
    const large = g.op('Min', [g.op('Add', [g.op('Cast', [logs], { to: 7 }), g.ints(far)]), g.ints(half - 1)])
    const near = g.op('Where', [g.op('Less', [size, g.ints(far)]), size, large])
    const later = g.op('Mul', [g.op('Cast', [g.op('Greater', [distance, g.ints(0)])], { to: 7 }), g.ints(half)])
    const bucket = isBothWays ? g.op('Add', [near, later]) : near
    const table = this.weight(`${this.#side}.relative_attention_bias`)
    const biases = g.op('Transpose', [g.op('Gather', [table, bucket])], { perm: [2, 0, 1] })
    const whole = row(biases, 0)
    return mask ? g.op('Add', [whole, mask]) : whole
  }

  /** What is added to scores, from an attention mask: `[batch, 1, 1, source]`. */
  mask(mask: Value): Value {
    const { g } = this
    const hidden = g.op('Sub', [g.scalar(1), g.op('Cast', [mask], { to: 1 })])
    return g.op('Mul', [g.op('Unsqueeze', [hidden, g.ints([1, 2])]), g.scalar(-1e9)])
  }

  /** What hides later tokens: `[1, 1, target, target]`. */
  causal(ids: Value): Value {
    const { g } = this
    const places = g.op('Range', [g.ints(0), this.#length(ids), g.ints(1)])
    const later = g.op('Less', [g.op('Unsqueeze', [places, g.ints([1])]), g.op('Unsqueeze', [places, g.ints([0])])])
    return g.op('Unsqueeze', [g.op('Where', [later, g.scalar(-1e9), g.scalar(0)]), g.ints([0, 1])])
  }

  keys(name: string, x: Value): [Value, Value] {
    return [this.#heads(this.linear(`${name}.k_proj`, x)), this.#heads(this.linear(`${name}.v_proj`, x))]
  }

  attention(name: string, x: Value, [keys, values]: [Value, Value], mask: Value | undefined): Value {
    const { g } = this
    const queries = this.#heads(this.linear(`${name}.q_proj`, x))
    const products = g.op('MatMul', [queries, g.op('Transpose', [keys], { perm: [0, 1, 3, 2] })])
    const { scores: scale } = this.#scales
    const scores = scale === 1 ? products : g.op('Mul', [products, g.scalar(scale)])
    const weights = g.op('Softmax', [mask ? g.op('Add', [scores, mask]) : scores], { axis: -1 })
    const mixed = g.op('Transpose', [g.op('MatMul', [weights, values])], { perm: [0, 2, 1, 3] })
    return this.linear(`${name}.out_proj`, g.op('Reshape', [mixed, g.ints([0, 0, this.#sizes.width])]))
  }

  feedForward(at: string, x: Value): Value {
    return this.linear(`${at}.fc2`, this.#activated(this.linear(`${at}.fc1`, x)))
  }

  #activated(x: Value): Value {
    const { g } = this
    switch (this.#style.activation) {
      case 'Swish':
        return g.op('Mul', [x, g.op('Sigmoid', [x])])
      case 'Gelu': {
        const share = g.op('Add', [g.op('Erf', [g.op('Div', [x, g.scalar(Math.SQRT2)])]), g.scalar(1)])
        return g.op('Mul', [g.op('Mul', [x, share]), g.scalar(0.5)])
      }
      case 'Relu':
        return g.op('Relu', [x])
    }
  }

  #heads(x: Value): Value {
    const { heads, width } = this.#sizes
    const apart = this.g.op('Reshape', [x, this.g.ints([0, 0, heads, width / heads])])
    return this.g.op('Transpose', [apart], { perm: [0, 2, 1, 3] })
  }
}

/** Both decoders in one file: an `If` over `use_cache_branch`, with the weights of both outside, as optimum writes it. */
function merged(decoder: Graph, cached: Graph): Graph {
  const known = new Map([...decoder.inputs, ...cached.inputs].map((input) => [input.name, input]))
  // The way with a cache takes what follows one token; the merged file's is of any length.
  const inputs = [...known.values()].map((input) =>
    input.name === 'input_ids' ? { ...input, dims: ['batch_size', 'decoder_sequence_length'] } : input,
  )
  const outputs = decoder.outputs.map(({ name }) => name)
  const branch = (graph: Graph): Graph => {
    const given = new Set(graph.outputs.map(({ name }) => name))
    const passed = outputs.filter((name) => !given.has(name))
    const names = Object.fromEntries(outputs.map((name) => [name, `${graph.name}/${name}`]))
    const copies = passed.map((name): Node => ({
      name: '',
      opType: 'Identity',
      domain: '',
      inputs: [name.replace('present', 'past_key_values')],
      outputs: [names[name] as string],
      attributes: {},
    }))
    const inside = rename(graph, Object.fromEntries([...given].map((name) => [name, names[name] as string])))
    return inside.with({
      inputs: [],
      initializers: new Map(),
      nodes: [...inside.nodes, ...copies],
      outputs: outputs.map((name) => ({ name: names[name] as string, type: 'float32' })),
    })
  }
  const choice: Node = {
    name: 'choice',
    opType: 'If',
    domain: '',
    inputs: ['use_cache_branch'],
    outputs,
    attributes: {
      then_branch: { kind: 'graph', value: branch(cached) },
      else_branch: { kind: 'graph', value: branch(decoder) },
    },
  }
  return new Graph({
    name: 'decoder-merged',
    inputs: [...inputs, { name: 'use_cache_branch', type: 'bool', dims: [1] }],
    outputs: decoder.outputs,
    nodes: [choice],
    initializers: new Map([...decoder.initializers, ...cached.initializers]),
    opsets: decoder.opsets,
  })
}
