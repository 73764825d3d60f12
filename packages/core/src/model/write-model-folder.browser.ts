import { FileError } from '../contract/errors.js'
import type * as node from './write-model-folder.js'

/** Stands for `write-model-folder.ts` in a browser, which has no folders. */
export const writeModelFolder: typeof node.writeModelFolder = async (folder) => {
  throw new FileError('environment', folder, 'a folder to write into', 'a browser', 'Save the model in Node.')
}
