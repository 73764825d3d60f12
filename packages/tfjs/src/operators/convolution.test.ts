import { type Tensor, tensor } from '@headstart/onnx'
import type { AttributeInput } from '../../test/graph-model.js'
import { type ParityCase, testOperators } from '../../test/operator-parity.js'
import { randomTensor } from '../../test/random-tensor.js'
import { convolutionOperators } from './convolution.js'

type Constant = { readonly constant: Tensor }

const images = (height: number, width: number, channels: number) => randomTensor([2, height, width, channels], 1)
const filter = (...dims: number[]) => ({ constant: randomTensor(dims, 2) })
const perChannel = (channels: number, seed = 3) => ({ constant: randomTensor([channels], seed) })
const sizes = (...values: number[]) => ({ constant: tensor('int32', [values.length], Int32Array.from(values)) })
const attributes = (padding: string, stride = 1, dilation = 1): Record<string, AttributeInput> => ({
  strides: [1, stride, stride, 1],
  dilations: [1, dilation, dilation, 1],
  padding,
  data_format: 'NHWC',
})

/** Sizes, kernels, strides and dilations at which padding comes out even, uneven and not at all. */
const windows = [
  { height: 5, width: 5, kernel: 1, stride: 1, dilation: 1 },
  { height: 6, width: 7, kernel: 3, stride: 1, dilation: 1 },
  { height: 6, width: 7, kernel: 3, stride: 2, dilation: 1 },
  { height: 8, width: 9, kernel: 2, stride: 2, dilation: 1 },
  { height: 9, width: 8, kernel: 5, stride: 3, dilation: 1 },
  { height: 9, width: 8, kernel: 3, stride: 1, dilation: 2 },
]

const overWindows = (filterOf: (kernel: number) => Constant): ParityCase[] =>
  windows.flatMap(({ height, width, kernel, stride, dilation }) =>
    ['SAME', 'VALID'].map((padding) => ({
      title: `${padding}, ${height}x${width}, kernel ${kernel}, stride ${stride}, dilation ${dilation}`,
      inputs: [images(height, width, 3), filterOf(kernel)],
      attributes: attributes(padding, stride, dilation),
    })),
  )

/** Activations with a bias. */
const fused = (filterOf: () => Constant, channels: number, activations: readonly string[]): ParityCase[] => [
  ...activations.map((activation) => ({
    title: `BiasAdd and ${activation}`,
    inputs: [images(6, 7, 3), filterOf(), perChannel(channels)],
    attributes: { ...attributes('SAME', 2), fused_ops: ['BiasAdd', activation], num_args: 1, leakyrelu_alpha: 0.3 },
  })),
  {
    title: 'BiasAdd alone',
    inputs: [images(6, 7, 3), filterOf(), perChannel(channels)],
    attributes: { ...attributes('VALID'), fused_ops: ['BiasAdd'], num_args: 1 },
  },
  {
    title: 'BiasAdd and Prelu',
    inputs: [images(6, 7, 3), filterOf(), perChannel(channels), { constant: randomTensor([channels], 4) }],
    attributes: { ...attributes('SAME'), fused_ops: ['BiasAdd', 'Prelu'], num_args: 2 },
  },
]

const transposed = [
  { size: 4, kernel: 3, stride: 2, out: 8, padding: 'SAME' },
  { size: 4, kernel: 4, stride: 2, out: 8, padding: 'SAME' },
  { size: 4, kernel: 1, stride: 2, out: 8, padding: 'SAME' },
  { size: 5, kernel: 3, stride: 1, out: 5, padding: 'SAME' },
  { size: 4, kernel: 3, stride: 2, out: 9, padding: 'VALID' },
  { size: 4, kernel: 2, stride: 3, out: 12, padding: 'VALID' },
]

testOperators(convolutionOperators, {
  Conv2D: [
    ...overWindows((kernel) => filter(kernel, kernel, 3, 4)),
    {
      title: 'EXPLICIT',
      inputs: [images(6, 7, 3), filter(3, 3, 3, 4)],
      attributes: { ...attributes('EXPLICIT', 2), explicit_paddings: [0, 0, 1, 2, 0, 1, 0, 0] },
    },
    {
      title: 'channels first',
      inputs: [randomTensor([2, 3, 6, 7], 1), filter(3, 3, 3, 4)],
      attributes: { ...attributes('SAME'), data_format: 'NCHW' },
    },
    {
      title: 'a filter that is fed',
      inputs: [images(6, 7, 3), randomTensor([3, 3, 3, 4], 2)],
      attributes: attributes('SAME'),
      fixed: true,
    },
  ],
  _FusedConv2D: fused(() => filter(3, 3, 3, 4), 4, ['Relu', 'Relu6', 'Elu', 'Sigmoid', 'LeakyRelu']),
  DepthwiseConv2dNative: overWindows((kernel) => filter(kernel, kernel, 3, 2)),
  DepthwiseConv2d: overWindows((kernel) => filter(kernel, kernel, 3, 1)),
  // TensorFlow.js loses the slope of LeakyRelu here and gives NaN.
  FusedDepthwiseConv2dNative: fused(() => filter(3, 3, 3, 2), 6, ['Relu', 'Relu6', 'Elu', 'Sigmoid']),
  Conv2DBackpropInput: [
    ...transposed.map(({ size, kernel, stride, out, padding }) => ({
      title: `${padding}, ${size} to ${out}, kernel ${kernel}, stride ${stride}`,
      inputs: [sizes(2, out, out, 5), filter(kernel, kernel, 5, 3), images(size, size, 3)],
      attributes: attributes(padding, stride),
    })),
    {
      title: 'an odd size that only SAME padding of known sizes gives',
      inputs: [sizes(2, 7, 7, 5), filter(3, 3, 5, 3), images(4, 4, 3)],
      attributes: attributes('SAME', 2),
      fixed: true,
    },
  ],
})
