import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { importTfjs } from '../src/import-tfjs.js'
import { expectSame, randomizeWeights, savedModel } from './layers-model.js'
import { operatorCounts } from './operator-counts.js'
import { useBackend } from './original.js'
import { randomTensor } from './random-tensor.js'

beforeAll(() => useBackend('cpu'))

type Value = tfl.SymbolicTensor
const { layers: make } = tfl

const through = (x: Value, ...steps: { apply(x: Value): unknown }[]): Value =>
  steps.reduce((value, step) => step.apply(value) as Value, x)

/** Inverted residual (Sandler et al., "MobileNetV2", 2018, figure 3d), as Keras writes it. */
function block(x: Value, name: string, filters: number, strides: number): Value {
  const channels = x.shape.at(-1) as number
  const expanded = through(
    x,
    make.conv2d({ filters: 4 * channels, kernelSize: 1, useBias: false, name: `${name}_expand` }),
    make.batchNormalization({ name: `${name}_expand_bn` }),
    make.reLU({ maxValue: 6, name: `${name}_expand_relu` }),
  )
  const padded =
    strides === 1
      ? expanded
      : through(
          expanded,
          make.zeroPadding2d({
            padding: [
              [0, 1],
              [0, 1],
            ],
            name: `${name}_pad`,
          }),
        )
  const projected = through(
    padded,
    make.depthwiseConv2d({
      kernelSize: 3,
      strides,
      padding: strides === 1 ? 'same' : 'valid',
      depthMultiplier: 1,
      useBias: false,
      name: `${name}_depthwise`,
    }),
    make.batchNormalization({ name: `${name}_depthwise_bn` }),
    make.reLU({ maxValue: 6, name: `${name}_depthwise_relu` }),
    make.conv2d({ filters, kernelSize: 1, useBias: false, name: `${name}_project` }),
    make.batchNormalization({ name: `${name}_project_bn` }),
  )
  return channels === filters && strides === 1
    ? (make.add({ name: `${name}_add` }).apply([x, projected]) as Value)
    : projected
}

function mobileNet(side: number | null): tfl.LayersModel {
  const pixels = tfl.input({ shape: [side, side, 3], name: 'pixels' })
  const stem = through(
    pixels,
    make.rescaling({ scale: 1 / 127.5, offset: -1, name: 'rescaling' }),
    make.conv2d({ filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false, name: 'stem' }),
    make.batchNormalization({ name: 'stem_bn' }),
    make.reLU({ maxValue: 6, name: 'stem_relu' }),
  )
  const features = block(block(block(stem, 'block_1', 12, 2), 'block_2', 12, 1), 'block_3', 16, 2)
  const model = tfl.model({
    inputs: pixels,
    outputs: through(features, make.globalAveragePooling2d({ name: 'pool' })),
    name: 'mobilenet',
  })
  randomizeWeights(model)
  return model
}

describe('a MobileNetV2 of Keras layers', () => {
  it('gives the features that TensorFlow.js gives', async () => {
    await expectSame(mobileNet(32), { pixels: randomTensor([2, 32, 32, 3], 1, 0, 255) })
  })

  it('gives them at any size where it is open', async () => {
    for (const side of [32, 45])
      await expectSame(mobileNet(null), { pixels: randomTensor([1, side, side, 3], 1, 0, 255) })
  })

  it('has its normalization folded into its convolutions, and no transposition', async () => {
    const graph = importTfjs(await savedModel(mobileNet(32)))
    expect(operatorCounts(graph)).toEqual({
      Mul: 1,
      Conv: 10,
      Clip: 7,
      Pad: 2,
      // The one of the rescaling, and the residual.
      Add: 2,
      ReduceMean: 1,
    })
  })

  it('is cut at the layer that is asked for, by its name', async () => {
    const graph = importTfjs(await savedModel(mobileNet(32)), { outputs: ['block_2_add'] })
    expect(graph.outputs).toEqual([{ name: 'block_2_add', type: 'float32', dims: ['batch', 12, 8, 8] }])
    expect(graph.valueInfo.get('stem_relu')).toEqual({ name: 'stem_relu', type: 'float32', dims: ['batch', 8, 16, 16] })
  })
})

describe('models within models', () => {
  const head = (features: number): tfl.LayersModel =>
    tfl.sequential({
      name: 'head',
      layers: [
        make.dense({ units: 5, inputShape: [features], activation: 'relu', name: 'hidden' }),
        make.dropout({ rate: 0.5 }),
        make.dense({ units: 3, activation: 'softmax', name: 'classes' }),
      ],
    })

  it('gives what TensorFlow.js gives where a backbone and a head are models themselves', async () => {
    const photo = tfl.input({ shape: [32, 32, 3], name: 'photo' })
    const features = mobileNet(32).apply(photo) as Value
    const model = tfl.model({ inputs: photo, outputs: head(16).apply(features) as Value })
    randomizeWeights(model)
    await expectSame(model, { photo: randomTensor([2, 32, 32, 3], 1, 0, 255) })
    const saved = await savedModel(model)
    expect(
      importTfjs(saved, { outputs: ['mobilenet/block_2_add', 'mobilenet'] }).outputs.map(({ dims }) => dims),
    ).toEqual([
      ['batch', 12, 8, 8],
      ['batch', 16],
    ])
  })

  it('gives what TensorFlow.js gives where a sequential model begins with another', async () => {
    const model = tfl.sequential({ layers: [mobileNet(32), head(16)] })
    randomizeWeights(model)
    await expectSame(model, { pixels: randomTensor([1, 32, 32, 3], 1, 0, 255) })
  })

  it('gives what TensorFlow.js gives where layers and models are shared', async () => {
    const [left, right] = [tfl.input({ shape: [4], name: 'left' }), tfl.input({ shape: [4], name: 'right' })]
    const [dense, shared] = [make.dense({ units: 6, name: 'dense' }), head(6)]
    const both = [left, right].map((one) => shared.apply(dense.apply(one) as Value) as Value)
    const model = tfl.model({ inputs: [left, right], outputs: make.concatenate({}).apply(both) as Value })
    randomizeWeights(model)
    await expectSame(model, { left: randomTensor([2, 4], 1), right: randomTensor([2, 4], 2) })
  })
})
