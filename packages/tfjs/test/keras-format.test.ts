import { Session, type Tensor } from '@headstart/onnx'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { UnknownOperatorError } from '../src/errors.js'
import { importTfjs } from '../src/import-tfjs.js'
import type { TfjsModel } from '../src/read-tfjs-model.js'
import { randomizeWeights, savedModel } from './layers-model.js'
import { useBackend } from './original.js'
import { expectParity } from './parity.js'
import { randomTensor } from './random-tensor.js'

beforeAll(() => useBackend('cpu'))

const { layers: make } = tfl

/** Two dense layers, with something between. */
async function network(...between: tfl.layers.Layer[]): Promise<TfjsModel> {
  const model = tfl.sequential({
    layers: [
      make.dense({ units: 4, inputShape: [3], name: 'hidden' }),
      ...between,
      make.dense({ units: 2, name: 'classes' }),
    ],
  })
  randomizeWeights(model)
  return savedModel(model)
}

const row = randomTensor([2, 3], 1)

async function run(model: TfjsModel): Promise<Tensor> {
  return (await (await Session.create(importTfjs(model))).run({ hidden_input: row }))['classes'] as Tensor
}

interface Sequential {
  class_name: string
  config: { name: string; layers: { class_name: string; config: Record<string, unknown> }[] }
}
const topologyOf = ({ json }: TfjsModel): Sequential => json.modelTopology as unknown as Sequential
const withTopology = (model: TfjsModel, modelTopology: object): TfjsModel => ({
  ...model,
  json: { ...model.json, modelTopology: modelTopology as Record<string, unknown> },
})

describe('spellings of a Keras model', () => {
  it('may be those of the converter, which puts it one level down', async () => {
    const model = await network()
    const converted = withTopology(model, {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: topologyOf(model),
    })
    expectParity(await run(converted), await run(model))
  })

  it('may be those of old Keras, where a sequential model is a list of layers', async () => {
    const model = await network()
    const old = withTopology(model, { class_name: 'Sequential', config: topologyOf(model).config.layers })
    expectParity(await run(old), await run(model))
  })

  it('may have one more name between layer and weight', async () => {
    const model = await network()
    const weights = new Map([...model.weights].map(([name, content]) => [name.replace('/', '/cell/'), content]))
    expectParity(await run({ ...model, weights }), await run(model))
  })

  it('is refused where it is no Keras 2 model', async () => {
    const model = await network()
    expect(() => importTfjs(withTopology(model, { class_name: 'Subclassed', config: {} }))).toThrow(
      'a Keras 2 model (Functional or Sequential)',
    )
    expect(() => importTfjs(withTopology(model, { class_name: 'Sequential', config: {} }))).toThrow(
      'the layers of a Keras 2 model',
    )
  })
})

describe('a layer that cannot be imported', () => {
  it('is named with its class, and does not matter behind the outputs', async () => {
    const model = await network(
      make.reshape({ targetShape: [2, 2] }),
      make.lstm({ units: 3, recurrentInitializer: 'zeros', name: 'memory' }),
    )
    expect(() => importTfjs(model)).toThrow(UnknownOperatorError)
    expect(() => importTfjs(model)).toThrow('LSTM layer (node "memory")')
    expect(importTfjs(model, { outputs: ['hidden'] }).outputs).toEqual([
      { name: 'hidden', type: 'float32', dims: ['batch', 4] },
    ])
  })

  it('is named with the setting that is in the way', async () => {
    const model = await network(make.reLU({ maxValue: 3, name: 'bent' }))
    Object.assign(topologyOf(model).config.layers[1]?.config ?? {}, { threshold: 0.5 })
    expect(() => importTfjs(model)).toThrow('ReLU layer with 0.5 (not threshold 0) (node "bent")')
  })

  it('is named with the weight that is missing', async () => {
    const model = await network()
    const weights = new Map([...model.weights].filter(([name]) => name !== 'classes/bias'))
    expect(() => importTfjs({ ...model, weights })).toThrow(
      'Dense layer with no such weight (not the weight "classes/bias") (node "classes")',
    )
  })

  it.each(['Dense', 'BatchNormalization', 'Add', 'Concatenate', 'Flatten', 'Softmax'])(
    'is named where it takes nothing: %s',
    async (className) => {
      const model = await network()
      const nothing = { class_name: className, name: 'lost', config: { name: 'lost' }, inbound_nodes: [[]] }
      const damaged = withTopology(model, {
        class_name: 'Functional',
        config: { name: 'model', layers: [nothing], input_layers: [], output_layers: [['lost', 0, 0]] },
      })
      expect(() => importTfjs(damaged)).toThrow('layers that take something, got "lost", which takes nothing')
    },
  )
})
