import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { random } from '@headstart/core/kit'
import { bringToSize, type Orientation } from './bring-to-size.js'
import type { Pixels } from './pixels.js'
import { readImage } from './read-image.js'
import type { Sizing } from './sizing.js'

const usual: Sizing = { width: 24, height: 24, resize: 'crop', cropFraction: 1, kernel: 'linear' }

/** Waves with noise, so that every pixel differs from its neighbors: each channel by itself, or, as in a photo, in brightness. */
function picture(width: number, height: number, kind: 'noise' | 'photo' = 'noise'): Pixels {
  const { uniform } = random(width * 1000 + height)
  const data = new Uint8Array(width * height * 3)
  const wave = kind === 'noise' ? 5 : 25
  let noise = 0
  for (let place = 0; place < data.length; place++) {
    const [x, y] = [Math.floor(place / 3) % width, Math.floor(place / 3 / width)]
    if (kind === 'noise' || place % 3 === 0) noise = 110 * (uniform() - 0.5)
    data[place] = 128 + 60 * Math.sin(x / wave + (place % 3)) * Math.cos(y / wave) + noise
  }
  return { width, height, data }
}

async function bySharp({ width, height, data }: Pixels, sizing: Sizing, orientation: Orientation): Promise<Pixels> {
  const file = sharp(data, { raw: { width, height, channels: 3 } }).withMetadata({ orientation })
  return readImage(await file.png({ compressionLevel: 0 }).toBuffer(), { sizing })
}

/** The largest distance of two values. */
async function farthest(width: number, height: number, sizing: Sizing, orientation: Orientation = 1): Promise<number> {
  const pixels = picture(width, height)
  const expected = await bySharp(pixels, sizing, orientation)
  const got = bringToSize(pixels, sizing, { orientation })
  expect([got.width, got.height]).toEqual([expected.width, expected.height])
  return got.data.reduce((most, value, place) => Math.max(most, Math.abs(value - (expected.data[place] as number))), 0)
}

describe('a picture brought to a size without sharp', () => {
  const sizes = [
    [24, 24],
    [25, 41],
    [43, 32],
    [103, 77],
    [143, 222],
    [13, 19],
    [7, 130],
    [1, 1],
  ] as const
  for (const resize of ['crop', 'squash', 'pad'] as const)
    it.each(sizes)(`is what sharp makes of it: %i x %i, ${resize}`, async (width, height) => {
      expect(await farthest(width, height, { ...usual, resize })).toBe(0)
    })

  it.each(['nearest', 'cubic', 'mitchell', 'lanczos2', 'lanczos3'] as const)(
    'is so with the kernel %s',
    async (kernel) => {
      for (const [width, height] of sizes) expect(await farthest(width, height, { ...usual, kernel })).toBe(0)
    },
  )

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('is turned as EXIF says: %i', async (orientation) => {
    expect(await farthest(133, 91, { ...usual, width: 20 }, orientation)).toBe(0)
    expect(await farthest(133, 91, { ...usual, width: 20, cropFraction: 0.875 }, orientation)).toBe(0)
  })

  it.each([50, 90, 130, 220])('is nearly that of a JPEG that libjpeg makes smaller: %i', async (side) => {
    const { width, height, data } = picture(side + 20, side, 'photo')
    const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer()
    const expected = await readImage(jpeg, { sizing: usual })
    const decoded = await readImage(jpeg)
    const got = bringToSize(decoded, usual, { jpeg: 'half' })
    const distances = got.data.map((value, place) => Math.abs(value - (expected.data[place] as number)))
    expect(Math.max(...distances)).toBeLessThanOrEqual(6)
    expect(distances.reduce((sum, one) => sum + one, 0) / distances.length).toBeLessThan(side < 72 ? 1e-9 : 0.6)
  })
})
