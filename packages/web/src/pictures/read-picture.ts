import { InputError } from '@headstart/core/load'
import { bringToSize, type PictureReader, type Pixels, type Sizing } from '@headstart/vision/load'
import { decodedAtFraction } from './decoded-at-fraction.js'
import { readJpeg } from './jpeg.js'
import { fileOf, nameOf, type Picture } from './picture.js'
import { pixelsOf } from './pixels-of.js'

let asked = 0

/** Reads pictures as a browser decodes them, to the pixels that `sharp` gives in Node. */
export const pictureReader: PictureReader<Picture> = {
  // What an address holds, or a canvas, can be another picture tomorrow; on this page and in one call it is one.
  contentKey: (picture) => {
    const isAddress = typeof picture === 'string' || picture instanceof URL
    return `${performance.timeOrigin} ${isAddress ? String(picture) : asked++}`
  },
  read: readPicture,
}

async function readPicture(picture: Picture, sizing: Sizing): Promise<Pixels> {
  const stored = await fileOf(picture)
  if (!stored) return bringToSize(pixelsOf(picture as Parameters<typeof pixelsOf>[0]), sizing)
  const jpeg = readJpeg(stored)
  const smaller = jpeg && (await decodedAtFraction(jpeg, sizing))
  if (smaller) return bringToSize(smaller, sizing, { orientation: jpeg.orientation })
  const bitmap = await createImageBitmap(new Blob([jpeg?.file ?? stored]), { premultiplyAlpha: 'none' }).catch(
    (cause: unknown) => {
      throw unreadable(picture, stored, cause)
    },
  )
  try {
    return bringToSize(pixelsOf(bitmap, jpeg !== undefined), sizing, {
      orientation: jpeg?.orientation,
      jpeg: jpeg?.chroma,
    })
  } finally {
    bitmap.close()
  }
}

function unreadable(picture: Picture, file: Uint8Array, cause: unknown): InputError {
  const got = file.length === 0 ? 'an empty file' : 'one that is damaged, or of a format that it does not know'
  const expected = 'a picture that this browser can decode (JPEG, PNG, WebP, GIF, in most AVIF)'
  return new InputError(nameOf(picture), expected, got, 'Convert it to JPEG or PNG, or leave it out.', { cause })
}
