import { type Network, type TunableBackbone } from '@headstart/core'
import { networkBackbone, random } from '@headstart/core/kit'
import { float32, GraphBuilder } from '@headstart/onnx'
import type { ImageInput } from '../src/preprocessing/image-input.js'
import { imagePreprocessing } from '../src/preprocessing/image-preprocessing.js'
import type { ImagePreprocessingConfig } from '../src/preprocessing/image-settings.js'

/** Columns of the features. */
export const tinyFeatureSize = 6

/** Two convolutions and a dense layer over pictures of 16 x 12 pixels, with weights that nobody trained. */
export function tinyNetwork(layout: 'nchw' | 'nhwc' = 'nchw', seed = 1): Network {
  const { uniform } = random(seed)
  const weights = (...dims: number[]) =>
    float32(
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => uniform() - 0.5),
    )
  const g = new GraphBuilder('tiny-image-network')
  const pixels = g.input('pixels', 'float32', ['batch', ...(layout === 'nchw' ? [3, 12, 16] : [12, 16, 3])])
  const planes = layout === 'nchw' ? pixels : g.op('Transpose', [pixels], { perm: [0, 3, 1, 2] })
  const first = g.op(
    'Relu',
    [g.op('Conv', [planes, g.weight('kernel', weights(4, 3, 3, 3))], { strides: [2, 2] })],
    {},
    { name: 'edges' },
  )
  const second = g.op('Relu', [g.op('Conv', [first, g.weight('kernel2', weights(8, 4, 3, 3))])])
  // Flattened, not averaged: where something is makes a difference.
  const all = g.op('Flatten', [second], {}, { name: 'parts' })
  g.output('features', g.op('MatMul', [all, g.weight('dense', weights(8 * 3 * 5, tinyFeatureSize))]), 'float32', [
    'batch',
    tinyFeatureSize,
  ])
  return {
    graph: g.build(),
    stages: [
      { name: 'edges', output: 'edges' },
      { name: 'parts', output: 'parts' },
      { name: 'dense', output: 'features' },
    ],
  }
}

/** The settings with which pictures become its input. */
export const tinyConfig: ImagePreprocessingConfig = {
  input: 'pixels',
  size: [12, 16],
  values: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
}

/** A real backbone of pictures, small enough to be made anew in each test. */
export function tinyImageBackbone(config: Partial<ImagePreprocessingConfig> = {}): TunableBackbone<ImageInput> {
  return networkBackbone({
    id: 'tiny-image',
    modality: 'image',
    network: tinyNetwork(config.layout),
    preprocessing: imagePreprocessing({ ...tinyConfig, ...config }),
    threads: 1,
  })
}
