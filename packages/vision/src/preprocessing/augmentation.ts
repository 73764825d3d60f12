import { OptionError, type Random } from '@headstart/core/kit'
import type { Pixels } from './pixels.js'

/** Options of `augmentation`. What is 0 or false is not done. */
export interface AugmentationOptions {
  /** Mirrors every other picture left to right. Default true; false where left and right mean something. */
  readonly flip?: boolean
  /** Smallest share of the picture's area that is cut out and stretched to its size. Default 0.6; 1: no cut. */
  readonly crop?: number
  /** The cut-out is wider or narrower by up to this factor. Default 4/3. */
  readonly stretch?: number
  /** Turned by up to this many degrees in either direction. Default 10. */
  readonly rotate?: number
  /** Brightness is multiplied by 1 - b to 1 + b. Default 0.2. */
  readonly brightness?: number
  /** Distance from the mean gray is multiplied by 1 - c to 1 + c. Default 0.2. */
  readonly contrast?: number
  /** Distance from gray is multiplied by 1 - s to 1 + s. Default 0.2. */
  readonly saturation?: number
}

/**
 * Random changes that leave a picture what it is: mirrored, cut out, turned, in other light. A cut-out's area is uniform
 * between `crop` and 1, its proportions uniform in their logarithm (Szegedy et al., "Going deeper with convolutions",
 * 2015, section 6); colors are changed as in Krizhevsky, Sutskever and Hinton (2012) by factors, brightness first, then
 * contrast, then saturation.
 *
 * It has a price: new pixels are not in the feature cache, so that the frozen network runs for each of them (see
 * `augmented`, which pays it once). The same `random` gives the same changes.
 *
 * @returns A function that gives changed pixels of the same size, and leaves the given ones as they are.
 * @throws OptionError for an option outside its range
 */
export function augmentation(options: AugmentationOptions = {}): (pixels: Pixels, random: Random) => Pixels {
  const {
    flip = true,
    crop = 0.6,
    stretch = 4 / 3,
    rotate = 10,
    brightness = 0.2,
    contrast = 0.2,
    saturation = 0.2,
  } = options
  check('crop', 'a share above 0, at most 1', crop, crop > 0 && crop <= 1)
  check('stretch', 'a factor from 1 on', stretch, stretch >= 1 && Number.isFinite(stretch))
  check('rotate', 'degrees from 0 to 180', rotate, rotate >= 0 && rotate <= 180)
  for (const [name, value] of Object.entries({ brightness, contrast, saturation })) {
    check(name, 'a number from 0 to 1', value, value >= 0 && value <= 1)
  }

  return (pixels, random) => {
    const between = (low: number, high: number): number => low + (high - low) * random.uniform()
    // Every number is drawn, needed or not: switching one change off leaves the others as they were.
    const mirrored = random.uniform() < 0.5 && flip
    const area = between(crop, 1)
    const aspect = Math.exp(between(-1, 1) * Math.log(stretch))
    const [x, y] = [random.uniform(), random.uniform()]
    const angle = (between(-rotate, rotate) * Math.PI) / 180
    const factor = (amount: number): number => between(1 - amount, 1 + amount)
    const light = { brightness: factor(brightness), contrast: factor(contrast), saturation: factor(saturation) }
    const width = Math.min(1, Math.sqrt(area * aspect))
    const height = Math.min(1, Math.sqrt(area / aspect))
    const view = { mirrored, angle, width, height, left: x * (1 - width), top: y * (1 - height) }
    return relight(resample(pixels, view), light)
  }
}

function check(option: string, expected: string, value: number, isValid: boolean): void {
  if (!isValid) throw new OptionError(`augmentation, option "${option}"`, expected, String(value), 'Correct it.')
}

/** What is seen of a picture; lengths in shares of its width and height. */
interface View {
  readonly mirrored: boolean
  /** In radians. */
  readonly angle: number
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Colors as numbers that are not yet rounded, `[height, width, 3]`. */
interface Colors {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/**
 * Each pixel of the view from the four around its place in the picture (bilinear). One map does it all, so that the
 * picture is blurred once. Beyond its edge a picture goes on as its mirror image, which no network takes for an object.
 */
function resample({ width, height, data }: Pixels, view: View): Colors {
  const { mirrored, angle, left, top } = view
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const [centerX, centerY] = [(left + view.width / 2) * width, (top + view.height / 2) * height]
  const result = new Float32Array(data.length)
  let place = 0
  for (let row = 0; row < height; row++) {
    const v = ((row + 0.5) / height - 0.5) * view.height * height
    for (let column = 0; column < width; column++) {
      const u = ((column + 0.5) / width - 0.5) * (mirrored ? -view.width : view.width) * width
      const x = centerX + u * cos - v * sin - 0.5
      const y = centerY + u * sin + v * cos - 0.5
      const [x0, y0] = [Math.floor(x), Math.floor(y)]
      const [right, below] = [x - x0, y - y0]
      const [columnA, columnB] = [inside(x0, width) * 3, inside(x0 + 1, width) * 3]
      const [rowA, rowB] = [inside(y0, height) * width * 3, inside(y0 + 1, height) * width * 3]
      for (let channel = 0; channel < 3; channel++) {
        const upper = mix(data[rowA + columnA + channel] as number, data[rowA + columnB + channel] as number, right)
        const lower = mix(data[rowB + columnA + channel] as number, data[rowB + columnB + channel] as number, right)
        result[place++] = mix(upper, lower, below)
      }
    }
  }
  return { width, height, data: result }
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share
}

/** A place on the axis or, where it lies beyond an end, its mirror image. */
function inside(place: number, size: number): number {
  if (place >= 0 && place < size) return place
  const period = 2 * size
  const within = ((place % period) + period) % period
  return within < size ? within : period - 1 - within
}

interface Light {
  readonly brightness: number
  readonly contrast: number
  readonly saturation: number
}

function relight({ width, height, data }: Colors, { brightness, contrast, saturation }: Light): Pixels {
  let sum = 0
  for (let pixel = 0; pixel < data.length; pixel += 3) sum += grayAt(data, pixel)
  const mean = (brightness * sum * 3) / data.length
  const result = new Uint8ClampedArray(data.length)
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    const gray = mean + (brightness * grayAt(data, pixel) - mean) * contrast
    for (let at = pixel; at < pixel + 3; at++) {
      const value = mean + (brightness * (data[at] as number) - mean) * contrast
      result[at] = gray + (value - gray) * saturation
    }
  }
  return { width, height, data: new Uint8Array(result.buffer) }
}

/** Luma of ITU-R BT.601. */
function grayAt(data: Float32Array, pixel: number): number {
  return 0.299 * (data[pixel] as number) + 0.587 * (data[pixel + 1] as number) + 0.114 * (data[pixel + 2] as number)
}
