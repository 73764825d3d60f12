import * as core from '@headstart/core'
import { modelFiles } from '@headstart/core/kit'
import { isTeachableMachine, teachableMachine } from './backbone/teachable-machine.js'
import type { ImageInput } from './preprocessing/image-input.js'
import { imageLoaderWith } from './preprocessing/image-preprocessing.js'

/**
 * Reads a saved model of pictures (see `loadModel` of @headstart/core), or an export of Teachable Machine (see `teachableMachine`).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export async function loadModel<Label extends core.Target = string>(
  place: string | core.ModelFiles,
  { paths, ...options }: core.LoadOptions = {},
): Promise<core.Model<ImageInput, Label>> {
  const files = modelFiles(place)
  if (await isTeachableMachine(files)) {
    const { model } = await teachableMachine(files, { paths, ...options })
    return model as unknown as core.Model<ImageInput, Label>
  }
  return core.loadModel<ImageInput, Label>(files, [imageLoaderWith({ paths })], { paths, ...options })
}
