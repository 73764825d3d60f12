import '@headstart/onnx/test'
import { join } from 'node:path'
import { type JsonObject } from '@headstart/core'
import { OptionError } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { noise, plain, writeFiles } from '../../test/pictures.js'
import { temporaryFolder } from '../../test/temporary-folder.js'
import { tinyConfig, tinyImageBackbone } from '../../test/tiny-image-backbone.js'
import type { ImageInput } from './image-input.js'
import { imageLoader, imagePreprocessing } from './image-preprocessing.js'
import type { ImagePreprocessingConfig } from './image-settings.js'

const inputs: Uint8Array[] = await Promise.all(
  [
    noise(1).png().toBuffer(),
    noise(2, { width: 90, height: 40 }).jpeg().toBuffer(),
    noise(3, { width: 7, height: 300 }).webp({ lossless: true }).toBuffer(),
    plain([255, 0, 0]).png().toBuffer(),
  ].map(async (bytes) => new Uint8Array(await bytes)),
)

testBackbone<ImageInput>('a tiny network, channels first, pictures cropped', {
  create: tinyImageBackbone,
  inputs,
  loader: imageLoader,
})

testBackbone<ImageInput>('a tiny network, channels last, pictures padded', {
  create: () =>
    tinyImageBackbone({
      layout: 'nhwc',
      resize: 'pad',
      channels: 'bgr',
      kernel: 'lanczos3',
      values: { scale: 2 / 255, offset: -1 },
    }),
  inputs,
  loader: imageLoader,
})

/** The numbers that a network sees of a picture of 2 x 1 pixels. */
async function seen(
  config: Partial<ImagePreprocessingConfig>,
): Promise<{ dims: readonly number[]; data: Float32Array }> {
  const bytes = await sharp(Uint8Array.of(255, 102, 0, 51, 0, 204), { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toBuffer()
  const { prepare, collate } = imagePreprocessing({
    ...tinyConfig,
    size: [1, 2],
    values: { scale: 1, offset: 0 },
    ...config,
  })
  const { dims, data } = Object.values(collate([await prepare(bytes)]))[0] ?? expect.fail('no tensor')
  return { dims, data: data as Float32Array }
}

describe('imagePreprocessing', () => {
  it.each<[string, Partial<ImagePreprocessingConfig>, number[], number[]]>([
    ['channels first', {}, [1, 3, 1, 2], [255, 51, 102, 0, 0, 204]],
    ['channels last', { layout: 'nhwc' }, [1, 1, 2, 3], [255, 102, 0, 51, 0, 204]],
    ['blue first', { channels: 'bgr' }, [1, 3, 1, 2], [0, 204, 102, 0, 255, 51]],
    ['blue first, channels last', { channels: 'bgr', layout: 'nhwc' }, [1, 1, 2, 3], [0, 102, 255, 204, 0, 51]],
    ['scaled and shifted', { values: { scale: 1 / 51, offset: -1 } }, [1, 3, 1, 2], [4, 0, 1, -1, -1, 3]],
    [
      'with a mean and deviation for each color',
      { values: { mean: [0.2, 0.4, 0.8], std: [0.2, 0.4, 0.1] } },
      [1, 3, 1, 2],
      [4, 0, 0, -1, -8, 0],
    ],
    [
      'with a mean and deviation for each color, blue first',
      { values: { mean: [0.2, 0.4, 0.8], std: [0.2, 0.4, 0.1] }, channels: 'bgr' },
      [1, 3, 1, 2],
      [-8, 0, 0, -1, 4, 0],
    ],
  ])('gives numbers in the order and scale that the network wants: %s', async (_, config, dims, data) => {
    const tensor = await seen(config)
    expect(tensor.dims).toEqual(dims)
    expect(tensor.data).toBeAllclose(Float32Array.from(data), { atol: 1e-5 })
  })

  it('stacks a batch', async () => {
    const { prepare, collate } = imagePreprocessing({ ...tinyConfig, size: 4 })
    const prepared = await Promise.all(inputs.map((input) => prepare(input)))
    const single = prepared.map((one) => collate([one])['pixels']?.data as Float32Array)
    const { pixels } = collate(prepared)
    expect(pixels?.dims).toEqual([4, 3, 4, 4])
    expect(pixels?.data).toEqual(Float32Array.from(single.flatMap((data) => [...data])))
  })

  it('tells pictures apart by content, wherever they lie', async () => {
    const folder = await temporaryFolder()
    const [bytes, other] = inputs as [Uint8Array, Uint8Array]
    await writeFiles(folder, { 'a.png': bytes, 'b.png': bytes, 'c.png': other })
    const { contentKey } = imagePreprocessing(tinyConfig)
    const key = await contentKey(join(folder, 'a.png'))
    expect(await contentKey(join(folder, 'b.png'))).toEqual(key)
    expect(await contentKey(bytes)).toEqual(key)
    expect(await contentKey(join(folder, 'c.png'))).not.toEqual(key)
    await expect(contentKey(join(folder, 'none.png'))).rejects.toMatchObject({ name: 'InputError' })
  })

  it('keeps less in memory the larger the pictures are', () => {
    const windowOf = (size: number): number => imagePreprocessing({ ...tinyConfig, size }).windowSize as number
    expect([windowOf(224), windowOf(300), windowOf(2000)]).toEqual([55, 31, 8])
  })

  it('writes its defaults down, so that a saved model stays what it is', () => {
    expect(imagePreprocessing(tinyConfig).config).toEqual({
      ...tinyConfig,
      resize: 'crop',
      cropFraction: 1,
      kernel: 'linear',
      channels: 'rgb',
      layout: 'nchw',
    })
  })

  it.each<[string, object]>([
    ['size', { size: 0 }],
    ['size', { size: [224, 22.4] }],
    ['resize', { resize: 'stretch' }],
    ['cropFraction', { cropFraction: 1.5 }],
    ['values', { values: { mean: [0, 0, 0], std: [1, 0, 1] } }],
    ['kernel', { kernel: 'lanczos' }],
  ])('refuses a setting outside its range: %s', (setting, change) => {
    const make = () => imagePreprocessing({ ...tinyConfig, ...change } as ImagePreprocessingConfig)
    expect(make).toThrow(OptionError)
    expect(make).toThrow(`image preprocessing, setting "${setting}`)
  })

  it('refuses saved settings that are none', () => {
    const saved: JsonObject = { ...imagePreprocessing(tinyConfig).config, size: 'large' }
    expect(() => imageLoader.load(saved, new Map())).toThrow(
      /saved image preprocessing: expected its settings, got .*"large".*Train the model again\./,
    )
  })
})
