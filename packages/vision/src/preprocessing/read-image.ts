import type { Sharp } from 'sharp'
import { explainUnreadable } from './explain-unreadable.js'
import { type ImageSource, pathOf, readImageBytes } from './image-input.js'
import { loadSharp } from './load-sharp.js'
import type { Pixels } from './pixels.js'
import type { Sizing } from './sizing.js'

/** Options of `readImage`. */
export interface ReadImageOptions {
  /** Default: the picture's own size. */
  readonly sizing?: Sizing
  /** Pictures of more pixels than this are refused by their header, before they are decoded. Default: 100 million. */
  readonly pixelLimit?: number
}

/** 100 megapixels: more than any usual camera has; 300 MB as 8-bit RGB. */
const defaultPixelLimit = 100e6

/**
 * Settings of every reading. Cut off or damaged pixels refuse a picture; what libvips only warns of (bytes after the end,
 * a color profile that is none) does not, for other viewers show such pictures as well.
 */
const readingOptions = { autoOrient: true, failOn: 'error' } as const

/**
 * Reads a JPEG, PNG, WebP, AVIF, GIF (the first frame), TIFF (the first page) or SVG as 8-bit sRGB: upright by its EXIF
 * orientation; colors through its profile, also from CMYK and 16 bits; gray as three equal channels; on white where it
 * is transparent. A JPEG that is to be made smaller is decoded at a half, a quarter or an eighth already.
 *
 * @throws InputError when the picture is missing, none, damaged or too large; FileError when no file can be read.
 */
export async function readImage(input: ImageSource, options: ReadImageOptions = {}): Promise<Pixels> {
  const { sizing, pixelLimit = defaultPixelLimit } = options
  const sharp = loadSharp()
  try {
    const source = await sourceOf(input)
    const image = sharp(source, { ...readingOptions, limitInputPixels: pixelLimit }).flatten({ background: '#ffffff' })
    const { data, info } = await (sizing ? resize(image, sizing) : image)
      .toColorspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length)
    return { width, height, data: channels === 1 ? inThreeChannels(bytes) : bytes }
  } catch (error) {
    throw await explainUnreadable(input, error, pixelLimit)
  }
}

/**
 * Reads the header of a picture, not its pixels.
 * @throws InputError when it is missing, none or too large; FileError when no file can be read.
 */
export async function checkImage(input: ImageSource, pixelLimit = defaultPixelLimit): Promise<void> {
  const sharp = loadSharp()
  try {
    await sharp(await sourceOf(input), { ...readingOptions, limitInputPixels: pixelLimit }).metadata()
  } catch (error) {
    throw await explainUnreadable(input, error, pixelLimit)
  }
}

/** What `sharp` opens: where it can, the path, for then reading does not come back to this thread before the pixels. */
function sourceOf(input: ImageSource): string | Uint8Array | Promise<Uint8Array> {
  const path = pathOf(input)
  // Not so for a drawing, which could draw in files that lie beside it; and libvips takes [...] at the end for options.
  return path === undefined || /(\.svgz?|\])$/i.test(path) ? readImageBytes(input) : path
}

const fits = { crop: 'cover', squash: 'fill', pad: 'contain' } as const

function resize(image: Sharp, { height, width, resize: policy, cropFraction, kernel }: Sizing): Sharp {
  const crops = policy !== 'pad' && cropFraction < 1
  const [fullHeight, fullWidth] = crops
    ? [height, width].map((side) => Math.round(side / cropFraction))
    : [height, width]
  const whole = image.resize({ height: fullHeight, width: fullWidth, fit: fits[policy], kernel, background: '#000000' })
  if (!crops) return whole
  const [top, left] = [((fullHeight as number) - height) >> 1, ((fullWidth as number) - width) >> 1]
  return whole.extract({ top, left, height, width })
}

function inThreeChannels(gray: Uint8Array): Uint8Array {
  const data = new Uint8Array(gray.length * 3)
  gray.forEach((value, pixel) => data.fill(value, pixel * 3, pixel * 3 + 3))
  return data
}
