import { createHash } from 'node:crypto'
import { type Devices, type Network, type TunableBackbone } from '@headstart/core'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import type { Sizing } from '../preprocessing/sizing.js'
import { withFlippedView } from './with-flipped-view.js'

/** Options of `mobileNetV2` and `joinedMobileNets`. */
export interface BuiltInOptions {
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

/** A network that comes with the package. */
export interface BuiltIn {
  readonly id: string
  /** From `pixels`, `[batch, 3, size, size]`, 0 to 255. */
  network(size: number): Network
  /** Of its weights. */
  readonly fingerprint: string
}

/**
 * A backbone of a network that comes with the package.
 * @param load Reads it, when the options are known to be right.
 * @throws OptionError for a size that is no whole number from 32 on
 */
export async function builtInBackbone(
  load: () => Promise<BuiltIn>,
  options: BuiltInOptions,
): Promise<TunableBackbone<ImageInput>> {
  const { size = 224, resize = 'crop', flippedView = false, pixelLimit, paths, threads } = options
  if (!Number.isInteger(size) || size < 32) {
    throw new OptionError('option "size"', 'a whole number of pixels from 32 on', String(size), 'Leave it out for 224.')
  }
  const { id, network: networkOf, fingerprint } = await load()
  const network = networkOf(size)
  const preprocessing = imagePreprocessing(
    { input: 'pixels', size, resize, values: { scale: 1, offset: 0 } },
    { pixelLimit, paths },
  )
  return networkBackbone({
    id,
    modality: 'image',
    network: flippedView ? withFlippedView(network) : network,
    preprocessing,
    fingerprint: createHash('sha256')
      .update(fingerprint)
      .update(JSON.stringify([preprocessing.id, preprocessing.config, flippedView]))
      .digest('hex'),
    ...(threads !== undefined && { threads }),
    device: options.device,
  })
}
