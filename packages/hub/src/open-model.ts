import { stat } from 'node:fs/promises'
import { basename, isAbsolute, resolve } from 'node:path'
import { ModelFilesError } from './errors.js'
import { fetchModel, type FetchOptions } from './fetch-model.js'
import { ModelFolder } from './model-folder.js'

/** An id on the hub: a name, mostly with that of its owner before it. */
const idPattern = /^(?:[\w-][\w.-]*\/)?[\w-][\w.-]*$/

/**
 * Opens a published model: a folder on this disk in the layout of the Hugging Face Hub, which never touches the network,
 * or an id on the hub, which does the first time (see `fetchModel`).
 * @throws ModelFilesError for a path at which there is no folder; as `fetchModel` for an id.
 */
export async function openModel(idOrFolder: string, options: FetchOptions = {}): Promise<ModelFolder> {
  const found = await stat(idOrFolder).catch(() => undefined)
  if (found?.isDirectory()) return ModelFolder.open(idOrFolder, { id: basename(resolve(idOrFolder)) })
  if (!found && isModelId(idOrFolder)) return fetchModel(idOrFolder, options)
  const got = found ? 'a file' : 'nothing of that name'
  throw new ModelFilesError(idOrFolder, 'the folder of a model, or an id on the hub such as org/name', got, 'Check the name.')
}

/** Whether a text can be the id of a model, and is not a path. */
export function isModelId(text: string): boolean {
  return idPattern.test(text) && text.length < 200 && !text.includes('..') && !text.includes('--') && !isAbsolute(text)
}
