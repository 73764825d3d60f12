import { createHash } from 'node:crypto'
import type { Preprocessing } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { augmentation } from './augmentation.js'
import { type ImageInput, isAugmented, readImageBytes } from './image-input.js'
import type { ImagePreprocessingConfig } from './image-settings.js'
import { pictureLoader, picturePreprocessing, type PictureReader } from './picture-preprocessing.js'
import type { Pixels } from './pixels.js'
import { readImage } from './read-image.js'

/** Options of `imagePreprocessing` that do not change what a network sees, and are not saved with it. */
export interface ImagePreprocessingOptions {
  /** See `ReadImageOptions`. Default: 100 million. */
  readonly pixelLimit?: number
}

/**
 * Pictures as float32 tensors of one size, `[batch, 3, height, width]` or `[batch, height, width, 3]`. They are read
 * when they are prepared (see `readImage`), and told apart by the bytes of their files.
 *
 * @throws OptionError for settings outside their range
 */
export function imagePreprocessing(
  config: ImagePreprocessingConfig,
  options: ImagePreprocessingOptions = {},
): Preprocessing<ImageInput, Pixels> {
  return picturePreprocessing(config, fileReader(options))
}

/** Makes the preprocessing of a saved model again. */
export const imageLoader = pictureLoader(fileReader())

/** Reads the files of pictures, or their bytes, and changes those that are to be changed at random. */
function fileReader(options: ImagePreprocessingOptions = {}): PictureReader<ImageInput> {
  return {
    async contentKey(image) {
      const hash = createHash('sha256').update(await readImageBytes(isAugmented(image) ? image.image : image))
      return (isAugmented(image) ? hash.update(JSON.stringify([image.augmentation, image.seed])) : hash).digest()
    },
    async read(image, sizing) {
      if (!isAugmented(image)) return readImage(image, { sizing, ...options })
      return augmentation(image.augmentation)(await readImage(image.image, { sizing, ...options }), random(image.seed))
    },
  }
}
