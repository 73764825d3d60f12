import { float32, type Graph, GraphBuilder, type Tensor, type Value } from '@headstart/onnx'
import { float } from '@headstart/onnx/kit'

/** Sizes of the two transformer layers. */
const layers = [
  { width: 256, headSize: 64 },
  { width: 512, headSize: 128 },
]
const heads = 4
const hidden = 512
const feedForward = 1536
/** Longest input in tokens; the original cuts what is longer. */
const maxTokens = 128

type Weights = ReadonlyMap<string, Tensor>

/** The network and the values at which its stages end. */
export interface EncoderNetwork {
  readonly graph: Graph
  readonly stages: readonly { readonly name: string; readonly output: string }[]
}

/**
 * Universal Sentence Encoder lite (Cer et al., "Universal Sentence Encoder", 2018, section 3.2) as an ONNX graph:
 * token embedding plus sinusoids, two pre-norm transformer layers, mean over the tokens, a tanh layer, unit length.
 *
 *     input_ids [batch, tokens], attention_mask [batch, tokens] → sentence_embedding [batch, 512]
 *
 * The original is written for ragged input; here padding is masked out of attention and pooling, which gives the same
 * numbers.
 */
export function universalSentenceEncoderGraph(weights: Weights): EncoderNetwork {
  const weight = (name: string, dims: readonly number[]): Tensor => {
    const found = weights.get(name)
    const size = dims.reduce((product, dim) => product * dim, 1)
    if (found?.type === 'float32' && found.data.length === size) return float32(dims, found.data as Float32Array)
    throw new RangeError(
      `weight "${name}": expected ${size} numbers, got ${found ? `${found.type}[${found.data.length}]` : 'no such weight'}`,
    )
  }
  const g = new GraphBuilder('universal-sentence-encoder-lite')
  const ids = g.input('input_ids', 'int64', ['batch', 'tokens'])
  const mask = g.input('attention_mask', 'int64', ['batch', 'tokens'])

  const embedded = g.scope('embedding', () => {
    // The original adds the embedding once more to the sum of embedding and sinusoids: 2 · embedding + sinusoids.
    const table = g.weight('weight', doubled(weight('module/Embeddings_en', [8002, 256])))
    const positions = g.weight('positions', positionSignal(weight(`${stack}/Layer_0/${timing}`, [128])))
    const tokens = g.op('Shape', [ids], { start: 1, end: 2 })
    const rows = g.op('Slice', [positions, g.ints([0]), tokens, g.ints([0])], {}, { name: 'timing' })
    return g.op('Add', [g.op('Gather', [table, ids], { axis: 0 }), rows], {}, { name: 'output' })
  })
  const floatMask = g.op('Cast', [mask], { to: 1 }, { name: 'mask' })
  // 0 where there is a token, -1e9 where there is padding: added to the attention scores of every query.
  const padding = g.op('Mul', [g.op('Sub', [g.scalar(1), floatMask]), g.scalar(-1e9)])
  const bias = g.op('Unsqueeze', [padding, g.ints([1, 2])], {}, { name: 'attention_bias' })

  let x = embedded
  layers.forEach(({ width, headSize }, index) => {
    x = g.scope(`layer${index}`, () => transformerLayer(g, x, bias, index, width, headSize, weight))
  })

  const pooled = g.scope('pooling', () => {
    const masked = g.op('Mul', [x, g.op('Unsqueeze', [floatMask, g.ints([2])])])
    const sum = g.op('ReduceSum', [masked, g.ints([1])], { keepdims: 0 })
    const count = g.op('ReduceSum', [floatMask, g.ints([1])], { keepdims: 1 })
    // An empty text has no token: its mean is taken as zero.
    const mean = g.op('Div', [sum, g.op('Max', [count, g.scalar(1)])], {}, { name: 'mean' })
    const tanh = g.op('Tanh', [
      linear(g, mean, 'dense', [hidden, hidden], weight, `${hiddenLayer}/weights`, `${hiddenLayer}/bias`),
    ])
    const squares = g.op('ReduceSum', [g.op('Mul', [tanh, tanh]), g.ints([1])], { keepdims: 1 })
    const norm = g.op('Sqrt', [g.op('Max', [squares, g.scalar(1e-12)])])
    return g.op('Div', [tanh, norm], {}, { name: 'output' })
  })
  g.output('sentence_embedding', pooled, 'float32', ['batch', hidden])
  g.metadata('license', 'Apache-2.0')
  return {
    graph: g.build(),
    stages: [
      { name: 'embedding', output: embedded },
      { name: 'layer 0', output: 'layer0/output' },
      { name: 'layer 1', output: 'layer1/output' },
      { name: 'pooling', output: 'sentence_embedding' },
    ],
  }
}

/** Where the original keeps its weights: constants folded under one scope, variables under others. */
const stack = 'module_apply_default/Encoder_en/KonaTransformer/Encode/TransformerStack'
const folded = 'module_apply_default/Encoder_en/KonaTransformer/Encode'
const variables = 'module/Encoder_en/KonaTransformer/Encode'
const hiddenLayer = 'module/Encoder_en/hidden_layers/tanh_layer_0'
const timing = 'AddTimingSignal/TimingSignal/ExpandDims_1'
const whole = 'ConcatPartitions/concat'

type Take = (name: string, dims: readonly number[]) => Tensor

function transformerLayer(
  g: GraphBuilder,
  input: Value,
  bias: Value,
  index: number,
  width: number,
  headSize: number,
  take: Take,
): Value {
  const layer = `Layer_${index}/TransformerLayer`
  const norm = (x: Value, size: number, name: string, part: string): Value => {
    const scale = g.weight(
      `${name}.weight`,
      take(`${folded}/${layer}/${part}layer_prepostprocess/layer_norm/layer_norm_scale/${whole}`, [size]),
    )
    const shift = g.weight(
      `${name}.bias`,
      take(`${folded}/${layer}/${part}layer_prepostprocess/layer_norm/layer_norm_bias/${whole}`, [size]),
    )
    return g.op('LayerNormalization', [x, scale, shift], { axis: -1, epsilon: float(1e-6) }, { name })
  }
  const dense = (x: Value, name: string, dims: readonly [number, number], kernel: string, shift: string): Value =>
    linear(g, x, name, dims, take, kernel, shift)
  const attention = `${layer}/MultiheadAttention`

  // The first layer widens 256 to 512, so its residual goes through a dense layer.
  const residual =
    width === hidden
      ? input
      : dense(
          input,
          'residual',
          [width, hidden],
          `${folded}/${layer}/dense/kernel/${whole}`,
          `${folded}/${layer}/dense/bias/${whole}`,
        )
  const qkv = dense(
    norm(input, width, 'attention.norm', ''),
    'attention.qkv',
    [width, 3 * width],
    `${variables}/${attention}/qkv_transform_single/kernel/part_0`,
    `${folded}/${attention}/qkv_transform_single/bias/${whole}`,
  )
  const [q, k, v] = g.ops('Split', [qkv, g.ints([width, width, width])], 3, { axis: -1 }) as [Value, Value, Value]
  const split = (x: Value, perm: readonly number[]): Value =>
    g.op('Transpose', [g.op('Reshape', [x, g.ints([0, 0, heads, headSize])])], { perm })
  const scaled = g.op('Mul', [split(q, [0, 2, 1, 3]), g.scalar(Math.fround(headSize ** -0.5))])
  const scores = g.op('Add', [g.op('MatMul', [scaled, split(k, [0, 2, 3, 1])]), bias], {}, { name: 'attention.scores' })
  const context = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), split(v, [0, 2, 1, 3])])
  const joined = g.op('Reshape', [g.op('Transpose', [context], { perm: [0, 2, 1, 3] }), g.ints([0, 0, width])])
  const attended = g.op('Add', [
    dense(
      joined,
      'attention.output',
      [width, hidden],
      `${variables}/${attention}/output_transform_single/kernel/part_0`,
      `${folded}/${attention}/output_transform_single/bias/${whole}`,
    ),
    residual,
  ])
  const ffn = `${stack}/${layer}/FFN`
  const normed = norm(attended, hidden, 'ffn.norm', 'FFN/')
  const inner = dense(
    normed,
    'ffn.in',
    [hidden, feedForward],
    `${ffn}/conv1/Tensordot/Reshape_1`,
    `${folded}/${layer}/FFN/conv1/bias/${whole}`,
  )
  const outer = dense(
    g.op('Relu', [inner]),
    'ffn.out',
    [feedForward, hidden],
    `${ffn}/conv2/Tensordot/Reshape_1`,
    `${folded}/${layer}/FFN/conv2/bias/${whole}`,
  )
  return g.op('Add', [outer, attended], {}, { name: 'output' })
}

/** x · kernel + bias over the last axis. */
function linear(
  g: GraphBuilder,
  x: Value,
  name: string,
  dims: readonly [number, number],
  take: Take,
  kernel: string,
  bias: string,
): Value {
  const product = g.op('MatMul', [x, g.weight(`${name}.weight`, take(kernel, dims))])
  return g.op('Add', [product, g.weight(`${name}.bias`, take(bias, [dims[1]]))], {}, { name })
}

function doubled({ dims, data }: Tensor): Tensor {
  return float32(
    dims,
    (data as Float32Array).map((value) => 2 * value),
  )
}

/** Sinusoids of each position, `[1 to maxTokens, 256]`: sine in the first half of the columns, cosine in the second. */
function positionSignal(inverseTimescales: Tensor): Tensor {
  const rates = inverseTimescales.data as Float32Array
  const columns = 2 * rates.length
  const signal = new Float32Array(maxTokens * columns)
  for (let position = 0; position < maxTokens; position++) {
    rates.forEach((rate, i) => {
      const angle = Math.fround(position * rate)
      signal[position * columns + i] = Math.sin(angle)
      signal[position * columns + rates.length + i] = Math.cos(angle)
    })
  }
  return float32([maxTokens, columns], signal)
}
