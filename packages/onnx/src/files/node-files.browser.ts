import { OnnxFormatError } from '../errors.js'
import type * as node from './node-files.js'

/** Stands for `node-files.ts` in a browser, where files come through `Files` alone. */
export const placeOf: typeof node.placeOf = (path) => {
  throw noFiles(path, 'Give the option "files".')
}

export const writeWhole: typeof node.writeWhole = async (path) => {
  throw noFiles(path, 'Take the bytes of encodeModel.')
}

function noFiles(path: string, remedy: string): OnnxFormatError {
  return new OnnxFormatError(path, 'a browser has no files', remedy)
}
