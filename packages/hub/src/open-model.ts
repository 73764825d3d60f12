import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ModelFilesError } from './errors.js'
import { fetchModel, type FetchOptions } from './fetch-model.js'
import { ModelFolder } from './model-folder.js'
import { isModelId } from './model-id.js'

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
  throw new ModelFilesError(
    idOrFolder,
    'the folder of a model, or an id on the hub such as org/name',
    got,
    'Check the name.',
  )
}
