import type { Modality } from '../contract/backbone.js'
import type { Knowledge } from '../contract/knowledge.js'
import type { ModelFiles } from '../contract/model-files.js'
import type { Target } from '../contract/target.js'
import type { LoadOptions } from '../contract/task.js'
import { modelFiles } from '../kit/model-files.js'
import { type Manifest, parseManifest } from './manifest.js'
import type { Model } from './model.js'
import { readManifest } from './model-folder.js'
import { modelFrom, type PreprocessingLoader } from './model-from.js'

/**
 * Reads a saved model. Runs no code from the folder; every file's hash is checked first.
 *
 * @param place The path of its folder, or whatever else holds its files.
 * @param loaders The preprocessings that the caller knows; domain packages bring theirs (see their `loadModel`).
 * @param knowledge What can stand beside the network of a model that is taught more (`Model.extend`). Default: nothing.
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or of another kind of input.
 */
export function loadModel<Input, Label extends Target = string>(
  place: string | ModelFiles,
  loaders: readonly PreprocessingLoader<Input>[],
  options?: LoadOptions,
  knowledge?: readonly Knowledge<Input>[],
): Promise<Model<Input, Label>> {
  return modelFrom(modelFiles(place), loaders, options, knowledge)
}

/** What a saved model says of itself. */
export interface ModelDescription {
  readonly kind: Manifest['task']
  readonly modality: Modality
  readonly labels: readonly string[]
}

/**
 * Reads what a saved model is, and not the model: whether its other files are whole, `loadModel` sees.
 * @throws ModelFolderError when the folder is missing, its manifest damaged, changed or of a newer format.
 */
export async function describeModel(place: string | ModelFiles): Promise<ModelDescription> {
  const files = modelFiles(place)
  const { task: kind, backbone, labels } = parseManifest(files.name, await readManifest(files))
  return { kind, modality: backbone.modality, labels }
}
