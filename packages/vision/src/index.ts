export * from '@headstart/core'
export { augmentation, type AugmentationOptions } from './preprocessing/augmentation.js'
export { augmented, type AugmentedOptions } from './data/augmented.js'
export type { AugmentedImage, ImageInput, ImageSource } from './preprocessing/image-input.js'
export {
  imageLoader,
  imagePreprocessing,
  type ImagePreprocessingConfig,
  type ImagePreprocessingOptions,
} from './preprocessing/image-preprocessing.js'
export type { ImagePooling } from './backbone/image-features.js'
export { imageLearners } from './backbone/image-learners.js'
export { mobileNetV2, type MobileNetV2Options } from './backbone/mobilenet-v2.js'
export { publishedEncoders, type PublishedEncoder } from './backbone/published-encoders.js'
export { readImage, type ReadImageOptions, type Sizing } from './preprocessing/read-image.js'
export type { Pixels } from './preprocessing/pixels.js'
export { readImageDataset, type ReadImageDatasetOptions } from './data/read-image-dataset.js'
export { thumbnails } from './backbone/thumbnails.js'
export {
  type PublishedBackbone,
  transformersBackbone,
  type TransformersBackboneOptions,
} from './backbone/transformers-backbone.js'
export { withFlippedView } from './backbone/with-flipped-view.js'
export { zeroShot } from './backbone/zero-shot.js'
export { loadModel } from './load-model.js'
export { createImageTask, imageTask, type OpenTexts } from './task.js'
