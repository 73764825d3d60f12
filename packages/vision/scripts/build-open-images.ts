/** Makes assets/open-images from an npm package: the body of a detector as ONNX. The same package gives the same bytes. */
import { readFile } from 'node:fs/promises'
import { importTflite } from '@headstart/tfjs'
import { namedBlocks } from './named-blocks.js'
import { sourcePackage } from '../../../scripts/source-package.js'
import { inHalfPrecision } from './stored-weights.js'
import { writeNetwork } from './write-network.js'

const { name, version, path } = sourcePackage('@mediapipe/objectron', '0.4.1675468480', new URL('..', import.meta.url))
const archive = 'objectron_solution_packed_assets.data'
const packed = await readFile(path(archive))
// Files lie in it one after the other, the network last; a model of TensorFlow Lite has its name in bytes 4 to 7.
const start = packed.indexOf('TFL3') - 4
const network = 'FeatureExtractor/MobilenetV2'
const graph = importTflite(
  packed.subarray(Math.max(start, 0)),
  {
    name: 'mobilenet-v2-open-images',
    inputs: { normalized_input_image_tensor: { dims: ['batch', 'height', 'width', 3] } },
    outputs: [`${network}/Conv_1/Relu6`],
  },
  `${archive} of ${name}`,
)
await writeNetwork(
  'open-images',
  inHalfPrecision(
    namedBlocks(graph, network, { normalized_input_image_tensor: 'normalized', [`${network}/Conv_1/Relu6`]: 'map' }),
  ),
  [['license', 'Apache-2.0']],
  `MobileNetV2, trained on Open Images

Copyright The MediaPipe Authors. Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).

model.onnx    the body of the TensorFlow Lite model "object_detection_ssd_mobilenetv2_oidv4_fp16" (SSD with MobileNetV2), as
              published in the npm package ${name} ${version} (Apache-2.0). Changed: cut out of the detector
              and rewritten as an ONNX graph in half precision.
`,
)
