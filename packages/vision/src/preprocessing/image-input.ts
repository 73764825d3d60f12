import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { InputError } from '@headstart/core'
import { FileError, toFileError } from '@headstart/core/kit'
import type { AugmentationOptions } from './augmentation.js'

/** A picture: the path of its file, its `file:` URL, or its bytes as they stand in a file (a JPEG, a PNG...). */
export type ImageSource = string | URL | Uint8Array

/** A picture with random changes, the same for the same seed. */
export interface AugmentedImage {
  readonly image: ImageSource
  readonly augmentation: AugmentationOptions
  readonly seed: number
}

/** What an image backbone takes. */
export type ImageInput = ImageSource | AugmentedImage

/** Whether a picture is one with random changes. */
export function isAugmented(input: ImageInput): input is AugmentedImage {
  return typeof input === 'object' && 'augmentation' in input
}

/** What messages call a picture. */
export function nameOf(input: ImageSource): string {
  if (ArrayBuffer.isView(input)) return `picture of ${input.length} bytes`
  return typeof input === 'object' && input.protocol === 'file:' ? fileURLToPath(input.href) : String(input)
}

/**
 * The path of a picture; undefined for bytes.
 * @throws InputError for an address in the web.
 */
export function pathOf(input: ImageSource): string | undefined {
  if (ArrayBuffer.isView(input)) return undefined
  const isElsewhere = typeof input === 'object' ? input.protocol !== 'file:' : /^https?:\/\//i.test(input)
  if (!isElsewhere) return nameOf(input)
  const remedy = 'Nothing is downloaded here: save the picture, or give its bytes.'
  throw new InputError(nameOf(input), 'a path, a file: URL or bytes', 'an address in the web', remedy)
}

/**
 * The bytes of a picture as they stand in its file.
 * @throws InputError when it cannot be read; FileError when no file can.
 */
export async function readImageBytes(input: ImageSource): Promise<Uint8Array> {
  // As a Buffer: of another realm's arrays sharp knows no other.
  if (ArrayBuffer.isView(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  try {
    return await readFile(pathOf(input) as string)
  } catch (error) {
    throw toInputError(error, nameOf(input))
  }
}

/** Node's error on a picture's file, as what is wrong with this one picture, unless it would befall any other as well. */
export function toInputError(error: unknown, name: string): Error {
  const { code } = Object(error) as { code?: unknown }
  if (code === 'ERR_FS_FILE_TOO_LARGE') {
    return new InputError(name, 'a file of less than 2 GiB', 'a larger one', 'Make it smaller.', { cause: error })
  }
  const explained = toFileError(error, name, 'read')
  if (!(explained instanceof FileError) || code === 'EMFILE' || code === 'ENFILE') return explained
  const { who, expected, got, remedy } = explained
  return new InputError(who, expected, got, remedy, { cause: error })
}
