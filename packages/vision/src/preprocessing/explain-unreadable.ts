import { HeadstartError, InputError } from '@headstart/core'
import type { PixelData } from './image-input.js'
import { loadSharp } from './load-sharp.js'

/** What can be read, in words. */
const readableFormats = 'JPEG, PNG, WebP, AVIF, GIF, TIFF or SVG'

/**
 * Why a picture could not be read, as an error that says what to do. `sharp` says it in one sentence that differs by
 * format; what the file begins with and what the file system says is surer.
 */
export async function explainUnreadable(
  name: string,
  opened: Uint8Array | PixelData,
  error: unknown,
  pixelLimit: number,
): Promise<Error> {
  if (error instanceof HeadstartError) return error
  const [reason = ''] = String((Object(error) as { message?: unknown }).message ?? error).split('\n')
  const problem = (expected: string, got: string, remedy: string): InputError =>
    new InputError(name, expected, got, remedy, { cause: error })
  if (!ArrayBuffer.isView(opened)) return problem('pixels', `those that cannot be read (${reason})`, 'Correct them.')
  const start = opened.subarray(0, longestMark)
  if (/pixel limit/.test(reason)) {
    const got = await dimensionsOf(opened)
    return problem(`at most ${pixelLimit / 1e6} megapixels`, got, 'Make the picture smaller, or raise pixelLimit.')
  }
  if (start.length === 0) return problem('a picture', 'an empty file', 'Get the whole file, or leave it out.')
  const kind = kindOf(start)
  if (kind === undefined) {
    const got = isText(start) ? 'a text' : 'something else'
    return problem(`a picture (${readableFormats})`, got, 'Leave it out, or correct the path.')
  }
  if (!kind.readable) return problem(readableFormats, kind.name, 'Convert the picture to JPEG or PNG.')
  return problem(
    `a whole ${kind.name}`,
    `one that is cut off or damaged (${reason})`,
    'Get the file again, or leave it out.',
  )
}

/** As much of a file as says what it is. */
export const longestMark = 512

/**
 * Whether a file that begins like this holds pixels, and is no drawing, which could name other files: it begins as no XML can, in
 * whichever encoding, and as nothing that is packed. Marks further in could stand in a comment.
 */
export function isRaster(start: Uint8Array): boolean {
  return /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF|II[*+]|MM\0|\0\0\0[^<])/.test(Buffer.from(start).toString('latin1'))
}

async function dimensionsOf(bytes: Uint8Array): Promise<string> {
  const { width, height } = await loadSharp()(bytes, { limitInputPixels: false })
    .metadata()
    .catch(() => ({ width: undefined, height: undefined }))
  return width === undefined ? 'more' : `${width} x ${height} pixels`
}

interface Kind {
  readonly name: string
  readonly readable: boolean
  /** Whether a file that begins like this, as Latin-1, is one. */
  is(start: string): boolean
}

const has =
  (place: number, ...marks: readonly string[]) =>
  (start: string): boolean =>
    marks.some((mark) => start.startsWith(mark, place))

/** Formats by their first bytes: the readable ones, and those that are taken for such. */
const kinds: readonly Kind[] = [
  { name: 'JPEG', readable: true, is: has(0, '\xff\xd8\xff') },
  { name: 'PNG', readable: true, is: has(0, '\x89PNG\r\n') },
  { name: 'GIF', readable: true, is: has(0, 'GIF87a', 'GIF89a') },
  { name: 'WebP', readable: true, is: has(8, 'WEBP') },
  { name: 'TIFF', readable: true, is: has(0, 'II*\0', 'MM\0*', 'II+\0', 'MM\0+') },
  { name: 'AVIF', readable: true, is: has(4, 'ftypavif', 'ftypavis') },
  { name: 'SVG', readable: true, is: (start) => /<svg[\s>]/.test(start) },
  { name: 'HEIC', readable: false, is: has(4, 'ftyphei', 'ftyphev', 'ftypmif1', 'ftypmsf1') },
  { name: 'BMP', readable: false, is: (start) => has(0, 'BM')(start) && has(6, '\0\0\0\0')(start) },
  { name: 'JPEG XL', readable: false, is: has(0, '\xff\x0a', '\0\0\0\x0cJXL ') },
  { name: 'JPEG 2000', readable: false, is: has(4, 'jP  \r\n') },
  { name: 'ICO', readable: false, is: has(0, '\0\0\x01\0') },
  { name: 'DICOM', readable: false, is: has(128, 'DICM') },
  { name: 'PGM or PPM', readable: false, is: (start) => /^P[1-7]\s+\d/.test(start) },
  { name: 'PDF', readable: false, is: has(0, '%PDF') },
]

function kindOf(start: Uint8Array): Kind | undefined {
  const text = Buffer.from(start).toString('latin1')
  return kinds.find(({ is }) => is(text))
}

/** No control characters but white space. */
function isText(start: Uint8Array): boolean {
  return start.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13))
}
