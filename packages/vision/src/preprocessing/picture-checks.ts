import type { InputChecks, Pair } from '@headstart/core'
import { nearestOthers, zeroMatrix } from '@headstart/core/kit'
import { type ImageInput, isAugmented, type ImageSource, openImage, type OpenImageOptions } from './image-input.js'
import { loadSharp } from './load-sharp.js'
import { readImage } from './read-image.js'
import type { Sizing } from './sizing.js'

/** Pixels in each direction by which pictures are compared. */
const size = 24
/**
 * Correlation of pixels from which on two pictures are nearly the same. Chosen on photos of cats and dogs and on pictures of clothes, to which
 * copies in other formats, qualities and sizes were added: features of a network tell a picture from its own smaller copy sooner than
 * two shirts from each other.
 */
const least = 0.96
const sizing: Sizing = { height: size, width: size, resize: 'squash', cropFraction: 1, kernel: 'linear' }
/** Pixels of a picture on a page. */
const shownSize = 128
/** Pictures like a picture that are looked for. */
const neighbors = 8
/** Pictures that are read at once. */
const atOnce = 16

/** What is known of pictures for the check of data. */
export function pictureChecks(
  options: OpenImageOptions & { readonly pixelLimit?: number | undefined },
): InputChecks<ImageInput> {
  return {
    async nearDuplicates(inputs, signal) {
      if (inputs.length < 2) return []
      const thumbnails = zeroMatrix(inputs.length, size * size * 3)
      for (let first = 0; first < inputs.length; first += atOnce) {
        signal?.throwIfAborted()
        const some = inputs.slice(first, first + atOnce)
        const read = await Promise.all(some.map((input) => readImage(sourceOf(input), { sizing, ...options })))
        read.forEach(({ data }, place) => thumbnails.data.set(data, (first + place) * thumbnails.columns))
      }
      const { count, rows, cosines } = await nearestOthers(thumbnails, neighbors, signal)
      return [...rows].flatMap((other, at): Pair[] => {
        const [row, likeness] = [Math.floor(at / count), cosines[at] as number]
        return likeness < least
          ? []
          : [{ a: Math.min(row, other), b: Math.max(row, other), likeness: Math.min(1, likeness) }]
      })
    },
    async traits(input) {
      const opened = await openImage(sourceOf(input), options)
      if (!ArrayBuffer.isView(opened)) return { 'size in pixels': `${opened.width} x ${opened.height}` }
      const { width, height, format } = await loadSharp()(opened).metadata()
      return { 'size in pixels': `${width} x ${height}`, 'format of the file': String(format) }
    },
    async picture(input) {
      const { data, width, height } = await readImage(sourceOf(input), options)
      const image = loadSharp()(Buffer.from(data), { raw: { width, height, channels: 3 } })
      const jpeg = await image
        .resize(shownSize, shownSize, { fit: 'inside', withoutEnlargement: true })
        .jpeg()
        .toBuffer()
      return `data:image/jpeg;base64,${jpeg.toString('base64')}`
    },
  }
}

function sourceOf(input: ImageInput): ImageSource {
  return isAugmented(input) ? input.image : input
}
