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
  const size = factor / 2
  // Of squares of four pixels, for which colors are kept; a last odd row or column is left out, as libvips does.
  const [columns, rows] = [pixels.width >> 1, pixels.height >> 1]
  const [width, height] = [Math.trunc(columns / size), Math.trunc(rows / size)]
  // Brightness, and both colors side by side.
  const light = { line: new Float64Array(columns), channels: 1, narrow: new Float64Array(rows * width) }
  const color = { line: new Float64Array(columns * 2), channels: 2, narrow: new Float64Array(rows * width * 2) }
  const [across, down] = [elimination(columns), elimination(rows)]
  // A line at a time: all numbers of a photo are too many for the caches of a processor.
  for (let row = 0; row < rows; row++) {
    readLine(pixels, row, light.line, color.line)
    if (chroma === 'half') gather(color.line, 2, across)
    for (const { line, channels, narrow } of [light, color])
      narrow.set(means(line, channels, size).subarray(0, width * channels), row * width * channels)
  }
  if (chroma === 'half') gather(color.narrow, width * 2, down)
  const [lights, colors] = [means(light.narrow, width, size), means(color.narrow, width * 2, size)]
  const data = new Uint8ClampedArray(width * height * 3)
  for (let place = 0, to = 0; to < data.length; place++, to += 3) {
    const l = Math.round(lights[place] as number)
    const b = Math.round(colors[place * 2] as number)
    const r = Math.round(colors[place * 2 + 1] as number)
    data[to] = l + Math.round(1.402 * r)
    data[to + 1] = l + Math.round(-0.344136 * b - 0.714136 * r)
    data[to + 2] = l + Math.round(1.772 * b)
  }
  return { width, height, data: new Uint8Array(data.buffer) }
}

/** Brightness and colors (JFIF 1.02) of squares of four pixels, of two rows of them. @param color `[columns, 2]`: blue and red. */
function readLine({ width, data }: Pixels, row: number, light: Float64Array, color: Float64Array): void {
  let above = row * 2 * width * 3
  let below = above + width * 3
  for (let column = 0; column < light.length; column++, above += 6, below += 6) {
    const mean = (channel: number): number =>
      ((data[above + channel] as number) +
        (data[above + channel + 3] as number) +
        (data[below + channel] as number) +
        (data[below + channel + 3] as number)) /
      4
    const [r, g, b] = [mean(0), mean(1), mean(2)]
    light[column] = 0.299 * r + 0.587 * g + 0.114 * b
    color[column * 2] = -0.168736 * r - 0.331264 * g + 0.5 * b
    color[column * 2 + 1] = 0.5 * r - 0.418688 * g - 0.081312 * b
  }
}

/** The means of so many lines each, `[length, inner]`; lines that are left over are left out. */
function means(lines: Float64Array, inner: number, size: number): Float64Array {
  if (size === 1) return lines
  const result = new Float64Array(Math.trunc(lines.length / inner / size) * inner)
  for (let to = 0; to < result.length; to += inner) {
    for (let k = 0, from = to * size; k < size; k++) {
      for (let i = 0; i < inner; i++, from++)
        result[to + i] = (result[to + i] as number) + (lines[from] as number) / size
    }
  }
  return result
}

const beside = 1 / 8

/**
 * The colors that a file has for squares of four, from the means of those that libjpeg spread over them ("fancy upsampling": each
 * pixel has 3/4 of its square's and 1/4 of the next one's, in both directions). A mean is then 3/4 of its own square's and 1/8 of
 * each neighbor's: a system of equations with three on a line, in one direction and then in the other.
 * @param lines `[length, inner]`, changed in place.
 */
function gather(lines: Float64Array, inner: number, left: Float64Array): void {
  for (let place = 1, at = inner; place < left.length; place++) {
    const share = beside / (left[place - 1] as number)
    for (const end = at + inner; at < end; at++)
      lines[at] = (lines[at] as number) - share * (lines[at - inner] as number)
  }
  for (let place = left.length - 1, at = lines.length - 1; place >= 0; place--) {
    const [own, after] = [1 / (left[place] as number), place === left.length - 1 ? 0 : beside]
    for (const end = at - inner; at > end; at--)
      lines[at] = ((lines[at] as number) - (after && after * (lines[at + inner] as number))) * own
  }
}

/** What the elimination downwards leaves of each line, which is the same for all right sides (Thomas' algorithm). */
function elimination(length: number): Float64Array {
  const left = new Float64Array(length)
  for (let place = 0; place < length; place++) {
    const edges = (place === 0 ? 1 : 0) + (place === length - 1 ? 1 : 0)
    left[place] = 3 / 4 + edges * beside - (place === 0 ? 0 : beside ** 2 / (left[place - 1] as number))
  }
  return left
}
