import * as core from '@headstart/core'
import type { ImageInput } from './image-input.js'
import { imageLoader } from './image-preprocessing.js'

export * from '@headstart/core'
export { augmentation, type AugmentationOptions } from './augmentation.js'
export { augmented, type AugmentedOptions } from './augmented.js'
export type { AugmentedImage, ImageInput, ImageSource } from './image-input.js'
export {
  imageLoader,
  imagePreprocessing,
  type ImagePreprocessingConfig,
  type ImagePreprocessingOptions,
} from './image-preprocessing.js'
export type { ImagePooling } from './image-features.js'
export { imageMethods } from './image-methods.js'
export { mobileNetV2, type MobileNetV2Options } from './mobilenet-v2.js'
export { publishedEncoders, type PublishedEncoder } from './published-encoders.js'
export { type Pixels, readImage, type ReadImageOptions, type Sizing } from './read-image.js'
export { readImageDataset, type ReadImageDatasetOptions } from './read-image-dataset.js'
export { thumbnails } from './thumbnails.js'
export { type PublishedBackbone, transformersBackbone, type TransformersBackboneOptions } from './transformers-backbone.js'
export { withFlippedView } from './with-flipped-view.js'
export { zeroShot } from './zero-shot.js'

/**
 * Reads a saved model of pictures (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(folder: string): Promise<core.Model<ImageInput, Label>> {
  return core.loadModel<ImageInput, Label>(folder, [imageLoader])
}
