import { fileURLToPath } from 'node:url'
import { InputError } from '@headstart/core'
import { FileError, readRegularFile, toFileError } from '@headstart/core/kit'
import type { AugmentationOptions } from './augmentation.js'

/**
 * A picture: the path of its file or its `file:` URL; a `data:` URL; its bytes as they stand in a file (a JPEG, a PNG...), as an
 * array, a buffer, a `Blob` or a `File`; or its pixels.
 */
export type ImageSource = string | URL | ArrayBuffer | ArrayBufferView | Blob | PixelData

/** Pixels in memory, such as `Pixels` and the `ImageData` of a canvas. */
export interface PixelData {
  readonly width: number
  readonly height: number
  /** 8-bit sRGB, row by row from the top, `[height, width, channels]`: gray; red, green, blue; or these with alpha. */
  readonly data: Uint8Array | Uint8ClampedArray
}

/** A picture with random changes, the same for the same seed. */
export interface AugmentedImage {
  readonly image: ImageSource
  readonly augmentation: AugmentationOptions
  readonly seed: number
}

/** What an image backbone takes. */
export type ImageInput = ImageSource | AugmentedImage

/** Options of opening a picture. */
export interface OpenImageOptions {
  /**
   * Whether a string is the path of a file that may be read, and a `file:` URL too. Default true. Whoever answers strangers, such as
   * a server, says false: theirs are bytes, pixels and `data:` URLs.
   */
  readonly paths?: boolean | undefined
}

/** Whether a picture is one with random changes. */
export function isAugmented(input: ImageInput): input is AugmentedImage {
  return typeof input === 'object' && input !== null && 'augmentation' in input
}

/** What messages call a picture. */
export function nameOf(input: ImageSource): string {
  if (typeof input === 'string' || isUrl(input)) {
    const address = String(input)
    if (isDataUrl(address)) return 'picture in a data: URL'
    return isFileUrl(address) ? filePath(address) : address
  }
  if (isBytes(input)) return `picture of ${input.byteLength} bytes`
  if (isBlob(input)) return 'name' in input ? String(input.name) : `picture of ${input.size} bytes`
  return isPixels(input) ? `picture of ${input.width} x ${input.height} pixels` : 'picture'
}

/**
 * The path of a picture; undefined where it is no file.
 * @throws InputError for an address in the web, and for a path where these are not allowed.
 */
export function pathOf(input: ImageSource, { paths = true }: OpenImageOptions = {}): string | undefined {
  if (typeof input !== 'string' && !isUrl(input)) return undefined
  const address = String(input)
  if (isDataUrl(address)) return undefined
  const name = nameOf(input)
  if (isUrl(input) ? !isFileUrl(address) : isWebAddress(address)) {
    const remedy = 'Nothing is downloaded here: save the picture, or give its bytes.'
    throw new InputError(name, 'a path, a file: URL or bytes', 'an address in the web', remedy)
  }
  if (paths) return name
  const remedy = 'Files are not read here (paths: false).'
  throw new InputError(name, 'bytes, pixels or a data: URL', 'a path', remedy)
}

/** Whether a text is the address of something, not a path: of any scheme but a drive's letter. */
export function isAddress(text: string): boolean {
  return isDataUrl(text) || isFileUrl(text) || isWebAddress(text)
}

/**
 * The bytes of a picture as they stand in its file, or its pixels.
 * @throws InputError when it cannot be read; FileError when no file can.
 */
export async function openImage(input: ImageSource, options: OpenImageOptions = {}): Promise<Uint8Array | PixelData> {
  const path = pathOf(input, options)
  const name = nameOf(input)
  try {
    if (path !== undefined) return await readRegularFile(path, 2 ** 31 - 1)
    if (isBlob(input)) return Buffer.from(await input.arrayBuffer())
  } catch (error) {
    throw toInputError(error, name)
  }
  if (typeof input === 'string' || isUrl(input)) return bytesOfDataUrl(String(input))
  // As a Buffer: of another realm's arrays sharp knows no other.
  if (isView(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength)
  if (isBytes(input)) return Buffer.from(input)
  if (isPixels(input)) return checkedPixels(input)
  const got = input === null ? 'null' : typeof input === 'object' ? 'another object' : typeof input
  throw new InputError(name, 'a path, a file: or data: URL, bytes, a Blob or pixels', got, 'Leave it out.')
}

/** Numbers of one pixel. */
export function channelsOf({ width, height, data }: PixelData): number {
  return data.length / (width * height)
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

const isDataUrl = (text: string): boolean => /^data:/i.test(text)
const isFileUrl = (text: string): boolean => /^file:/i.test(text)
const isWebAddress = (text: string): boolean => /^(?!file:)[a-z][a-z\d+.-]+:\/\//i.test(text)

// By what they have rather than by their class, which differs between realms.
const isUrl = (input: unknown): input is URL => typeof input === 'object' && input !== null && 'protocol' in input
const isView = (input: unknown): input is ArrayBufferView => ArrayBuffer.isView(input)
const isBlob = (input: unknown): input is Blob => typeof (Object(input) as Partial<Blob>).arrayBuffer === 'function'
const isPixels = (input: unknown): input is PixelData => isView((Object(input) as Partial<PixelData>).data)

function isBytes(input: unknown): input is ArrayBuffer | ArrayBufferView {
  return isView(input) || /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(input))
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url)
  } catch (cause) {
    throw new InputError(url, 'the file: URL of a file on this machine', 'another', 'Give its path.', { cause })
  }
}

/** RFC 2397: `data:image/png;base64,...`, or with %20 and the like where `;base64` is not said. */
function bytesOfDataUrl(url: string): Uint8Array {
  const comma = url.indexOf(',')
  const data = url.slice(comma + 1)
  const problem = (got: string, cause?: unknown): InputError =>
    new InputError('picture in a data: URL', 'data:image/png;base64,... or the like', got, 'Correct it.', { cause })
  if (comma < 0) throw problem('one without a comma')
  try {
    const text = decodeURIComponent(data)
    return Buffer.from(text, /;\s*base64\s*$/i.test(url.slice(0, comma)) ? 'base64' : 'utf8')
  } catch (cause) {
    throw problem('a % that stands for nothing', cause)
  }
}

function checkedPixels(pixels: PixelData): PixelData {
  const channels = channelsOf(pixels)
  if (pixels.width >= 1 && pixels.data.BYTES_PER_ELEMENT === 1 && [1, 3, 4].includes(channels)) return pixels
  const expected = 'bytes of width x height pixels: 1, 3 or 4 of each'
  const got = `${pixels.data.length} numbers of ${pixels.data.BYTES_PER_ELEMENT} bytes`
  throw new InputError(nameOf(pixels), expected, got, 'Give as many as there are pixels.')
}
