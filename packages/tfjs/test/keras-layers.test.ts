import '@headstart/onnx/test'
import { float32, type Graph, Session, type Tensor, tensor } from '@headstart/onnx'
import type * as Tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { importTfjs } from '../src/import-tfjs.js'
import { expectSame, randomizeWeights, savedModel } from './layers-model.js'
import { fromTensorflow, scoped, toTensorflow, useBackend } from './original.js'
import { expectParity } from './parity.js'
import { randomTensor } from './random-tensor.js'
import { layers } from '../src/keras/layers-model.js'

beforeAll(() => useBackend('cpu'))

type Values = tfl.SymbolicTensor | tfl.SymbolicTensor[]
type LayerLike = { apply(inputs: Values): unknown }

/** A layer over inputs of these shapes (without the batch). */
interface LayerCase {
  readonly title: string
  readonly layer: () => LayerLike
  readonly shapes: readonly (readonly number[])[]
  /** Inputs are whole numbers below this. */
  readonly below?: number
}

const images = [6, 7, 3] as const
const on = (title: string, layer: () => LayerLike, ...shapes: (readonly number[])[]): LayerCase => ({
  title,
  layer,
  shapes: shapes.length > 0 ? shapes : [images],
})
const { layers: make } = tfl
const merging = (layer: () => LayerLike): LayerCase[] => [
  on('two images', layer, images, images),
  on('three rows', layer, [4], [4], [4]),
]
const pooling = (layer: (options: object) => LayerLike): LayerCase[] => [
  on('plain', () => layer({})),
  on('overlapping', () => layer({ poolSize: 3, strides: 2, padding: 'same' })),
  on('of unequal sides', () => layer({ poolSize: [2, 3], strides: [1, 2] })),
]
const passing = (layer: () => LayerLike): LayerCase[] => [on('plain', layer)]
const functions = [
  'linear',
  'relu',
  'relu6',
  'elu',
  'selu',
  'sigmoid',
  'tanh',
  'softplus',
  'softsign',
  'softmax',
] as const
const laterFunctions = ['logSoftmax', 'swish', 'mish', 'gelu', 'hardSigmoid'] as const

const cases: Readonly<Record<string, readonly LayerCase[]>> = {
  Conv2D: [
    on('plain', () => make.conv2d({ filters: 4, kernelSize: 3 })),
    on('same, strides, activation', () =>
      make.conv2d({ filters: 4, kernelSize: [3, 2], strides: 2, padding: 'same', activation: 'relu' }),
    ),
    on('dilation, no bias', () =>
      make.conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, useBias: false, activation: 'softmax' }),
    ),
  ],
  DepthwiseConv2D: [
    on('plain', () => make.depthwiseConv2d({ kernelSize: 3 })),
    on('two for each', () =>
      make.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, strides: 2, padding: 'same', activation: 'relu6' }),
    ),
  ],
  SeparableConv2D: [
    on('plain', () => make.separableConv2d({ filters: 4, kernelSize: 3 })),
    on('strides', () =>
      make.separableConv2d({
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        depthMultiplier: 2,
        activation: 'tanh',
      }),
    ),
  ],
  Conv2DTranspose: [
    on('plain', () => make.conv2dTranspose({ filters: 4, kernelSize: 3 })),
    on('same, strides', () =>
      make.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
    ),
    on('valid, strides', () => make.conv2dTranspose({ filters: 4, kernelSize: 2, strides: 3, useBias: false })),
  ],
  Dense: [
    on('rows', () => make.dense({ units: 5, activation: 'softmax' }), [4]),
    on('no bias', () => make.dense({ units: 5, useBias: false }), [4]),
    on('sequences', () => make.dense({ units: 5, activation: 'relu' }), [3, 4]),
    on('images', () => make.dense({ units: 5 })),
  ],
  BatchNormalization: [
    on('images', () => make.batchNormalization({})),
    on(
      'rows, neither scaled nor shifted',
      () => make.batchNormalization({ scale: false, center: false, epsilon: 0.1 }),
      [4],
    ),
  ],
  LayerNormalization: [
    on('rows', () => make.layerNormalization({}), [4]),
    on('images', () => make.layerNormalization({ center: false })),
  ],
  Activation: [...functions, ...laterFunctions].map((activation) =>
    on(activation, () => make.activation({ activation: activation as 'relu' })),
  ),
  ReLU: [
    on('plain', () => make.reLU()),
    on('up to 6', () => make.reLU({ maxValue: 6 })),
    on('up to 0.5', () => make.reLU({ maxValue: 0.5 })),
  ],
  LeakyReLU: [on('plain', () => make.leakyReLU()), on('slope 0.1', () => make.leakyReLU({ alpha: 0.1 }))],
  PReLU: [
    on('a slope for each place', () => make.prelu({})),
    on('a slope for each channel', () => make.prelu({ sharedAxes: [1, 2] })),
    on('rows', () => make.prelu({}), [4]),
  ],
  ELU: [on('plain', () => make.elu())],
  ThresholdedReLU: [on('plain', () => make.thresholdedReLU({ theta: 0.4 }))],
  Softmax: [on('images', () => make.softmax({ axis: -1 })), on('rows', () => make.softmax({ axis: 1 }), [4])],
  MaxPooling2D: pooling((options) => make.maxPooling2d(options as never)),
  AveragePooling2D: pooling((options) => make.averagePooling2d(options as never)),
  GlobalAveragePooling2D: [on('plain', () => make.globalAveragePooling2d({}))],
  GlobalMaxPooling2D: [on('plain', () => make.globalMaxPooling2d({}))],
  GlobalAveragePooling1D: [on('plain', () => make.globalAveragePooling1d({}), [5, 3])],
  GlobalMaxPooling1D: [on('plain', () => make.globalMaxPooling1d({}), [5, 3])],
  ZeroPadding2D: [
    on('one on each side', () => make.zeroPadding2d({ padding: 1 })),
    on('unequal', () =>
      make.zeroPadding2d({
        padding: [
          [0, 1],
          [2, 3],
        ],
      }),
    ),
  ],
  Cropping2D: [
    on('unequal', () =>
      make.cropping2D({
        cropping: [
          [1, 2],
          [3, 1],
        ],
      }),
    ),
    on('on one side', () =>
      make.cropping2D({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
    ),
  ],
  UpSampling2D: [
    on('nearest', () => make.upSampling2d({ size: [2, 3] })),
    on('bilinear', () => make.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })),
  ],
  Flatten: [on('images', () => make.flatten()), on('sequences', () => make.flatten(), [3, 4])],
  Reshape: [
    on('rows to images', () => make.reshape({ targetShape: [2, 2, 3] }), [12]),
    on('images to sequences', () => make.reshape({ targetShape: [-1, 3] })),
  ],
  Permute: [
    on('images', () => make.permute({ dims: [3, 1, 2] })),
    on('sequences', () => make.permute({ dims: [2, 1] }), [3, 4]),
  ],
  RepeatVector: [on('rows', () => make.repeatVector({ n: 3 }), [4])],
  Embedding: [{ ...on('ids', () => make.embedding({ inputDim: 7, outputDim: 4 }), [5]), below: 7 }],
  Rescaling: [
    on('pixels', () => make.rescaling({ scale: 1 / 127.5, offset: -1 })),
    on('rows', () => make.rescaling({ scale: 0.5, offset: 0 }), [4]),
  ],
  Add: merging(() => make.add()),
  Multiply: merging(() => make.multiply()),
  Average: merging(() => make.average()),
  Maximum: merging(() => make.maximum()),
  Minimum: merging(() => make.minimum()),
  Concatenate: [
    ...merging(() => make.concatenate()),
    on('along the height', () => make.concatenate({ axis: 1 }), images, [2, 7, 3]),
  ],
  Dropout: passing(() => make.dropout({ rate: 0.5 })),
  SpatialDropout1D: [on('sequences', () => make.spatialDropout1d({ rate: 0.5 }), [3, 4])],
  GaussianDropout: passing(() => make.gaussianDropout({ rate: 0.5 })),
  GaussianNoise: passing(() => make.gaussianNoise({ stddev: 1 })),
  AlphaDropout: passing(() => make.alphaDropout({ rate: 0.5 })),
}

function modelOf({ layer, shapes }: LayerCase): tfl.LayersModel {
  const inputs = shapes.map((shape, index) => tfl.input({ shape: [...shape], name: `input${index}` }))
  const outputs = layer().apply(inputs.length === 1 ? (inputs[0] as tfl.SymbolicTensor) : inputs) as tfl.SymbolicTensor
  const model = tfl.model({ inputs, outputs })
  randomizeWeights(model)
  return model
}

function feedsOf({ shapes, below }: LayerCase): Record<string, Tensor> {
  const feed = (shape: readonly number[], index: number): Tensor => {
    const numbers = randomTensor([2, ...shape], index, below ? 0 : -8, below ?? 8)
    return below ? tensor('float32', numbers.dims, numbers.data.map(Math.floor)) : numbers
  }
  return Object.fromEntries(shapes.map((shape, index) => [`input${index}`, feed(shape, index)]))
}

describe('each Keras layer beside TensorFlow.js', () => {
  // Python's Keras has these, TensorFlow.js has not.
  const untested = new Set([
    'SpatialDropout2D',
    'ActivityRegularization',
    'Normalization',
    'RandomFlip',
    'RandomRotation',
    'RandomTranslation',
    'RandomZoom',
    'RandomContrast',
    'RandomBrightness',
  ])

  it('has cases for every layer', () => {
    expect(Object.keys(cases).toSorted()).toEqual(
      Object.keys(layers)
        .filter((name) => !untested.has(name))
        .toSorted(),
    )
  })

  describe.each(Object.entries(cases))('%s', (_, list) => {
    it.each(list.map((one) => [one.title, one] as const))('%s', async (__, one) => {
      await expectSame(modelOf(one), feedsOf(one))
    })
  })
})

describe('Keras layers that TensorFlow.js lacks', () => {
  /** A model of one layer, saved as if Keras had written another one. */
  const written = async (one: LayerCase, layer: object, weights: Readonly<Record<string, string>> = {}) => {
    const model = modelOf(one)
    const { json, weights: tensors, ...saved } = await savedModel(model)
    const topology = JSON.parse(JSON.stringify(json.modelTopology)) as {
      config: { layers: { class_name: string; name: string; config: object }[] }
    }
    const last = topology.config.layers.at(-1) as (typeof topology.config.layers)[number]
    Object.assign(last, layer)
    const renamed = new Map([...tensors].map(([name, value]) => [rename(name, weights), value] as const))
    const graph = importTfjs({ ...saved, json: { ...json, modelTopology: topology }, weights: renamed })
    return { model, graph }
  }
  const rename = (name: string, names: Readonly<Record<string, string>>): string =>
    Object.entries(names).reduce((changed, [from, to]) => changed.replace(from, to), name)
  const answers = async (graph: Graph, x: Tensor): Promise<Tensor | undefined> => {
    const session = await Session.create(graph, { threads: 1 })
    const result = Object.values(await session.run({ input0: x }))[0]
    await session.close()
    return result
  }
  const rows = randomTensor([3, 4], 1, -8, 8)
  const like = on('rows', () => make.batchNormalization({ scale: false, center: false, epsilon: 0 }), [4])

  it('normalizes with the mean and variance that it took from data', async () => {
    const layer = { class_name: 'Normalization', config: { axis: [-1] } }
    const { model, graph } = await written(like, layer, { moving_mean: 'mean', moving_variance: 'variance' })
    const expected = scoped(() => fromTensorflow(model.predict(toTensorflow(rows)) as Tf.Tensor))
    expectParity(await answers(graph, rows), expected)
  })

  it('normalizes with those that it was given, and goes the way back', async () => {
    const layer = (invert: boolean) => ({
      class_name: 'Normalization',
      config: { axis: -1, mean: [[1, 2, 3, 4]], variance: [[4, 1, 0.25, 0]], invert },
    })
    const x = float32([1, 4], [5, 5, 5, 4])
    expect(await answers((await written(like, layer(false))).graph, x)).toBeAllclose(float32([1, 4], [2, 3, 4, 0]))
    expect(await answers((await written(like, layer(true))).graph, float32([1, 4], [2, 3, 4, 0]))).toBeAllclose(x)
  })

  it('normalizes with one mean of all where it has no axis', async () => {
    const layer = { class_name: 'Normalization', config: { axis: null, mean: 1, variance: 4 } }
    const { graph } = await written(like, layer)
    expect(await answers(graph, float32([1, 4], [1, 3, 5, 7]))).toBeAllclose(float32([1, 4], [0, 1, 2, 3]))
  })

  it('scales and shifts each channel by a number of its own', async () => {
    const one = on('rows', () => make.rescaling({ scale: 1 }), [4])
    const layer = { config: { scale: [1, 2, 3, 4], offset: [0, 1, 0, 1] } }
    const { graph } = await written(one, layer)
    expect(await answers(graph, float32([1, 4], [1, 1, 1, 1]))).toBeAllclose(float32([1, 4], [1, 3, 3, 5]))
  })

  it.each(['RandomFlip', 'RandomRotation', 'RandomTranslation', 'RandomZoom', 'RandomContrast', 'RandomBrightness'])(
    'leaves pictures as they are where %s would change them in training',
    async (className) => {
      const { graph } = await written(
        on('rows', () => make.dropout({ rate: 0.5 }), [4]),
        { class_name: className },
      )
      expect(await answers(graph, rows)).toBeAllclose(rows)
    },
  )
})
