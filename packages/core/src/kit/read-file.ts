import { constants, open } from 'node:fs/promises'
import { modelSizeLimit } from '@headstart/onnx/kit'
import { FileError } from '../contract/errors.js'

/** Bytes that a file of settings or words may have, such as a vocabulary. */
export const mostOfText = 2 ** 27

/**
 * The bytes of a file. A pipe or a device, which may never end or never begin, is none.
 * @param most Bytes that it may have. Default: as many as a model that this machine can load.
 * @throws FileError for something else, and for a larger one, before it is read.
 * @throws Node's own error where it cannot be read.
 */
export async function readRegularFile(path: string, most = modelSizeLimit()): Promise<Buffer> {
  // Not waiting for who writes into a pipe.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    const found = await file.stat()
    if (!found.isFile() && !found.isDirectory()) {
      throw new FileError('input', path, 'a file', 'a pipe or a device', 'Give the path of a file.')
    }
    if (found.size > most) {
      const got = `one of ${found.size} bytes`
      throw new FileError('input', path, `a file of at most ${most} bytes`, got, 'It is no such file, or too large.')
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}
