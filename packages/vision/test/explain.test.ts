import { dataset } from '@headstart/core'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { fineTune, joinedMobileNets } from '../src/index.js'
import type { Model, Dataset } from '../src/index.js'
import type { ImageInput, ImageSource } from '../src/preprocessing/image-input.js'
import { imagePreprocessing } from '../src/preprocessing/image-preprocessing.js'
import { pictureParts } from '../src/preprocessing/picture-parts.js'
import { readImage } from '../src/preprocessing/read-image.js'
import { tinyImageBackbone } from './tiny-image-backbone.js'

/** A picture with its left and right half in one color each. */
function halves(left: string, right: string, width = 40, height = 40): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="${width}" height="${height}" fill="${right}"/><rect width="${width / 2}" height="${height}" fill="${left}"/></svg>`
  return sharp(Buffer.from(svg)).png().toBuffer()
}

describe('pictureParts', () => {
  it.each([
    ['crop', 1],
    ['crop', 0.875],
    ['squash', 1],
    ['squash', 0.875],
    ['pad', 1],
  ] as const)('keeps of a picture what the network sees of it: %s, %f', async (resize, cropFraction) => {
    const picture = await halves('red', 'blue', 90, 60)
    const sizing = { width: 32, height: 32, resize, cropFraction, kernel: 'linear' } as const
    const { parts, keep } = await pictureParts(picture, sizing, {}, { rows: 2, columns: 2 })
    const seen = await readImage(picture, { sizing })
    const again = await readImage(keep(parts.map(() => true)) as ImageSource, { sizing })
    expect(again.data).toEqual(seen.data)
    const [first] = parts
    expect(first && 'box' in first && first.box).toMatchObject({ width: expect.any(Number) })
    for (const part of parts) {
      if (!('box' in part)) continue
      const { x, y, width, height } = part.box
      expect(Math.min(x, y, width, height)).toBeGreaterThanOrEqual(0)
      expect(x + width).toBeLessThanOrEqual(90.001)
      expect(y + height).toBeLessThanOrEqual(60.001)
    }
    // The upper left part alone is red, all others have the mean color.
    const left = await readImage(keep([true, false, true, false]) as ImageSource, { sizing })
    const pixel = (x: number, y: number): number[] => [...left.data.subarray((y * 32 + x) * 3, (y * 32 + x) * 3 + 3)]
    expect(pixel(8, 16)).toEqual([...seen.data.subarray((16 * 32 + 8) * 3, (16 * 32 + 8) * 3 + 3)])
    expect(pixel(24, 16)).toEqual(pixel(30, 10))
  })
})

describe('an explanation of a picture', () => {
  let model: Model<ImageInput>
  beforeAll(async () => {
    const colors = ['red', 'crimson', 'firebrick', 'maroon']
    const blues = ['blue', 'navy', 'royalblue', 'mediumblue']
    const examples = await Promise.all(
      [colors, blues].flatMap((list, kind) =>
        list.map(async (color) => ({
          input: (await halves(color, color)) as ImageInput,
          label: kind === 0 ? 'red' : 'blue',
        })),
      ),
    )
    model = await fineTune(tinyImageBackbone(), dataset(examples) as Dataset<ImageInput>, {
      cache: false,
      l2: 0.001,
      keep: true,
    })
  })

  it('finds on which side the answer lies, says how faithful it is, and draws it', async () => {
    const explanation = await model.explain(await halves('red', 'white'), { label: 'red' })
    expect(explanation.parts.every((part) => 'box' in part)).toBe(true)
    expect(explanation.faithfulness).toMatchObject({ deletion: expect.any(Number), insertion: expect.any(Number) })
    expect(explanation.input).toBeNull()
    const overlay = await explanation.overlay()
    expect(await sharp(overlay).metadata()).toMatchObject({ format: 'png', width: 40, height: 40 })
    expect(await explanation.page()).toContain('data:image/png;base64,')
    expect(explanation.examples.length).toBeGreaterThanOrEqual(5)
  })

  it('is the activation map of the built-in network, of all its parts', async () => {
    const examples = await Promise.all(
      ['red', 'maroon', 'blue', 'navy'].map(async (color, at) => ({
        input: (await halves(color, color)) as ImageInput,
        label: at < 2 ? 'red' : 'blue',
      })),
    )
    const built = await fineTune(await joinedMobileNets(), dataset(examples), { cache: false, l2: 0.01 })
    const { method, parts } = await built.explain(await halves('red', 'blue'), { label: 'red', faithfulness: false })
    expect([method, parts.length]).toEqual(['activation map', 256])
    const sum = (isLeft: boolean): number =>
      parts.reduce((all, part) => ('box' in part && part.box.x < 20 === isLeft ? all + part.weight : all), 0)
    expect(sum(true)).toBeGreaterThan(sum(false))
  })

  it('takes a picture of one pixel', async () => {
    const one = { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }
    const { label, parts } = await model.explain(one)
    expect(label).toBe((await model.predict(one))[0]?.label)
    expect(parts.length).toBeGreaterThan(0)
  })

  it('refuses what is no picture as predict does', async () => {
    await expect(model.explain(Buffer.from('none'))).rejects.toThrow(/expected/)
    expect(imagePreprocessing({ input: 'x', size: 8, values: { scale: 1, offset: 0 } }).checks).toBeDefined()
  })
})
