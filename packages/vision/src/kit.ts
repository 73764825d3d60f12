/** Parts of image backbones and their preprocessing. */
export type { ImagePooling } from './backbone/image-features.js'
export { pixelsAlone } from './backbone/image-learners.js'
export { type PublishedEncoder, publishedEncoders } from './backbone/published-encoders.js'
export { thumbnails } from './backbone/thumbnails.js'
export { withFlippedView } from './backbone/with-flipped-view.js'
export { augmentation, type AugmentationOptions } from './preprocessing/augmentation.js'
export {
  imageLoader,
  imagePreprocessing,
  type ImagePreprocessingConfig,
  type ImagePreprocessingOptions,
} from './preprocessing/image-preprocessing.js'
export type { Pixels } from './preprocessing/pixels.js'
export { readImage, type ReadImageOptions, type Sizing } from './preprocessing/read-image.js'
export { createImageTask, type OpenTexts } from './task.js'
