import type { Sharp } from 'sharp'
import { canBeDeep, scaledPixels } from './deep-pixels.js'
import { explainUnreadable, isRaster } from './explain-unreadable.js'
import {
  channelsOf,
  type ImageSource,
  nameOf,
  openImage,
  type OpenImageOptions,
  pathOf,
  type PixelData,
} from './image-input.js'
import { firstBytes } from './first-bytes.js'
import { loadSharp } from './load-sharp.js'
import type { Pixels } from './pixels.js'
import type { Sizing } from './sizing.js'

/** Options of `readImage`. */
export interface ReadImageOptions extends OpenImageOptions {
  /** Default: the picture's own size. */
  readonly sizing?: Sizing
  /** Pictures of more pixels than this are refused by their header, before they are decoded. Default: 100 million. */
  readonly pixelLimit?: number | undefined
  /** Told where numbers had to be brought into 8 bits by their range, and what they were: 'numbers from 0 to 1'. */
  readonly onScaled?: (from: string) => void
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
 * is transparent. A JPEG that is to be made smaller is decoded at a half, a quarter or an eighth already. Floating-point numbers,
 * and 12 bits in 16, are scaled by the range that the file says, or their own (see `scaledPixels`).
 *
 * @throws InputError when the picture is missing, none, damaged or too large; FileError when no file can be read.
 */
export async function readImage(input: ImageSource, options: ReadImageOptions = {}): Promise<Pixels> {
  const { sizing, pixelLimit = defaultPixelLimit, onScaled } = options
  // Never through its path: a drawing could draw in files beside it, whatever its name, and libvips keeps what it read by path.
  const opened = await openImage(input, options)
  try {
    const scaled = isFile(opened) && canBeDeep(opened) ? await scaledPixels(opened, pixelLimit) : undefined
    if (scaled) onScaled?.(scaled.from)
    const image = sharpOf(scaled?.pixels ?? opened, pixelLimit).flatten({ background: '#ffffff' })
    const { data, info } = await (sizing ? resize(image, sizing) : image)
      .toColorspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height, channels } = info
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.length)
    return { width, height, data: channels === 1 ? inThreeChannels(bytes) : bytes }
  } catch (error) {
    throw await explainUnreadable(nameOf(input), opened, error, pixelLimit)
  }
}

/**
 * Reads the header of a picture, not its pixels.
 * @throws InputError when it is missing, none or too large; FileError when no file can be read.
 */
export async function checkImage(input: ImageSource, pixelLimit = defaultPixelLimit): Promise<void> {
  const path = pathOf(input)
  // Through its path where that is quicker and safe: see `readImage`; and libvips takes [...] at the end of a path for options.
  const isSafe = path !== undefined && !path.endsWith(']') && isRaster(await firstBytes(path))
  const opened = isSafe ? undefined : await openImage(input)
  try {
    const image = sharpOf(opened ?? (path as string), pixelLimit)
    const { compression } = await image.metadata()
    // Its header can be read where its pixels cannot.
    if (compression === 'hevc') await image.resize(1).raw().toBuffer()
  } catch (error) {
    throw await explainUnreadable(nameOf(input), opened ?? (await openImage(input)), error, pixelLimit)
  }
}

function sharpOf(opened: string | Uint8Array | PixelData, limitInputPixels: number): Sharp {
  const options = { ...readingOptions, limitInputPixels }
  if (typeof opened === 'string' || isFile(opened)) return loadSharp()(opened, options)
  const { width, height, data } = opened
  const raw = { width, height, channels: channelsOf(opened) as 1 | 3 | 4 }
  return loadSharp()(Buffer.from(data.buffer, data.byteOffset, data.length), { ...options, raw })
}

const isFile = (opened: string | Uint8Array | PixelData): opened is Uint8Array => ArrayBuffer.isView(opened)

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
