import * as core from '@headstart/core'
import { textKnowledge } from './knowledge/text-knowledge.js'
import { textPreprocessings } from './text-loader.js'

/**
 * Reads a saved text model (see `loadModel` of @headstart/core).
 * @throws ModelFolderError when the folder is missing, damaged, changed, of a newer format or for another kind of input.
 */
export function loadModel<Label extends core.Target = string>(
  place: string | core.ModelFiles,
  options?: core.LoadOptions,
): Promise<core.Model<string, Label>> {
  return core.loadModel<string, Label>(place, textPreprocessings, options, textKnowledge())
}
