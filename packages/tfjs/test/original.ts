import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Tensor } from '@headstart/onnx'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-backend-cpu'
import { type GraphModel, loadGraphModel } from '@tensorflow/tfjs-converter'
import type { io } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'

const require = createRequire(import.meta.url)

/** TensorFlow.js, the oracle, on one of its backends. */
export async function useBackend(backend: 'cpu' | 'wasm'): Promise<void> {
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend(backend)
}

/** A model's parts as TensorFlow.js wants them. */
export async function artifactsOf(path: string): Promise<io.ModelArtifacts> {
  const json = JSON.parse(await readFile(path, 'utf8')) as io.ModelJSON
  const shards = json.weightsManifest.flatMap(({ paths }) => paths)
  const bytes = Buffer.concat(await Promise.all(shards.map((shard) => readFile(join(dirname(path), shard)))))
  return {
    modelTopology: json.modelTopology,
    weightSpecs: json.weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(bytes).buffer,
  }
}

/** A graph model, to be executed by TensorFlow.js. */
export async function originalGraphModel(artifacts: io.ModelArtifacts): Promise<GraphModel> {
  return loadGraphModel({ load: async () => artifacts })
}

/** A tensor of TensorFlow.js as one of ours. */
export function fromTensorflow(source: tf.Tensor): Tensor {
  const data = source.dataSync()
  if (source.dtype === 'int32') return { type: 'int32', dims: source.shape, data: Int32Array.from(data) }
  if (source.dtype === 'bool') return { type: 'bool', dims: source.shape, data: Uint8Array.from(data) }
  return { type: 'float32', dims: source.shape, data: Float32Array.from(data) }
}

/** One of ours as a tensor of TensorFlow.js. */
export function toTensorflow({ type, dims, data }: Tensor): tf.Tensor {
  return tf.tensor(data as Float32Array, [...dims], type as 'float32' | 'int32' | 'bool')
}

/** Images `[batch, height, width, channels]` with the channels first. */
export function channelsFirst(images: Tensor): Tensor {
  return scoped(() => fromTensorflow(tf.transpose(toTensorflow(images), [0, 3, 1, 2])))
}

/** Runs TensorFlow.js and frees all that it allocated. */
export function scoped<T>(body: () => T): T {
  tf.engine().startScope()
  try {
    return body()
  } finally {
    tf.engine().endScope()
  }
}
