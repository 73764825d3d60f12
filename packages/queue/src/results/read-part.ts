import { join } from 'node:path'
import { readRegularFile, toFileError } from '@headstart/core/kit'
import { sha256 } from '@headstart/core/load'
import { QueueError } from '../contract/errors.js'
import type { Receipt } from '../contract/plan.js'
import { partsName } from '../folder/run-folder.js'

const remedy = 'Run it again with --resume.'

/**
 * What is made of a part of a run by `read`, its bytes being those that were written.
 * @throws QueueError for a part that was changed, or is none; FileError for one that is not there.
 */
export async function readPart<T>(
  folder: string,
  { file = '', sha256: hash }: Pick<Receipt, 'file' | 'sha256'>,
  read: (bytes: ArrayBuffer) => T | Promise<T>,
): Promise<T> {
  const path = join(folder, partsName, file)
  const bytes = await readRegularFile(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  if (sha256(bytes) !== hash) throw new QueueError('input', path, 'the part that was written', 'a changed one', remedy)
  try {
    return await read(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)
  } catch (cause) {
    throw new QueueError('input', path, 'a part of a run', 'what cannot be read as one', remedy, { cause })
  }
}
