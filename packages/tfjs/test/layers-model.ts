import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session, type Tensor } from '@headstart/onnx'
import { importTfjs } from '../src/import-tfjs.js'
import { decodeTfjsModel, type TfjsModel } from '../src/read-tfjs-model.js'
import { channelsFirst, fromTensorflow, scoped, toTensorflow } from './original.js'
import { expectParity } from './parity.js'
import { randomTensor } from './random-tensor.js'

/** A Keras model as TensorFlow.js saves it, read by us. */
export async function savedModel(model: LayersModel): Promise<TfjsModel> {
  const { json, weights } = await filesOf(model)
  return decodeTfjsModel('model.json', JSON.stringify(json), async () => weights)
}

/** Writes a Keras model into a folder as TensorFlow.js saves it. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  const { json, weights } = await filesOf(model)
  await writeFile(join(folder, 'model.json'), JSON.stringify(json))
  await writeFile(join(folder, 'shard'), weights)
}

async function filesOf(model: LayersModel): Promise<{ json: object; weights: Uint8Array }> {
  let saved: tf.io.ModelArtifacts = {}
  await model.save({
    save: async (artifacts) => {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    },
  })
  const { modelTopology, format, generatedBy, weightSpecs = [], weightData } = saved
  const json = { modelTopology, format, generatedBy, weightsManifest: [{ paths: ['shard'], weights: weightSpecs }] }
  return { json, weights: new Uint8Array(weightData as ArrayBuffer) }
}

/** Other weights than a new model has: ones and zeros would hide what goes wrong. None is negative: some are variances. */
export function randomizeWeights(model: LayersModel): void {
  model.setWeights(
    model.getWeights().map(({ shape }, index) => tf.tensor(randomTensor(shape, index, 0.05, 0.5).data, shape)),
  )
}

/** The same as the model gives in TensorFlow.js, with images in either order. */
export async function expectSame(model: LayersModel, feeds: Readonly<Record<string, Tensor>>): Promise<void> {
  const expected = scoped(() => {
    const given = model.inputNames.map((name) => toTensorflow(feeds[name] as Tensor))
    return fromTensorflow(model.predict(given.length === 1 ? (given[0] as tf.Tensor) : given) as tf.Tensor)
  })
  const saved = await savedModel(model)
  for (const layout of ['nchw', 'nhwc'] as const) {
    const inOrder = (one: Tensor): Tensor => (one.dims.length === 4 && layout === 'nchw' ? channelsFirst(one) : one)
    const graph = importTfjs(saved, { layout })
    const session = await Session.create(graph, { threads: 1 })
    const results = await session.run(
      Object.fromEntries(Object.entries(feeds).map(([name, one]) => [name, inOrder(one)])),
    )
    expectParity(results[graph.outputs[0]?.name ?? ''], inOrder(expected), { message: layout })
    await session.close()
  }
}
