import { createHash } from 'node:crypto'
import type { Preprocessing, PreprocessingLoader } from '@headstart/core'
import { counted, random } from '@headstart/core/kit'
import { augmentation } from './augmentation.js'
import { canBeDeep } from './deep-pixels.js'
import { saidRange } from './said-range.js'
import { channelsOf, type ImageInput, isAugmented, nameOf, openImage, type OpenImageOptions } from './image-input.js'
import type { ImagePreprocessingConfig } from './image-settings.js'
import { pictureChecks } from './picture-checks.js'
import { pictureParts } from './picture-parts.js'
import { pictureLoader, picturePreprocessing, type PictureReader } from './picture-preprocessing.js'
import type { Pixels } from './pixels.js'
import { readImage } from './read-image.js'

/** Options of `imagePreprocessing` that do not change what a network sees, and are not saved with it. */
export interface ImagePreprocessingOptions extends OpenImageOptions {
  /** See `ReadImageOptions`. Default: 100 million. */
  readonly pixelLimit?: number | undefined
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
export const imageLoader = imageLoaderWith()

/** The same, with options of reading. */
export function imageLoaderWith(options: ImagePreprocessingOptions = {}): PreprocessingLoader<ImageInput> {
  return pictureLoader(fileReader(options))
}

/** Reads the files of pictures, or their bytes, and changes those that are to be changed at random. */
function fileReader(options: ImagePreprocessingOptions = {}): PictureReader<ImageInput> {
  /** What was scaled since it was last said, by what it held. */
  const scaled = new Map<string, { readonly first: string; count: number }>()
  return {
    checks: pictureChecks(options),
    dissect: (image, sizing, grid) => pictureParts(image, sizing, options, grid),
    async contentKey(image) {
      const opened = await openImage(isAugmented(image) ? image.image : image, options)
      const hash = createHash('sha256')
      if (!ArrayBuffer.isView(opened)) hash.update(`pixels ${opened.width} ${channelsOf(opened)}\n`).update(opened.data)
      // Their numbers are scaled by their range, which features of earlier versions were not.
      else hash.update(opened).update(canBeDeep(opened) ? (saidRange(opened) ? '\nas it says' : '\nby its range') : '')
      return (isAugmented(image) ? hash.update(JSON.stringify([image.augmentation, image.seed])) : hash).digest()
    },
    async read(image, sizing) {
      const source = isAugmented(image) ? image.image : image
      const onScaled = (from: string): void => {
        const like = scaled.get(from)
        if (like) like.count++
        else scaled.set(from, { first: nameOf(source), count: 1 })
      }
      const pixels = await readImage(source, { sizing, onScaled, ...options })
      return isAugmented(image) ? augmentation(image.augmentation)(pixels, random(image.seed)) : pixels
    },
    takeNotices() {
      const notices = [...scaled].map(([from, { first, count }]) => {
        const many = counted(count, 'picture holds', 'pictures hold')
        return `${many} ${from}, such as ${first}: brought to the brightness of a screen by that range.`
      })
      scaled.clear()
      return notices
    },
  }
}
