import type { Modality } from '../contract/backbone.js'
import type { Knowledge } from '../contract/knowledge.js'
import type { Target } from '../contract/target.js'
import type { Loader } from '../contract/task.js'
import { isModelOf } from './is-model-of.js'
import type { Model } from './model.js'
import { modelFrom, type PreprocessingLoader } from './model-from.js'

/**
 * Loads the models of labeled inputs of one kind. Where they lie is given to it, so that it needs nothing of Node.
 * @param knowledge See `modelFrom`.
 */
export function modelLoader<Input>(
  modality: Modality,
  loaders: readonly PreprocessingLoader<Input>[],
  knowledge?: readonly Knowledge<Input>[],
): Loader<Model<Input, Target>> {
  return {
    opens: (manifest) => isModelOf(modality, manifest),
    load: (files, options) => modelFrom(files, loaders, options, knowledge),
  }
}
