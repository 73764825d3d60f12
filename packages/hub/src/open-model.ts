import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { ModelFilesError } from './errors.js'
import { ModelFolder } from './model-folder.js'

/**
 * Opens a published model: a folder on this disk in the layout of the Hugging Face Hub, which never touches the network.
 * @throws ModelFilesError where there is no such folder.
 */
export async function openModel(idOrFolder: string): Promise<ModelFolder> {
  const found = await stat(idOrFolder).catch(() => undefined)
  if (found?.isDirectory()) return ModelFolder.open(idOrFolder, { id: basename(resolve(idOrFolder)) })
  const got = found ? 'a file' : 'nothing of that name'
  throw new ModelFilesError(idOrFolder, 'the folder of a model', got, 'Check the path.')
}
