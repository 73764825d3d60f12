import { float, GraphBuilder, type Value } from '../src/graph/builder.js'
import type { Graph } from '../src/graph/graph.js'
import type { Tensor } from '../src/graph/tensor.js'

/** Gives each weight by name and shape. */
export type Weights = (name: string, dims: readonly number[]) => Tensor

/** Sizes of a transformer encoder. */
export interface EncoderShape {
  readonly layers: number
  readonly width: number
  readonly heads: number
  readonly feedForward: number
}

/**
 * An encoder as PyTorch exports it (BERT: post-norm, GELU written with Erf), the mean over tokens, and a linear head:
 * `x` `[batch, tokens, width]` to `logits` `[batch, 2]`. Matrices are `[in, out]`.
 */
export function encoder(shape: EncoderShape, weights: Weights): Graph {
  const g = new GraphBuilder('encoder')
  const { layers, width } = shape
  let x = g.input('x', 'float32', ['batch', 'tokens', width])
  for (let layer = 0; layer < layers; layer++) {
    x = g.scope(`layers.${layer}`, () =>
      encoderLayer(g, x, shape, (name, dims) => g.weight(name, weights(`layers.${layer}/${name}`, dims))),
    )
  }
  const pooled = g.op('ReduceMean', [x], { axes: [1], keepdims: 0 })
  const head = [
    g.weight('head.weight', weights('head.weight', [width, 2])),
    g.weight('head.bias', weights('head.bias', [2])),
  ]
  g.output('logits', g.op('Gemm', [pooled, ...head]), 'float32', ['batch', 2])
  return g.build()
}

function encoderLayer(
  g: GraphBuilder,
  x: Value,
  { width, heads, feedForward }: EncoderShape,
  weight: (name: string, dims: readonly number[]) => Value,
): Value {
  const dense = (value: Value, name: string, inputs: number, outputs: number): Value =>
    g.op('Add', [
      g.op('MatMul', [value, weight(`${name}.weight`, [inputs, outputs])]),
      weight(`${name}.bias`, [outputs]),
    ])
  const normalized = (value: Value, name: string): Value =>
    g.op('LayerNormalization', [value, weight(`${name}.weight`, [width]), weight(`${name}.bias`, [width])], {
      axis: -1,
    })
  const split = (value: Value, perm: readonly number[]): Value =>
    g.op('Transpose', [g.op('Reshape', [value, g.ints([0, 0, heads, width / heads])])], { perm })

  const q = split(dense(x, 'q', width, width), [0, 2, 1, 3])
  const k = split(dense(x, 'k', width, width), [0, 2, 3, 1])
  const v = split(dense(x, 'v', width, width), [0, 2, 1, 3])
  const scores = g.op('Div', [g.op('MatMul', [q, k]), g.scalar(Math.sqrt(width / heads))])
  const mixed = g.op('MatMul', [g.op('Softmax', [scores], { axis: -1 }), v])
  const joined = g.op('Reshape', [g.op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), g.ints([0, 0, width])])
  const attended = normalized(g.op('Add', [dense(joined, 'out', width, width), x]), 'norm1')

  const inner = dense(attended, 'linear1', width, feedForward)
  const erf = g.op('Erf', [g.op('Div', [inner, g.scalar(Math.SQRT2)])])
  const gelu = g.op('Mul', [g.op('Mul', [inner, g.op('Add', [erf, g.scalar(1)])]), g.scalar(0.5)])
  return normalized(g.op('Add', [dense(gelu, 'linear2', feedForward, width), attended]), 'norm2')
}

/** One inverted residual block (Sandler et al., 2018): expansion, depthwise convolution with a stride, projection. */
export interface InvertedResidual {
  readonly inputs: number
  readonly outputs: number
  readonly expanded: number
  readonly stride: number
}

/**
 * The upper part of a MobileNetV2 with its batch normalizations, as in torchvision: blocks, where `last` is given a
 * convolution to that many channels, the mean over space, and a linear head: `x` `[batch, channels, height, width]` to
 * `logits` `[batch, 2]`.
 */
export function mobileNetTop(blocks: readonly InvertedResidual[], last: number | undefined, weights: Weights): Graph {
  const g = new GraphBuilder('mobilenet-top')
  const weight = (name: string, dims: readonly number[]): Value => g.weight(name, weights(name, dims))
  const convolution = (
    x: Value,
    name: string,
    dims: readonly number[],
    options: { stride?: number; group?: number; clip?: boolean } = {},
  ): Value => {
    const { stride = 1, group = 1, clip = true } = options
    const pad = ((dims[2] as number) - 1) / 2
    const attributes = { kernel_shape: dims.slice(2), strides: [stride, stride], pads: [pad, pad, pad, pad], group }
    const convolved = g.op('Conv', [x, weight(`${name}.0.weight`, dims)], attributes)
    const channels = dims.slice(0, 1)
    const statistics = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
      weight(`${name}.1.${part}`, channels),
    )
    const normalized = g.op('BatchNormalization', [convolved, ...statistics], { epsilon: float(1e-5) })
    return clip ? g.op('Clip', [normalized, g.scalar(0), g.scalar(6)]) : normalized
  }

  let x = g.input('x', 'float32', ['batch', blocks[0]?.inputs ?? 0, 'height', 'width'])
  for (const [index, { inputs, outputs, expanded, stride }] of blocks.entries()) {
    const wide = convolution(x, `${index}.expand`, [expanded, inputs, 1, 1])
    const mixed = convolution(wide, `${index}.depthwise`, [expanded, 1, 3, 3], { stride, group: expanded })
    const narrow = convolution(mixed, `${index}.project`, [outputs, expanded, 1, 1], { clip: false })
    x = stride === 1 && inputs === outputs ? g.op('Add', [x, narrow]) : narrow
  }
  const channels = last ?? blocks.at(-1)?.outputs ?? 0
  if (last !== undefined) x = convolution(x, 'last', [last, blocks.at(-1)?.outputs ?? 0, 1, 1])
  const pooled = g.op('ReduceMean', [x], { axes: [2, 3], keepdims: 0 })
  const head = [weight('head.weight', [channels, 2]), weight('head.bias', [2])]
  g.output('logits', g.op('Gemm', [pooled, ...head]), 'float32', ['batch', 2])
  return g.build()
}
