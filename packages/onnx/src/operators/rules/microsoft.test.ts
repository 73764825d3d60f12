import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import type { Attribute } from '../../graph/graph.js'
import { int64, sizeOf, tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as microsoft from './microsoft.js'

const x = randomTensor([2, 3, 4], 1)
const [a, b] = [randomTensor([2, 3, 4], 1), randomTensor([2, 4, 2], 2)]
const [at, bt] = [randomTensor([2, 4, 3], 1), randomTensor([2, 2, 4], 2)]

const int32 = (dims: number[], values: number[]) => tensor('int32', dims, Int32Array.from(values))
const [tokens, tokens2, tokens3] = [randomTensor([2, 3, 4], 3), randomTensor([2, 5, 4], 4), randomTensor([2, 5, 4], 5)]
const [weights, biases] = [randomTensor([4, 12], 6), randomTensor([12], 7)]
const [ids, kinds] = [int32([2, 3], [0, 2, 1, 3, 3, 0]), int32([2, 3], [0, 1, 1, 0, 0, 1])]
const tables = [randomTensor([5, 4], 8), randomTensor([6, 4], 9), randomTensor([2, 4], 10)] as const
const affine = [randomTensor([4], 11), randomTensor([4], 12)] as const
const lengths = int32([2], [2, 3])
const [image, kernel, depthwise] = [
  randomTensor([2, 2, 5, 5], 1),
  randomTensor([3, 2, 3, 3], 2),
  randomTensor([2, 1, 3, 3], 2),
]
const [bias, sum] = [randomTensor([3], 3), randomTensor([2, 3, 3, 3], 4)]
const [a2, b2] = [randomTensor([2, 4], 1), randomTensor([4, 3], 2)]
const floats = (...value: number[]): Attribute => ({ kind: 'floats', value })
const [places, first] = [int64([2, 3], [0, 2, 1, 3, 3, 0]), int64([1], [1])]
/** Cosines and sines of five positions. */
const angles = (half: number) => [randomTensor([5, half], 21), randomTensor([5, half], 22)] as const
/** Zeros for what is hidden, none in a whole row. */
const mask = (...dims: number[]) =>
  int32(
    dims,
    Array.from({ length: sizeOf(dims) }, (_, i) => (i % 3 === 1 ? 0 : 1)),
  )

describe('operators of onnxruntime', () => {
  testRules(
    microsoft,
    {
      BiasGelu: [{ inputs: [x, randomTensor([4], 2)] }],
      // Its kernel for double precision has constants of single precision.
      FastGelu: [
        { inputs: [x], precision: 'float32' },
        { inputs: [x, randomTensor([4], 2)], precision: 'float32' },
      ],
      FusedMatMul: [
        { inputs: [a, b], attributes: { alpha: float(0.5) } },
        { inputs: [at, b], attributes: { transA: 1 } },
        { inputs: [a, bt], attributes: { transB: 1, alpha: float(2) } },
        { inputs: [at, bt], attributes: { transA: 1, transB: 1 } },
        { inputs: [a, randomTensor([2, 4], 3)], attributes: { transB: 1 } },
        { inputs: [at, randomTensor([4, 2], 3)], attributes: { transA: 1 } },
        { inputs: [randomTensor([3, 4], 3), bt], attributes: { transB: 1 } },
        { inputs: [randomTensor([3, 4], 3), b], attributes: { alpha: float(3) } },
        { inputs: [randomTensor([4, 3], 3), b], attributes: { transA: 1 } },
      ],
      FusedConv: [
        { inputs: [image, kernel], attributes: { pads: [1, 1, 1, 1] } },
        { inputs: [image, kernel, bias], attributes: { activation: 'Tanh', strides: [2, 2] } },
        { inputs: [image, kernel, bias, sum], attributes: { activation: 'Sigmoid' } },
        { inputs: [image, kernel], attributes: { activation: 'LeakyRelu', activation_params: floats(0.9) } },
        { inputs: [image, kernel], attributes: { activation: 'HardSigmoid', activation_params: floats(0.01, 0.5) } },
        { inputs: [image, kernel], attributes: { activation: 'Clip', activation_params: floats(-90, 90) } },
        // Far from the kink.
        { inputs: [image, depthwise, randomTensor([2], 3, 90, 99)], attributes: { activation: 'Relu', group: 2 } },
      ],
      FusedGemm: [
        { inputs: [a2, b2], attributes: { activation: 'Tanh', alpha: float(0.5) } },
        { inputs: [a2, b2, bias], attributes: { activation: 'LeakyRelu', activation_alpha: float(0.9), transB: 0 } },
        {
          inputs: [a2, b2, bias],
          attributes: { activation: 'HardSigmoid', activation_alpha: float(0.01), activation_beta: float(0.5) },
        },
      ],
      Gelu: [{ inputs: [x] }],
      Attention: [
        { inputs: [tokens, weights, biases], attributes: { num_heads: 2 } },
        { inputs: [tokens, weights, biases, mask(2, 3)], attributes: { num_heads: 2 } },
        {
          inputs: [tokens, weights, biases, lengths],
          attributes: { num_heads: 2, unidirectional: 1, scale: float(0.3) },
        },
        {
          inputs: [tokens, weights, biases, mask(2, 3, 3)],
          attributes: { num_heads: 1, mask_filter_value: float(-3) },
        },
        { inputs: [tokens, weights, biases, '', '', randomTensor([1, 2, 3, 3], 9)], attributes: { num_heads: 2 } },
        {
          inputs: [tokens, randomTensor([4, 10], 7), randomTensor([10], 8)],
          attributes: { num_heads: 2, qkv_hidden_sizes: [4, 4, 2] },
        },
      ],
      EmbedLayerNormalization: [
        { inputs: [ids, kinds, ...tables, ...affine], outputs: ['float32', 'int32'] },
        { inputs: [ids, '', tables[0], tables[1], '', ...affine, mask(2, 3)], outputs: ['float32', 'int32'] },
        { inputs: [ids, kinds, ...tables, ...affine, '', ids], outputs: ['float32', 'int32', 'float32'] },
      ],
      MultiHeadAttention: [
        { inputs: [tokens, tokens2, tokens3], attributes: { num_heads: 2 } },
        { inputs: [tokens, tokens2, tokens3, biases, mask(2, 5)], attributes: { num_heads: 2 } },
        { inputs: [tokens, tokens, tokens, biases, lengths], attributes: { num_heads: 2, unidirectional: 1 } },
        {
          title: 'fewer queries than keys',
          inputs: [tokens, tokens2, tokens3],
          attributes: { num_heads: 2, unidirectional: 1 },
        },
        {
          title: 'more queries than keys',
          inputs: [tokens2, tokens, tokens],
          attributes: { num_heads: 2, unidirectional: 1 },
        },
        {
          inputs: [tokens, tokens2, tokens3, '', '', randomTensor([2, 2, 3, 5], 9)],
          attributes: { num_heads: 2, scale: float(0.3) },
        },
        {
          inputs: [tokens, randomTensor([2, 2, 5, 2], 4), randomTensor([2, 2, 5, 2], 5)],
          attributes: { num_heads: 2 },
        },
      ],
      RotaryEmbedding: [
        { inputs: [randomTensor([2, 3, 8], 1), places, ...angles(2)] },
        { inputs: [randomTensor([2, 3, 8], 1), first, ...angles(2)], attributes: { interleaved: 1 } },
        { inputs: [randomTensor([2, 2, 3, 4], 1), places, ...angles(2)], by: [0, 2, 3] },
        {
          inputs: [randomTensor([2, 3, 12], 1), places, ...angles(2)],
          attributes: { num_heads: 2, rotary_embedding_dim: 4 },
        },
      ],
      SkipLayerNormalization: [
        { inputs: [tokens, randomTensor([2, 3, 4], 2), ...affine], attributes: { epsilon: float(0.01) } },
        { inputs: [tokens, randomTensor([1, 3, 4], 2), affine[0], '', randomTensor([4], 5)] },
        {
          inputs: [tokens, randomTensor([2, 3, 4], 2), ...affine, randomTensor([4], 5)],
          outputs: ['float32', '', '', 'float32'],
        },
      ],
      SkipSimplifiedLayerNormalization: [
        { inputs: [tokens, randomTensor([2, 3, 4], 2), affine[0]], attributes: { epsilon: float(0.01) } },
        { inputs: [tokens, randomTensor([2, 3, 4], 2), affine[0], randomTensor([4], 5)] },
      ],
      QuickGelu: [{ inputs: [x] }, { inputs: [x], attributes: { alpha: float(1.2) } }],
    },
    'com.microsoft',
  )
})
