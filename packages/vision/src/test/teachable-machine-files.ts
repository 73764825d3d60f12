import { random } from '@headstart/core/kit'
import type { PublishedFiles } from './published-image-encoder.js'

/** Settings of `teachableMachineFiles`. */
export interface TeachableMachineProject {
  /** Default: cat, dog, "no animal". */
  readonly labels?: readonly string[]
  /** Height and width of pictures. Default 32; 224 in Teachable Machine. */
  readonly size?: number
  /** Other fields of metadata.json. */
  readonly metadata?: object
}

interface Layer {
  readonly class_name: string
  readonly name?: string
  readonly config: object
  readonly inbound_nodes?: readonly unknown[]
}
/** A weight: its name, its shape, and between which numbers it is drawn. */
type Weight = readonly [name: string, shape: readonly number[], low?: number, high?: number]

/**
 * An image project as Teachable Machine exports it for TensorFlow.js: a MobileNetV2 (here with a stem, one block and a last
 * convolution of a few channels) and its mean in one sequential model, two dense layers in another, both in a third.
 */
export function teachableMachineFiles({
  labels = ['cat', 'dog', 'no animal'],
  size = 32,
  metadata = {},
}: TeachableMachineProject = {}): PublishedFiles {
  const weights: Weight[] = []
  const layers: Layer[] = []
  const add = (class_name: string, name: string, config: object, ...inputs: readonly string[]): string => {
    const inbound_nodes = inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])]
    layers.push({ class_name, name, config: { name, trainable: true, ...config }, inbound_nodes })
    return name
  }
  const normalized = (x: string, name: string, channels: number): string => {
    for (const weight of ['gamma', 'beta', 'moving_mean'] as const) weights.push([`${name}/${weight}`, [channels]])
    weights.push([`${name}/moving_variance`, [channels], 0.5, 2])
    return add('BatchNormalization', name, { axis: -1, epsilon: 1e-3, center: true, scale: true }, x)
  }
  const convolution = (x: string, name: string, kernel: number, [from, to]: [number, number], stride = 1): string => {
    weights.push([`${name}/kernel`, [kernel, kernel, from, to]])
    const sizes = { kernel_size: [kernel, kernel], strides: [stride, stride], padding: stride === 1 ? 'same' : 'valid' }
    const settings = { filters: to, ...sizes, data_format: 'channels_last', activation: 'linear', use_bias: false }
    return normalized(add('Conv2D', name, settings, x), `bn_${name}`, to)
  }
  const rectified = (x: string, name: string): string => add('ReLU', name, { max_value: 6 }, x)

  const pixels = add('InputLayer', 'input_1', { batch_input_shape: [null, size, size, 3], dtype: 'float32' })
  const padding = [
    [0, 1],
    [0, 1],
  ]
  const padded = add('ZeroPadding2D', 'Conv1_pad', { padding, data_format: 'channels_last' }, pixels)
  const stem = rectified(convolution(padded, 'Conv1', 3, [3, 8], 2), 'Conv1_relu')
  const expanded = rectified(convolution(stem, 'block_1_expand', 1, [8, 16]), 'block_1_expand_relu')
  weights.push(['block_1_depthwise/depthwise_kernel', [3, 3, 16, 1]])
  const window = { kernel_size: [3, 3], strides: [1, 1], padding: 'same', depth_multiplier: 1 }
  const depthwise = add('DepthwiseConv2D', 'block_1_depthwise', { ...window, use_bias: false }, expanded)
  const filtered = rectified(normalized(depthwise, 'block_1_depthwise_BN', 16), 'block_1_depthwise_relu')
  const projected = convolution(filtered, 'block_1_project', 1, [16, 8])
  const sum = add('Add', 'block_1_add', {}, stem, projected)
  const last = rectified(convolution(sum, 'Conv_1', 1, [8, 12]), 'out_relu')
  const mobileNet: Layer = {
    class_name: 'Model',
    config: { name: 'model1', layers, input_layers: [[pixels, 0, 0]], output_layers: [[last, 0, 0]] },
  }

  const dense = (name: string, from: number, units: number, settings: object): Layer => {
    weights.push([`${name}/kernel`, [from, units], -4, 4])
    return { class_name: 'Dense', config: { name, units, ...settings } }
  }
  const hidden = dense('dense_Dense1', 12, 10, { activation: 'relu', use_bias: true, batch_input_shape: [null, 12] })
  weights.push(['dense_Dense1/bias', [10]])
  const answers = dense('dense_Dense2', 10, labels.length, { activation: 'softmax', use_bias: false })
  const pooled: Layer = { class_name: 'GlobalAveragePooling2D', config: { name: 'global_average_pooling2d' } }
  const sequential = (name: string, ...parts: readonly Layer[]): Layer => {
    return { class_name: 'Sequential', config: { name, layers: parts } }
  }
  const topology = sequential(
    'sequential_4',
    sequential('sequential_1', mobileNet, pooled),
    sequential('sequential_3', hidden, answers),
  )

  const { uniform } = random(7)
  const drawn = weights.flatMap(([, shape, low = -0.8, high = 0.8]) => {
    const length = shape.reduce((product, side) => product * side, 1)
    return Array.from({ length }, () => low + uniform() * (high - low))
  })
  return {
    'model.json': {
      modelTopology: { ...topology, keras_version: 'tfjs-layers 1.3.1', backend: 'tensor_flow.js' },
      weightsManifest: [
        { paths: ['weights.bin'], weights: weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
      ],
    },
    'weights.bin': new Uint8Array(Float32Array.from(drawn).buffer),
    'metadata.json': {
      tfjsVersion: '1.3.1',
      tmVersion: '2.4.7',
      packageVersion: '0.8.4-alpha2',
      packageName: '@teachablemachine/image',
      timeStamp: '2026-01-01T00:00:00.000Z',
      userMetadata: {},
      modelName: 'tm-my-image-model',
      labels,
      imageSize: size,
      ...metadata,
    },
  }
}
