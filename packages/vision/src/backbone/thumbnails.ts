import { createHash } from 'node:crypto'
import { type Backbone } from '@headstart/core'
import { embedInBatches } from '@headstart/core/kit'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imagePreprocessing } from '../preprocessing/image-preprocessing.js'

/** Pixels of each side: enough for composition and colors, few enough for a linear head. */
const size = 16

/**
 * Features with nothing pre-trained in them: the pixels of the picture, made small, from 0 to 1. It is what a frozen
 * backbone has to beat.
 */
export function thumbnails(): Backbone<ImageInput> {
  const input = 'pixels'
  const preprocessing = imagePreprocessing({ input, size, values: { scale: 1 / 255, offset: 0 } })
  const featureSize = size * size * 3
  return {
    id: 'thumbnails',
    modality: 'image',
    featureSize,
    fingerprint: createHash('sha256')
      .update(JSON.stringify([preprocessing.id, preprocessing.config]))
      .digest('hex'),
    contentKey: (image) => preprocessing.contentKey(image),
    embed: (images, options) =>
      embedInBatches(
        { preprocessing, featureSize, batchCost: 2048, run: async (feeds) => feeds[input]?.data as Float32Array },
        images,
        options,
      ),
  }
}
