import { createHash } from 'node:crypto'
import { type Devices, type Network, type TunableBackbone } from '@headstart/core'
import { networkBackbone, OptionError, stagesIn } from '@headstart/core/kit'
import { type Graph } from '@headstart/onnx'
import { decodeModel } from '@headstart/onnx/kit'
import { mobileNetWeights } from '../assets.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import type { Sizing } from '../preprocessing/sizing.js'
import { withFlippedView } from './with-flipped-view.js'

/** Options of `mobileNetV2`. */
export interface MobileNetV2Options {
  /** Height and width in pixels to which pictures are brought, from 32 on. Default 224; twice the pixels, twice the time. */
  readonly size?: number
  /** How they are brought to it, see `Sizing`. Default 'crop'. */
  readonly resize?: Sizing['resize']
  /**
   * Looks at each picture mirrored as well and takes the mean of both features, in twice the time (see
   * `withFlippedView`). Default false.
   */
  readonly flippedView?: boolean
  /** Pictures of more pixels than this are refused. Default: 100 million. */
  readonly pixelLimit?: number
  /** See `OpenImageOptions`. Default: strings are paths of files. */
  readonly paths?: boolean
  /** Threads of one operator. Default: one per core. */
  readonly threads?: number
  /** Where the network runs: execution providers of onnxruntime, in order of preference. Default 'cpu'. */
  readonly device?: Devices | undefined
}

/**
 * MobileNetV2 (Sandler et al., 2018), trained to find 90 kinds of things in photos (COCO): pictures to 2,112 features.
 * Built in: 11 MB of weights come with the package, nothing is downloaded.
 *
 * Stages: stem, block 0 to block 16, features.
 *
 * @throws OptionError for a size that is no whole number from 32 on
 */
export async function mobileNetV2(options: MobileNetV2Options = {}): Promise<TunableBackbone<ImageInput>> {
  const { size = 224, resize = 'crop', flippedView = false, pixelLimit, paths, threads } = options
  if (!Number.isInteger(size) || size < 32) {
    throw new OptionError('option "size"', 'a whole number of pixels from 32 on', String(size), 'Leave it out for 224.')
  }
  const model = await mobileNetWeights()
  const graph = decodeModel(model, 'mobilenet-v2/model.onnx')
  const network: Network = { graph: ofSize(graph, size), stages: stagesIn(graph) }
  const preprocessing = imagePreprocessing(
    { input: 'pixels', size, resize, values: { scale: 1, offset: 0 } },
    { pixelLimit, paths },
  )
  return networkBackbone({
    id: 'mobilenet-v2-coco',
    modality: 'image',
    network: flippedView ? withFlippedView(network) : network,
    preprocessing,
    fingerprint: createHash('sha256')
      .update(graph.metadata.get('headstart.fingerprint') ?? model)
      .update(JSON.stringify([preprocessing.id, preprocessing.config, flippedView]))
      .digest('hex'),
    ...(threads !== undefined && { threads }),
    device: options.device,
  })
}

/** The graph for pictures of one size: onnxruntime then knows all shapes. */
function ofSize(graph: Graph, size: number): Graph {
  const [pixels, ...others] = graph.inputs
  if (!pixels) return graph
  return graph.with({ inputs: [{ ...pixels, dims: ['batch', 3, size, size] }, ...others] })
}
