import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { modelSizeLimit } from '@headstart/onnx/kit'
import type { ModelFiles } from '../contract/model-files.js'
import { errorCode, toFileError } from './file-error.js'
import { mostOfText, readRegularFile } from './read-file.js'

/** The files of a folder on disk. Reading one that is there and cannot be read throws a FileError. */
function folderFiles(folder: string): ModelFiles {
  return {
    name: folder,
    async read(name) {
      const path = join(folder, name)
      try {
        return await readRegularFile(path, name.endsWith('.json') ? mostOfText : modelSizeLimit())
      } catch (error) {
        const code = errorCode(error)
        if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
        throw toFileError(error, path, 'read')
      }
    },
    async describe() {
      try {
        const names = await readdir(folder)
        return names.length === 0 ? 'an empty folder' : `a folder with ${names.slice(0, 5).join(', ')}`
      } catch (error) {
        return errorCode(error) === 'ENOTDIR' ? 'a file' : 'nothing of that name'
      }
    },
  }
}

/** A folder by its path, or whatever else holds the files of a model. */
export function modelFiles(place: string | ModelFiles): ModelFiles {
  return typeof place === 'string' ? folderFiles(place) : place
}
