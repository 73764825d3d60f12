/** Makes assets/nsfwjs from an npm package: the middle of a classifier as ONNX. The same package gives the same bytes. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { decodeTfjsModel, type ModelJson } from '@headstart/tfjs'
import { importTfjs } from '@headstart/tfjs'
import { namedBlocks } from './named-blocks.js'
import { sourcePackage } from '../../../scripts/source-package.js'
import { inLevels } from './stored-weights.js'
import { writeNetwork } from './write-network.js'

const { name, version, path } = sourcePackage('nsfwjs', '4.4.0', new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const folder = 'dist/models/mobilenet_v2_mid'
// Files of the model are modules of JavaScript: the topology as an object, weights as texts in base64.
const json = require(path(`${folder}/model.min.js`)) as ModelJson
const model = await decodeTfjsModel(`${folder} of ${name}`, JSON.stringify(json), async (shard) =>
  Buffer.from(require(path(`${folder}/${shard}.min.js`)) as string, 'base64'),
)
const predict = 'StatefulPartitionedCall/sequential/keras_layer' + '/StatefulPartitionedCall'.repeat(3) + '/predict'
const network = `${predict}/MobilenetV2`
const [input, ...maps] = [
  `${predict}/hub_input/Sub`,
  ...[13, 15].map((block) => `${network}/expanded_conv_${block}/expand/Relu6`),
] as [string, string, string]
const graph = importTfjs(model, {
  name: 'mobilenet-v2-nsfwjs',
  inputs: { [input]: { dims: ['batch', 'height', 'width', 3] } },
  outputs: maps,
})
await writeNetwork(
  'nsfwjs',
  inLevels(namedBlocks(graph, network, { [input]: 'normalized', [maps[0]]: 'map13', [maps[1]]: 'map15' })),
  [['license', 'MIT']],
  `The middle of MobileNetV2 1.4, trained on ImageNet and tuned to tell what may not be shown at work

${await readFile(path('LICENSE'), 'utf8')}
model.onnx    the first layers, up to "expanded_conv_15/expand", of the TensorFlow.js model "mobilenet_v2_mid", as published in
              the npm package ${name} ${version} (MIT). Changed: rewritten as an ONNX graph, its weights in the 256
              levels in which they are published. Nothing of it answers what may be shown.
`,
)
