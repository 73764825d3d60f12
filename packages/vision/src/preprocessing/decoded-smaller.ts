import type { Pixels } from './pixels.js'

/** How a JPEG keeps its colors: for each pixel, or for squares of four (4:2:0), as most cameras do. */
export type Chroma = 'whole' | 'half'

/**
 * What libjpeg gives when it decodes a JPEG at a half, a quarter or an eighth, as `sharp` has it do, from what it gives at full size.
 * It then puts out the means of 2, 4 or 8 pixels in each direction (jidctred.c of libjpeg-turbo), of brightness and colors apart, and
 * has no need to spread colors over four pixels. So they are gathered again here; what was rounded in between changes a value by
 * one here and there.
 */
export function decodedSmaller(pixels: Pixels, factor: number, chroma: Chroma): Pixels {
  if (factor === 1) return pixels
  const { y, cb, cr } = halved(pixels)
  const [light, blue, red] = [y, ...[cb, cr].map((colors) => (chroma === 'half' ? gathered(colors) : colors))].map(
    (plane) => means(plane, factor / 2),
  ) as [Plane, Plane, Plane]
  const data = new Uint8ClampedArray(light.data.length * 3)
  for (let place = 0, to = 0; to < data.length; place++, to += 3) {
    const l = Math.round(light.data[place] as number)
    const b = Math.round(blue.data[place] as number)
    const r = Math.round(red.data[place] as number)
    data[to] = l + Math.round(1.402 * r)
    data[to + 1] = l + Math.round(-0.344136 * b - 0.714136 * r)
    data[to + 2] = l + Math.round(1.772 * b)
  }
  return { width: light.width, height: light.height, data: new Uint8Array(data.buffer) }
}

/** One number for each pixel: `[height, width]`. */
interface Plane {
  readonly width: number
  readonly height: number
  readonly data: Float32Array
}

/** Brightness and colors (JFIF 1.02) of squares of four pixels; a last odd row or column is left out, as libvips does. */
function halved(pixels: Pixels): Readonly<Record<'y' | 'cb' | 'cr', Plane>> {
  const [width, height] = [pixels.width >> 1, pixels.height >> 1]
  const plane = (): Plane => ({ width, height, data: new Float32Array(width * height) })
  const [y, cb, cr] = [plane(), plane(), plane()]
  const { data } = pixels
  for (let row = 0, place = 0; row < height; row++) {
    let above = row * 2 * pixels.width * 3
    let below = above + pixels.width * 3
    for (let column = 0; column < width; column++, place++, above += 6, below += 6) {
      const sum = (channel: number): number =>
        (data[above + channel] as number) +
        (data[above + channel + 3] as number) +
        (data[below + channel] as number) +
        (data[below + channel + 3] as number)
      const [red, green, blue] = [sum(0) / 4, sum(1) / 4, sum(2) / 4]
      y.data[place] = 0.299 * red + 0.587 * green + 0.114 * blue
      cb.data[place] = -0.168736 * red - 0.331264 * green + 0.5 * blue
      cr.data[place] = 0.5 * red - 0.418688 * green - 0.081312 * blue
    }
  }
  return { y, cb, cr }
}

/** The means of squares. */
function means(plane: Plane, size: number): Plane {
  if (size === 1) return plane
  const [width, height] = [Math.trunc(plane.width / size), Math.trunc(plane.height / size)]
  const data = new Float32Array(width * height)
  for (let row = 0; row < height * size; row++) {
    const to = Math.trunc(row / size) * width
    let from = row * plane.width
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let k = 0; k < size; k++) sum += plane.data[from++] as number
      data[to + column] = (data[to + column] as number) + sum / (size * size)
    }
  }
  return { width, height, data }
}

/**
 * The colors that a file has for squares of four, from the means of those that libjpeg spread over them ("fancy upsampling": each
 * pixel has 3/4 of its square's and 1/4 of the next one's, in both directions). A mean is then 3/4 of its own square's and 1/8 of
 * each neighbor's: a system of equations with three on a line.
 */
function gathered({ width, height, data }: Plane): Plane {
  const solved = data.slice()
  const rows = elimination(width)
  for (let row = 0; row < height; row++) solve(solved, row * width, 1, rows)
  const columns = elimination(height)
  for (let column = 0; column < width; column++) solve(solved, column, width, columns)
  return { width, height, data: solved }
}

const beside = 1 / 8

/** What the elimination downwards leaves of each line, which is the same for all right sides (Thomas' algorithm). */
function elimination(length: number): Float64Array {
  const left = new Float64Array(length)
  for (let place = 0; place < length; place++) {
    const edges = (place === 0 ? 1 : 0) + (place === length - 1 ? 1 : 0)
    left[place] = 3 / 4 + edges * beside - (place === 0 ? 0 : beside ** 2 / (left[place - 1] as number))
  }
  return left
}

function solve(data: Float32Array, first: number, step: number, left: Float64Array): void {
  const last = first + (left.length - 1) * step
  for (let place = 1, at = first + step; place < left.length; place++, at += step)
    data[at] = (data[at] as number) - (beside / (left[place - 1] as number)) * (data[at - step] as number)
  for (let place = left.length - 1, at = last; place >= 0; place--, at -= step) {
    const after = at === last ? 0 : beside * (data[at + step] as number)
    data[at] = ((data[at] as number) - after) / (left[place] as number)
  }
}
