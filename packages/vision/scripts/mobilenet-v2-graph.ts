import type { Stage } from '@headstart/core'
import { float32, type Graph, GraphBuilder, type Value } from '@headstart/onnx'
import { connect, rename } from '@headstart/onnx/kit'
import { importTfjs, type TfjsModel } from '@headstart/tfjs'

const network = 'FeatureExtractor/MobilenetV2'
/** Pixels from 0 to 255 as they enter the detector's network; before them is a loop that resizes. */
const pixels = 'Preprocessor/map/TensorArrayStack/TensorArrayGatherV3'
const blocks = 17
/** Blocks that add their input to their output; the sum has a name that TensorFlow's optimizer gave it. */
const residual = new Set([2, 4, 5, 7, 8, 9, 11, 12, 14, 15])

function blockOutput(index: number): string {
  const block = `${network}/expanded_conv${index === 0 ? '' : `_${index}`}`
  return `${block}/${residual.has(index) ? 'ArithmeticOptimizer/AddOpsRewrite_add' : 'project/BatchNorm/batchnorm/add_1'}`
}

/**
 * Feature maps whose means over the picture are the features, and the spread of each (root mean square distance from
 * the mean), by which it is divided so that all have the same say. From the general to what tells the 90 classes of COCO
 * apart: the earlier ones know drawings and textures better, the last one photos of things. Spreads and choice were
 * measured on drawings and photos.
 */
const featureMaps = [
  { value: blockOutput(blocks - 1), channels: 320, spread: 6 },
  { value: `${network}/Conv_1/Relu6`, channels: 1280, spread: 1.2 },
  { value: `${network}/layer_19_2_Conv2d_2_3x3_s2_512/Relu6`, channels: 512, spread: 1.8 },
]

const featureSize = featureMaps.reduce((sum, { channels }) => sum + channels, 0)

/**
 * MobileNetV2 (Sandler et al., 2018) as the detector SSDLite holds it, trained on COCO:
 *
 *     pixels [batch, 3, height, width], 0 to 255 → features [batch, 2112]
 *
 * Height and width may be any; the network was trained on 300 x 300.
 */
export function mobileNetV2Graph(detector: TfjsModel): { readonly graph: Graph; readonly stages: readonly Stage[] } {
  const imported = importTfjs(detector, {
    name: 'mobilenet-v2-coco',
    inputs: { [pixels]: { dims: ['batch', 'height', 'width', 3] } },
    outputs: featureMaps.map(({ value }) => value),
  })
  const short = new Map([
    [pixels, 'pixels'],
    [`${network}/Conv/Relu6`, 'stem'],
    ...Array.from({ length: blocks }, (_, index) => [blockOutput(index), `block${index}`] as const),
  ])
  const maps = rename(imported, Object.fromEntries(short))

  const g = new GraphBuilder('pooling')
  const means = featureMaps.map(({ channels, spread }, index) => {
    const map = g.input(`map${index}`, 'float32', ['batch', channels, `height${index}`, `width${index}`])
    const mean = g.op('Flatten', [g.op('GlobalAveragePool', [map])])
    return g.op('Mul', [mean, g.weight(`scale${index}`, float32([], [1 / spread]))])
  })
  g.output('features', g.op('Concat', means as Value[], { axis: 1 }), 'float32', ['batch', featureSize])
  g.metadata('license', 'Apache-2.0')
  const wiring = featureMaps.map(({ value }, index) => [`map${index}`, short.get(value) ?? value])
  return {
    graph: connect(maps, g.build(), Object.fromEntries(wiring)).with({ name: imported.name }),
    stages: [
      { name: 'stem', output: 'stem' },
      ...Array.from({ length: blocks }, (_, index) => ({ name: `block ${index}`, output: `block${index}` })),
      { name: 'features', output: 'features' },
    ],
  }
}
