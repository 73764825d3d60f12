import type { Box, Dissected, Grid } from '@headstart/core'
import { type ImageInput, isAugmented, type OpenImageOptions, type PixelData } from './image-input.js'
import { loadSharp } from './load-sharp.js'
import type { Pixels } from './pixels.js'
import { readImage } from './read-image.js'
import type { Sizing } from './sizing.js'

/** Parts in each direction where the network does not say. */
const usual: Grid = { rows: 7, columns: 7 }
/** Pixels of the longer side of an overlay. */
const shownSize = 512
/** Of the color over the part that says most. */
const opacity = 0.6

/**
 * A picture as the rectangles of a grid over what the network sees of it. What is left out has the mean color of the picture.
 * @param sizing How the picture is brought to the network's size.
 */
export async function pictureParts(
  input: ImageInput,
  sizing: Sizing,
  options: OpenImageOptions & { readonly pixelLimit?: number | undefined },
  { rows, columns }: Grid = usual,
): Promise<Dissected> {
  const source = isAugmented(input) ? input.image : input
  const [original, seen] = [await readImage(source, options), await readImage(source, { ...options, sizing })]
  const { width, height } = sizing
  const cells = Array.from({ length: rows * columns }, (_, cell): Box => {
    const [row, column] = [Math.floor(cell / columns), cell % columns]
    const [y, x] = [Math.round((row * height) / rows), Math.round((column * width) / columns)]
    const [below, right] = [Math.round(((row + 1) * height) / rows), Math.round(((column + 1) * width) / columns)]
    return { x, y, width: right - x, height: below - y }
  })
  const place = placeIn(original, sizing)
  const mean = meanColor(seen)
  return {
    parts: cells.map((cell) => ({ box: inOriginal(cell, place, original) })),
    keep(kept) {
      const data = seen.data.slice()
      cells.forEach((cell, at) => {
        if (kept[at]) return
        for (let y = cell.y; y < cell.y + cell.height; y++)
          for (let x = cell.x; x < cell.x + cell.width; x++) data.set(mean, (y * width + x) * 3)
      })
      return framed({ width, height, data }, sizing)
    },
    overlay: (weights) =>
      overlayOf(
        original,
        cells.map((cell) => inOriginal(cell, place, original)),
        weights,
      ),
  }
}

/** How a place of what the network sees is found in the picture: `x * scale + left`. */
interface Place {
  readonly x: { readonly scale: number; readonly start: number }
  readonly y: { readonly scale: number; readonly start: number }
}

function placeIn(original: Pixels, { width, height, resize, cropFraction }: Sizing): Place {
  const fraction = resize === 'pad' ? 1 : cropFraction
  const [fullWidth, fullHeight] = [width / fraction, height / fraction]
  const [across, down] = [original.width / fullWidth, original.height / fullHeight]
  const both = resize === 'crop' ? Math.min(across, down) : Math.max(across, down)
  const [scaleX, scaleY] = resize === 'squash' ? [across, down] : [both, both]
  return {
    x: { scale: scaleX, start: (original.width - width * scaleX) / 2 },
    y: { scale: scaleY, start: (original.height - height * scaleY) / 2 },
  }
}

/** The part of the picture that a rectangle of what the network sees shows; empty where it shows the edge around it. */
function inOriginal({ x, y, width, height }: Box, place: Place, original: Pixels): Box {
  const between = (value: number, most: number): number => Math.min(Math.max(value, 0), most)
  const left = between(x * place.x.scale + place.x.start, original.width)
  const top = between(y * place.y.scale + place.y.start, original.height)
  return {
    x: left,
    y: top,
    width: between((x + width) * place.x.scale + place.x.start, original.width) - left,
    height: between((y + height) * place.y.scale + place.y.start, original.height) - top,
  }
}

function meanColor({ data }: Pixels): [number, number, number] {
  const sums: [number, number, number] = [0, 0, 0]
  data.forEach((value, at) => (sums[(at % 3) as 0 | 1 | 2] += value))
  return sums.map((sum) => Math.round((3 * sum) / data.length)) as [number, number, number]
}

/** Pixels of the network's size as a picture of which it sees just these: with an edge, where it looks at the middle alone. */
function framed(pixels: Pixels, { width, height, resize, cropFraction }: Sizing): PixelData {
  if (resize === 'pad' || cropFraction === 1) return pixels
  const [fullWidth, fullHeight] = [Math.round(width / cropFraction), Math.round(height / cropFraction)]
  const [left, top] = [(fullWidth - width) >> 1, (fullHeight - height) >> 1]
  const data = new Uint8Array(fullWidth * fullHeight * 3).fill(128)
  for (let y = 0; y < height; y++)
    data.set(pixels.data.subarray(y * width * 3, (y + 1) * width * 3), ((y + top) * fullWidth + left) * 3)
  return { width: fullWidth, height: fullHeight, data }
}

/** The picture in gray, and over it green where it speaks for the answer and red where against it. */
async function overlayOf(original: Pixels, boxes: readonly Box[], weights: readonly number[]): Promise<Uint8Array> {
  const scale = Math.min(1, shownSize / Math.max(original.width, original.height))
  const [width, height] = [original.width, original.height].map((side) => Math.max(1, Math.round(side * scale))) as [
    number,
    number,
  ]
  const largest = Math.max(...weights.map(Math.abs), 1e-12)
  const rectangles = boxes.map((box, at) => {
    const weight = weights[at] as number
    const strength = ((opacity * Math.abs(weight)) / largest).toFixed(3)
    const color = weight >= 0 ? '22,163,74' : '220,38,38'
    return `<rect x="${box.x * scale}" y="${box.y * scale}" width="${box.width * scale}" height="${box.height * scale}" fill="rgba(${color},${strength})"/>`
  })
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${rectangles.join('')}</svg>`
  const raw = { width: original.width, height: original.height, channels: 3 as const }
  const gray = await loadSharp()(Buffer.from(original.data), { raw })
    .resize(width, height)
    .grayscale()
    .toColorspace('srgb')
    .png()
    .toBuffer()
  return loadSharp()(gray)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer()
}
