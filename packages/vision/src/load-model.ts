import * as core from '@headstart/core'
import type { ImageInput } from './preprocessing/image-input.js'
import { imageLoaderWith } from './preprocessing/image-preprocessing.js'

/**
 * Reads a saved model of pictures (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(
  place: string | core.ModelFiles,
  { paths, ...options }: core.LoadOptions = {},
): Promise<core.Model<ImageInput, Label>> {
  return core.loadModel<ImageInput, Label>(place, [imageLoaderWith({ paths })], options)
}
