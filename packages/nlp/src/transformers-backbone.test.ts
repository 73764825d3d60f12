import '@headstart/onnx/test'
import { basename, dirname } from 'node:path'
import { rowOf } from '@headstart/core'
import { testBackbone } from '@headstart/core/test'
import { env, pipeline } from '@huggingface/transformers'
import { describe, expect, it } from 'vitest'
import { oddTexts } from '../test/odd-texts.js'
import { bertFiles, publish, type PublishedFiles, robertaFiles, sentenceTransformersFiles } from '../test/published-encoder.js'
import { tokenizedTextLoader } from './tokenized-text.js'
import { transformersBackbone } from './transformers-backbone.js'

const texts = ['', 'The food was great!', 'Terrible service, and the staff was not friendly at all.', 'good', 'Größe 12: naïve café']

/** The features that Transformers.js computes of a folder, text by text. */
async function pipelineFeatures(folder: string, inputs: readonly string[], options: { pooling: 'mean' | 'cls'; normalize?: boolean }) {
  env.allowRemoteModels = false
  env.localModelPath = dirname(folder)
  const extract = await pipeline('feature-extraction', basename(folder), { dtype: 'fp32' })
  const rows: number[] = []
  for (const text of inputs) rows.push(...((await extract(text, options)).data as Float32Array))
  await extract.dispose()
  return rows
}

for (const [name, files] of Object.entries({ BERT: bertFiles(), RoBERTa: robertaFiles() })) {
  const folder = (): Promise<string> => publish(files)

  describe(`transformersBackbone of a ${name}`, () => {
    it.each(['mean', 'cls'] as const)('gives the features of Transformers.js, pooling %s', async (pooling) => {
      const path = await folder()
      for (const normalize of [false, true]) {
        const backbone = await transformersBackbone(path, { pooling, normalize })
        const { data } = await backbone.embed(texts)
        expect(data).toBeAllclose(await pipelineFeatures(path, texts, { pooling, normalize }), { rtol: 0, atol: 1e-4 })
      }
    })
  })
}
