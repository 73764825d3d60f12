import { loadSharp } from './load-sharp.js'
import type { PixelData } from './image-input.js'
import { type SaidRange, saidRange } from './said-range.js'

/** Pixels that were brought into 8 bits, and what they were: 'numbers from 0 to 1'. */
export interface Scaled {
  readonly pixels: PixelData
  readonly from: string
}

/** Whether a file can hold other numbers than bytes that fill their range: a TIFF, or a PNG of 16 bits. */
export function canBeDeep(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString('latin1')
  // The bit depth of a PNG stands behind the size (ISO 15948, 11.2.2).
  return /^(II[*+]\0|MM\0[*+])/.test(start) || (start.startsWith('\x89PNG') && start.charCodeAt(24) === 16)
}

/**
 * Pixels in 8 bits of a picture whose numbers do not fill the range of their type, as cameras, scanners and microscopes write them:
 * floating-point numbers, 12 bits in 16. Where the file does not say what is white (`saidRange`), the range of the numbers
 * does: of whole numbers the least number of bits that holds them, of others 0 to 1 or 0 to 255 where they lie in it, else the least to the greatest.
 *
 * @returns Undefined where the picture can be read as it is.
 */
export async function scaledPixels(bytes: Uint8Array, pixelLimit: number): Promise<Scaled | undefined> {
  const sharp = loadSharp()
  const options = { autoOrient: true, failOn: 'error', limitInputPixels: pixelLimit } as const
  const { depth, space } = await sharp(bytes, options).metadata()
  if (depth === 'uchar' || space === 'cmyk' || space === 'lab') return undefined
  // Of signed numbers libvips makes those below 0 black.
  const isWhole = depth === 'ushort' || depth === 'short'
  const isGray = space === 'grey16' || space === 'b-w'
  const { data, info } = await sharp(bytes, options)
    .toColorspace(isWhole ? (isGray ? 'grey16' : 'rgb16') : isGray ? 'b-w' : space)
    .raw({ depth: isWhole ? 'ushort' : 'float' })
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  const size = data.length / (isWhole ? 2 : 4)
  const numbers = isWhole
    ? new Uint16Array(data.buffer, data.byteOffset, size)
    : new Float32Array(data.buffer, data.byteOffset, size)
  const colors = channels < 3 ? 1 : 3
  const said = saidRange(bytes)
  const range = said ? rangeSaid(said, numbers, isWhole) : rangeOf(numbers, channels, 0, colors, isWhole)
  if (range === undefined) return undefined
  const alpha = colors < channels ? rangeOf(numbers, channels, colors, channels, isWhole) : undefined
  const scaled = new Uint8ClampedArray(numbers.length)
  for (let place = 0; place < numbers.length; place++) {
    const { low, high } = place % channels < colors ? range : (alpha ?? { low: 0, high: 65535 })
    scaled[place] = (255 * ((numbers[place] as number) - low)) / (high - low)
  }
  return { pixels: { width, height, data: scaled }, from: range.said }
}

interface Range {
  readonly low: number
  readonly high: number
  readonly said: string
}

/** What is black and what is white, as the file says; undefined where these are those of 16 bits. */
function rangeSaid({ low, high }: SaidRange, numbers: Uint16Array | Float32Array, isWhole: boolean): Range | undefined {
  // What a PNG has of fewer bits is written as 16 (ISO 15948, 12.4), unless its writer did not care.
  if (isWhole && (high >= 65535 || numbers.some((number) => number > high))) return undefined
  return { low: isWhole ? Math.max(low, 0) : low, high, said: `numbers from ${low} to ${high}, as the file says` }
}

/** What is black and what is white, by the numbers of some channels; undefined where all 16 bits are used. */
function rangeOf(
  numbers: Uint16Array | Float32Array,
  channels: number,
  from: number,
  to: number,
  isWhole: boolean,
): Range | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let place = 0; place < numbers.length; place++) {
    const channel = place % channels
    const number = numbers[place] as number
    if (channel < from || channel >= to || !Number.isFinite(number)) continue
    if (number < low) low = number
    if (number > high) high = number
  }
  if (isWhole) {
    const bits = [8, 10, 12, 14].find((some) => high < 2 ** some)
    return bits === undefined || high === 0 ? undefined : { low: 0, high: 2 ** bits - 1, said: `${bits} bits in 16` }
  }
  if (!(low < high)) return { low: 0, high: Math.max(1, high), said: 'one number' }
  if (low >= 0 && high <= 1) return { low: 0, high: 1, said: 'numbers from 0 to 1' }
  if (low >= 0 && high <= 255) return { low: 0, high: 255, said: 'numbers from 0 to 255' }
  return { low, high, said: 'numbers beyond 0 to 255' }
}
