import { type Chroma, decodedSmaller } from './decoded-smaller.js'
import type { Pixels } from './pixels.js'
import { resample } from './resample.js'
import type { Sizing } from './sizing.js'

/** How a camera was held (EXIF 2.32, tag 274): 1 upright; 3 upside down; 6 and 8 turned; 2, 4, 5 and 7 mirrored as well. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Options of `bringToSize`. */
export interface BringToSizeOptions {
  /** How the pixels are to be turned. Default 1: not at all. */
  readonly orientation?: Orientation | undefined
  /**
   * Of a JPEG, how it keeps its colors. One that is to be made smaller by 3 or more is decoded at a fraction for `sharp` (see
   * `decodedSmaller`). Default: none, or pixels that are decoded so already.
   */
  readonly jpeg?: Chroma | undefined
}

/** A picture brought to a size, to the same bits as `readImage` brings it, by `sharp`; large JPEGs nearly so. */
export function bringToSize(
  pixels: Pixels,
  sizing: Sizing,
  { orientation = 1, jpeg }: BringToSizeOptions = {},
): Pixels {
  const { full, crops } = fullSize(sizing)
  const stored = jpeg ? decodedSmaller(pixels, shrinkOnLoad(pixels, sizing, orientation), jpeg) : pixels
  // sharp turns a picture first where it is cropped afterwards, else when it is small.
  const before = crops ? oriented(stored, orientation) : stored
  const [shrinkX, shrinkY] = shrinks(before, sizing, full, crops ? 1 : orientation)
  const same = shrinkX === 1 && shrinkY === 1
  const scaled = same ? before : resample(before, shrinkX, shrinkY, sizing.kernel)
  const upright = crops ? scaled : oriented(scaled, orientation)
  const whole = sizing.resize === 'pad' ? padded(upright, full) : cut(upright, full, 1)
  return crops ? cut(whole, sizing, 0) : whole
}

/** By how much `sharp` has libjpeg make a picture smaller, in each direction, while it decodes it: 1, 2, 4 or 8. */
export function shrinkOnLoad(size: Pick<Pixels, 'width' | 'height'>, sizing: Sizing, orientation: Orientation): number {
  const { full, crops } = fullSize(sizing)
  if (crops && orientation !== 1) return 1
  const shrink = Math.min(...shrinks(size, sizing, full, orientation))
  const factor = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1
  // So that libjpeg's rounding of sizes leaves no picture too small.
  return factor > 1 && Math.trunc(shrink) === factor ? factor / 2 : factor
}

interface Size {
  readonly width: number
  readonly height: number
}

/** The size to which a picture is scaled, and whether its middle is cut out of that. */
function fullSize({ width, height, resize, cropFraction }: Sizing): { readonly full: Size; readonly crops: boolean } {
  const crops = resize !== 'pad' && cropFraction < 1
  if (!crops) return { full: { width, height }, crops }
  return { full: { width: Math.round(width / cropFraction), height: Math.round(height / cropFraction) }, crops }
}

/** How many columns and rows of a picture become one. */
function shrinks(size: Size, { resize }: Sizing, full: Size, orientation: Orientation): [x: number, y: number] {
  const [width, height] = orientation >= 5 ? [full.height, full.width] : [full.width, full.height]
  let [x, y] = [size.width / width, size.height / height]
  if (resize === 'crop') x = y = Math.min(x, y)
  if (resize === 'pad') x = y = Math.max(x, y)
  return [Math.min(x, size.width), Math.min(y, size.height)]
}

/** Turned by a multiple of 90 degrees, then mirrored left to right. */
const turns: Readonly<Record<Orientation, readonly [quarters: number, mirrored: boolean]>> = {
  1: [0, false],
  2: [0, true],
  3: [2, false],
  4: [2, true],
  5: [1, true],
  6: [1, false],
  7: [3, true],
  8: [3, false],
}

function oriented(pixels: Pixels, orientation: Orientation): Pixels {
  if (orientation === 1) return pixels
  const { width, height, data } = pixels
  const [quarters, mirrored] = turns[orientation]
  const [newWidth, newHeight] = quarters % 2 === 1 ? [height, width] : [width, height]
  const result = new Uint8Array(data.length)
  let to = 0
  for (let row = 0; row < newHeight; row++) {
    for (let place = 0; place < newWidth; place++, to += 3) {
      const column = mirrored ? newWidth - 1 - place : place
      const [x, y] = [
        [column, row],
        [row, height - 1 - column],
        [width - 1 - column, height - 1 - row],
        [width - 1 - row, column],
      ][quarters] as [number, number]
      const from = (y * width + x) * 3
      result[to] = data[from] as number
      result[to + 1] = data[from + 1] as number
      result[to + 2] = data[from + 2] as number
    }
  }
  return { width: newWidth, height: newHeight, data: result }
}

/** The middle of a picture; of two middles the one to the right and below where `up` is 1. */
function cut(pixels: Pixels, size: Size, up: 0 | 1): Pixels {
  const [width, height] = [Math.min(size.width, pixels.width), Math.min(size.height, pixels.height)]
  if (width === pixels.width && height === pixels.height) return pixels
  const [left, top] = [(pixels.width - width + up) >> 1, (pixels.height - height + up) >> 1]
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * pixels.width + left) * 3
    data.set(pixels.data.subarray(from, from + width * 3), row * width * 3)
  }
  return { width, height, data }
}

/** A picture in the middle of a black one. */
function padded(pixels: Pixels, { width, height }: Size): Pixels {
  if (width === pixels.width && height === pixels.height) return pixels
  const [left, top] = [(width - pixels.width) >> 1, (height - pixels.height) >> 1]
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < pixels.height; row++) {
    const line = pixels.data.subarray(row * pixels.width * 3, (row + 1) * pixels.width * 3)
    data.set(line, ((top + row) * width + left) * 3)
  }
  return { width, height, data }
}
