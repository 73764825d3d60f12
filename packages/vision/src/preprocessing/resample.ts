import type { Pixels } from './pixels.js'
import type { Sizing } from './sizing.js'

type Kernel = Sizing['kernel']

/**
 * Scales a picture as `vips_resize` of libvips 8.18 does, which is what `sharp` resizes with, to the same bits: made smaller by a box
 * filter over whole pixels and then by the kernel, stretched so that all pixels count, first in columns, then in rows; made larger by
 * interpolation between the nearest pixels. Weights are numbers of 1/4096, and positions of 1/64 of a pixel, in both.
 * @param shrinkX How many columns become one; below 1 it gets wider.
 */
export function resample(pixels: Pixels, shrinkX: number, shrinkY: number, kernel: Kernel): Pixels {
  let { width, height } = pixels
  let data: Lines = { outer: 1, length: height, inner: width * 3, data: pixels.data }
  // libvips goes by scales, the reciprocals, and so rounds twice.
  let [scaleX, scaleY] = [1 / shrinkX, 1 / shrinkY]
  if (kernel === 'nearest') {
    const stepY = wholeShrink(height, Math.floor(height * scaleY + 0.5))
    const stepX = wholeShrink(width, Math.floor(width * scaleX + 0.5))
    data = everyNth(asColumns(everyNth(data, stepY), width), stepX)
    width = data.length
    height = data.outer
    data = asRows(data)
    scaleX *= stepX
    scaleY *= stepY
  }
  scaleX = Math.max(scaleX, 1 / width)
  scaleY = Math.max(scaleY, 1 / height)
  if (scaleY < 1) data = reduce(data, 1 / scaleY, kernel)
  height = data.length
  data = asColumns(data, width)
  if (scaleX < 1) data = reduce(data, 1 / scaleX, kernel)
  width = data.length
  const smaller = { width, height, data: data.data }
  return scaleX > 1 || scaleY > 1 ? enlarge(smaller, scaleX, scaleY, kernel) : smaller
}

/** A picture as lines of pixels to be made fewer: `[outer, length, inner]`, of which the axis in the middle is resampled. */
interface Lines {
  readonly outer: number
  readonly length: number
  readonly inner: number
  readonly data: Uint8Array
}

/** Rows, `[1, height, width * 3]`, as columns, `[height, width, 3]`. */
function asColumns({ length, data }: Lines, width: number): Lines {
  return { outer: length, length: width, inner: 3, data }
}

function asRows({ outer, length, data }: Lines): Lines {
  return { outer: 1, length: outer, inner: length * 3, data }
}

/** By how many whole pixels a picture is made smaller before a kernel does the rest, by a factor from 2 to 4. */
function wholeShrink(length: number, target: number): number {
  return Math.max(1, Math.floor(length / target / 2))
}

function everyNth({ outer, length, inner, data }: Lines, step: number): Lines {
  if (step === 1) return { outer, length, inner, data }
  const count = Math.floor(length / step)
  const result = new Uint8Array(outer * count * inner)
  for (let line = 0; line < outer; line++) {
    for (let place = 0; place < count; place++) {
      const from = (line * length + place * step) * inner
      result.set(data.subarray(from, from + inner), (line * count + place) * inner)
    }
  }
  return { outer, length: count, inner, data: result }
}

/** The mean of each `size` pixels, the last one as often as it takes. */
function box({ outer, length, inner, data }: Lines, size: number): Lines {
  const count = Math.ceil(length / size)
  const result = new Uint8Array(outer * count * inner)
  const sums = new Uint32Array(inner)
  const [amend, multiplier] = [size >> 1, Math.floor(2 ** 24 / size)]
  for (let line = 0; line < outer; line++) {
    for (let place = 0; place < count; place++) {
      sums.fill(amend)
      for (let k = 0; k < size; k++) {
        const from = (line * length + Math.min(place * size + k, length - 1)) * inner
        for (let i = 0; i < inner; i++) sums[i] = (sums[i] as number) + (data[from + i] as number)
      }
      const to = (line * count + place) * inner
      for (let i = 0; i < inner; i++) result[to + i] = Math.imul(sums[i] as number, multiplier) >>> 24
    }
  }
  return { outer, length: count, inner, data: result }
}

/** Positions between two pixels that masks are made for. */
const positions = 64

/** Makes the axis in the middle shorter. @param shrink From 1 on. */
function reduce(lines: Lines, shrink: number, kernel: Kernel): Lines {
  const count = Math.floor(lines.length / shrink + 0.5)
  // What is thrown away of the picture at both ends, or invented.
  const whole = kernel === 'nearest' ? 1 : wholeShrink(lines.length, count)
  const extra = (count * shrink - lines.length) / whole
  const { outer, length, inner, data } = whole > 1 ? box(lines, whole) : lines
  const rest = shrink / whole
  if (rest === 1) return { outer, length, inner, data }
  const taps = tapsOf(kernel, rest)
  const masks = Array.from({ length: positions + 1 }, (_, place) => maskOf(kernel, taps, rest, place / positions))
  const result = new Uint8Array(outer * count * inner)
  const before = Math.ceil(taps / 2) - 1
  const offset = (1 + extra) / 2 - 1
  const sums = new Int32Array(inner)
  let at = 0.5 * rest - 0.5 - offset
  for (let place = 0; place < count; place++, at += rest) {
    const first = Math.trunc(at) - before
    const mask = masks[((Math.trunc(at * positions * 2) & (positions * 2 - 1)) + 1) >> 1] as Int16Array
    for (let line = 0; line < outer; line++) {
      sums.fill(2048)
      for (let tap = 0; tap < taps; tap++) {
        const weight = mask[tap] as number
        const from = (line * length + Math.min(Math.max(first + tap, 0), length - 1)) * inner
        for (let i = 0; i < inner; i++) sums[i] = (sums[i] as number) + weight * (data[from + i] as number)
      }
      const to = (line * count + place) * inner
      for (let i = 0; i < inner; i++) result[to + i] = clamp((sums[i] as number) >> 12)
    }
  }
  return { outer, length: count, inner, data: result }
}

/** Half the width of each kernel. */
const radii: Readonly<Record<Kernel, number>> = {
  nearest: 0,
  linear: 1,
  cubic: 2,
  mitchell: 2,
  lanczos2: 2,
  lanczos3: 3,
}

function tapsOf(kernel: Kernel, shrink: number): number {
  return kernel === 'nearest' ? 1 : 2 * roundToEven(radii[kernel] * shrink) + 1
}

/** As C's `rint` rounds. */
function roundToEven(value: number): number {
  const below = Math.floor(value)
  const rest = value - below
  return rest === 0.5 ? below + (below & 1) : Math.round(value)
}

/** The weights of pixels around a position, in numbers of 1/4096. */
function maskOf(kernel: Kernel, taps: number, shrink: number, position: number): Int16Array {
  if (kernel === 'nearest') return Int16Array.of(4096)
  const half = position + taps / 2 - 1
  const weights = Float64Array.from({ length: taps }, (_, tap) => filters[kernel]((tap - half) / shrink))
  const sum = weights.reduce((all, weight) => all + weight, 0)
  return Int16Array.from(weights, (weight) => Math.trunc((weight / sum) * 4096))
}

/** What a pixel counts by its distance. */
const filters: Readonly<Record<Exclude<Kernel, 'nearest'>, (x: number) => number>> = {
  linear: (x) => Math.max(0, 1 - Math.abs(x)),
  cubic: (x) => cubic(x, 0, 0.5),
  mitchell: (x) => cubic(x, 1 / 3, 1 / 3),
  lanczos2: (x) => (Math.abs(x) <= 2 ? sinc(x) * sinc(x / 2) : 0),
  lanczos3: (x) => (Math.abs(x) <= 3 ? sinc(x) * sinc(x / 3) : 0),
}

/** Mitchell and Netravali, "Reconstruction filters in computer graphics" (1988), equation 8. */
function cubic(x: number, b: number, c: number): number {
  const d = Math.abs(x)
  if (d <= 1) return ((12 - 9 * b - 6 * c) * d ** 3 + (-18 + 12 * b + 6 * c) * d ** 2 + (6 - 2 * b)) / 6
  if (d > 2) return 0
  return ((-b - 6 * c) * d ** 3 + (6 * b + 30 * c) * d ** 2 + (-12 * b - 48 * c) * d + (8 * b + 24 * c)) / 6
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI)
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value
}

/** Makes a picture larger in one direction or both. */
function enlarge({ width, height, data }: Pixels, scaleX: number, scaleY: number, kernel: Kernel): Pixels {
  const [across, down] = [Math.max(scaleX, 1), Math.max(scaleY, 1)]
  const [newWidth, newHeight] = [Math.floor(width * across + 0.5), Math.floor(height * down + 0.5)]
  const result = new Uint8Array(newWidth * newHeight * 3)
  const reads = kernel === 'nearest' ? 1 : kernel === 'linear' ? 2 : 4
  // The inverse of a matrix of the two scales, as libvips rounds it.
  const inverse = 1 / (across * down)
  const columns = stencils(newWidth, width, inverse * down, reads, true)
  const rows = stencils(newHeight, height, inverse * across, reads, false)
  const lines = new Int32Array(4)
  let to = 0
  for (const y of rows) {
    for (const x of columns) {
      for (let channel = 0; channel < 3; channel++) {
        const pixel = (row: number, column: number): number =>
          data[((y.places[row] as number) * width + (x.places[column] as number)) * 3 + channel] as number
        if (reads === 1) result[to++] = pixel(0, 0)
        else if (reads === 2) {
          const corner = (y.part * x.part) >> 12
          const right = ((4096 - y.part) * x.part) >> 12
          const below = y.part - corner
          result[to++] =
            ((4096 - y.part - right) * pixel(0, 0) +
              right * pixel(0, 1) +
              below * pixel(1, 0) +
              corner * pixel(1, 1) +
              2048) >>
            12
        } else {
          for (let row = 0; row < 4; row++) {
            let sum = 2048
            for (let column = 0; column < 4; column++) sum += (x.mask[column] as number) * pixel(row, column)
            lines[row] = sum >> 12
          }
          let sum = 2048
          for (let row = 0; row < 4; row++) sum += (y.mask[row] as number) * (lines[row] as number)
          result[to++] = clamp(sum >> 12)
        }
      }
    }
  }
  return { width: newWidth, height: newHeight, data: result }
}

/** From which pixels one of a larger picture is made. */
interface Stencil {
  /** Numbers of the pixels that are read. */
  readonly places: readonly number[]
  /** How far it is from the first to the second, in 1/4096. */
  readonly part: number
  /** Weights of four (Catmull and Rom), in 1/4096. */
  readonly mask: Int16Array
}

function stencils(count: number, length: number, step: number, reads: number, addsUp: boolean): Stencil[] {
  const border = reads === 4 ? 2 : 1
  // libvips 8.18 reads half a pixel above and to the left of the middle.
  const start = (reads === 1 ? 0 : -0.5) + border
  let next = start
  return Array.from({ length: count }, (_, place): Stencil => {
    // It adds up from column to column, but not from row to row.
    const at = addsUp ? next : place * step + start
    next += step
    const first = Math.trunc(at)
    const part = Math.trunc((at - first) * 4096)
    const mask = catmull((((Math.trunc(at * 128) & 127) + 1) >> 1) / positions)
    const left = first - border - (reads === 4 ? 1 : 0)
    return {
      places: Array.from({ length: reads }, (_, tap) => Math.min(Math.max(left + tap, 0), length - 1)),
      part,
      mask,
    }
  })
}

function catmull(x: number): Int16Array {
  const weights = [
    -0.5 * x * (1 - x) ** 2,
    1 - 2.5 * x ** 2 + 1.5 * x ** 3,
    x * (0.5 + 2 * x - 1.5 * x ** 2),
    -0.5 * x ** 2 * (1 - x),
  ]
  return Int16Array.from(weights, (weight) => Math.trunc(weight * 4096))
}
