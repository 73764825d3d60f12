import { type Random } from '@headstart/core/load'
import { float32, Graph, GraphBuilder, type Node, type Tensor, type Value } from '@headstart/onnx'
import { float, rename } from '@headstart/onnx/kit'

/** Sizes of the networks. */
export interface TinySizes {
  readonly vocabulary: number
  readonly width: number
  readonly heads: number
  readonly inner: number
  readonly layers: number
  readonly positions: number
}

/** Networks of the shape of Marian's, with random weights, by the name of their file. */
export function tinyNetworks(sizes: TinySizes, eos: number, random: Random): ReadonlyMap<string, Graph> {
  const weights = weightsOf(sizes, eos, random)
  const [decoder, cached] = [decoderGraph(sizes, weights, false), decoderGraph(sizes, weights, true)]
  return new Map([
    ['onnx/encoder_model.onnx', encoderGraph(sizes, weights)],
    ['onnx/decoder_model.onnx', decoder],
    ['onnx/decoder_with_past_model.onnx', cached],
    ['onnx/decoder_model_merged.onnx', merged(decoder, cached)],
  ])
}

type Weights = ReadonlyMap<string, Tensor>

function weightsOf(sizes: TinySizes, eos: number, random: Random): Weights {
  const { vocabulary, width, inner, layers, positions } = sizes
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
  add('embed_positions', [positions, width], 3)
  add('final_logits_bias', [1, vocabulary], 0.5)
  // So that targets end after some tokens, not all after the same number.
  const bias = weights.get('final_logits_bias') as Tensor<'float32'>
  bias.data[eos] = 1
  const linear = (name: string, from: number, to: number): void => {
    add(`${name}.weight`, [from, to], 2 / Math.sqrt(from))
    add(`${name}.bias`, [to], 0.1)
  }
  const norm = (name: string): void => {
    weights.set(`${name}.weight`, float32([width], Array<number>(width).fill(1)))
    weights.set(`${name}.bias`, float32([width], Array<number>(width).fill(0)))
  }
  for (const side of ['encoder', 'decoder']) {
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

function encoderGraph(sizes: TinySizes, weights: Weights): Graph {
  const net = new Net('encoder', sizes, weights)
  const { g } = net
  const ids = g.input('input_ids', 'int64', ['batch_size', 'encoder_sequence_length'])
  const mask = net.mask(g.input('attention_mask', 'int64', ['batch_size', 'encoder_sequence_length']))
  let x = net.embedded(ids, g.ints(0))
  for (let layer = 0; layer < sizes.layers; layer++) {
    const at = `model.encoder.layers.${layer}`
    x = net.attention(`${at}.self_attn`, x, net.keys(`${at}.self_attn`, x), mask)
    x = net.feedForward(at, x)
  }
  g.output('last_hidden_state', x, 'float32', ['batch_size', 'encoder_sequence_length', sizes.width])
  return g.build()
}

function decoderGraph(sizes: TinySizes, weights: Weights, isCached: boolean): Graph {
  const net = new Net(isCached ? 'decoder-with-past' : 'decoder', sizes, weights)
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
  const mask = isCached ? undefined : net.causal(ids)
  const presents: [string, Value][] = []
  for (let layer = 0; layer < sizes.layers; layer++) {
    const at = `model.decoder.layers.${layer}`
    const own = net.keys(`${at}.self_attn`, x)
    const before = pasts[layer]
    const all = before
      ? ([0, 1] as const).map((part) => g.op('Concat', [before[0][part], own[part]], { axis: 2 }))
      : own
    x = net.attention(`${at}.self_attn`, x, all as [Value, Value], mask)
    const ofSource = before ? before[1] : net.keys(`${at}.encoder_attn`, states as Value)
    x = net.attention(`${at}.encoder_attn`, x, ofSource, encoderMask)
    x = net.feedForward(at, x)
    ;['key', 'value'].forEach((part, place) => {
      presents.push([`present.${layer}.decoder.${part}`, all[place] as Value])
      if (!isCached) presents.push([`present.${layer}.encoder.${part}`, ofSource[place] as Value])
    })
  }
  const scores = g.op('MatMul', [x, g.op('Transpose', [net.weight('model.shared.weight')], { perm: [1, 0] })])
  const logits = g.op('Add', [scores, net.weight('final_logits_bias')])
  g.output('logits', logits, 'float32', ['batch_size', 'decoder_sequence_length', sizes.vocabulary])
  for (const [name, value] of presents) g.output(name, value, 'float32', ['batch_size', sizes.heads, 'length', heads])
  return g.build()
}

/** Writes the parts of a transformer whose norms come last, as Marian's do. */
class Net {
  readonly g: GraphBuilder
  readonly #sizes: TinySizes
  readonly #weights: Weights
  readonly #added = new Map<string, Value>()

  constructor(name: string, sizes: TinySizes, weights: Weights) {
    this.g = new GraphBuilder(name)
    this.#sizes = sizes
    this.#weights = weights
  }

  weight(name: string): Value {
    const value = this.#added.get(name) ?? this.g.weight(name, this.#weights.get(name) as Tensor)
    this.#added.set(name, value)
    return value
  }

  linear(name: string, x: Value): Value {
    return this.g.op('Add', [this.g.op('MatMul', [x, this.weight(`${name}.weight`)]), this.weight(`${name}.bias`)])
  }

  norm(name: string, x: Value): Value {
    const inputs = [x, this.weight(`${name}.weight`), this.weight(`${name}.bias`)]
    return this.g.op('LayerNormalization', inputs, { axis: -1, epsilon: float(1e-5) })
  }

  embedded(ids: Value, seen: Value): Value {
    const { g } = this
    const tokens = g.op('Gather', [this.weight('model.shared.weight'), ids])
    const scaled = g.op('Mul', [tokens, g.scalar(Math.sqrt(this.#sizes.width))])
    const length = g.op('Gather', [g.op('Shape', [ids]), g.ints(1)], { axis: 0 })
    const places = g.op('Range', [seen, g.op('Add', [seen, length]), g.ints(1)])
    return g.op('Add', [scaled, g.op('Gather', [this.weight('embed_positions'), places])])
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
    const length = g.op('Gather', [g.op('Shape', [ids]), g.ints(1)], { axis: 0 })
    const places = g.op('Range', [g.ints(0), length, g.ints(1)])
    const later = g.op('Less', [g.op('Unsqueeze', [places, g.ints([1])]), g.op('Unsqueeze', [places, g.ints([0])])])
    return g.op('Unsqueeze', [g.op('Where', [later, g.scalar(-1e9), g.scalar(0)]), g.ints([0, 1])])
  }

  keys(name: string, x: Value): [Value, Value] {
    return [this.#heads(this.linear(`${name}.k_proj`, x)), this.#heads(this.linear(`${name}.v_proj`, x))]
  }

  attention(name: string, x: Value, [keys, values]: [Value, Value], mask: Value | undefined): Value {
    const { g } = this
    const queries = this.#heads(this.linear(`${name}.q_proj`, x))
    const size = this.#sizes.width / this.#sizes.heads
    const products = g.op('MatMul', [queries, g.op('Transpose', [keys], { perm: [0, 1, 3, 2] })])
    const scores = g.op('Mul', [products, g.scalar(1 / Math.sqrt(size))])
    const weights = g.op('Softmax', [mask ? g.op('Add', [scores, mask]) : scores], { axis: -1 })
    const mixed = g.op('Transpose', [g.op('MatMul', [weights, values])], { perm: [0, 2, 1, 3] })
    const joined = g.op('Reshape', [mixed, g.ints([0, 0, this.#sizes.width])])
    return this.norm(`${name}_layer_norm`, g.op('Add', [x, this.linear(`${name}.out_proj`, joined)]))
  }

  feedForward(at: string, x: Value): Value {
    const { g } = this
    const inner = this.linear(`${at}.fc1`, x)
    const swish = g.op('Mul', [inner, g.op('Sigmoid', [inner])])
    return this.norm(`${at}.final_layer_norm`, g.op('Add', [x, this.linear(`${at}.fc2`, swish)]))
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
