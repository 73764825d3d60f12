import { open } from 'node:fs/promises'
import { longestMark } from './explain-unreadable.js'
import { toInputError } from './image-input.js'

/**
 * What a file begins with, which says what it is.
 * @throws InputError when it cannot be read; FileError when no file can.
 */
export async function firstBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(longestMark), 0, longestMark, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw toInputError(error, path)
  }
}
