import '@headstart/onnx/test'
import { readFileSync } from 'node:fs'
import type { JsonObject } from '@headstart/core'
import {
  CLIPImageProcessor,
  ConvNextImageProcessor,
  EfficientNetImageProcessor,
  MobileNetV2ImageProcessor,
  RawImage,
  ViTImageProcessor,
} from '@huggingface/transformers'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { noise } from '../../test/pictures.js'
import { imagePreprocessing } from './image-preprocessing.js'
import { imageProcessor } from './image-processor.js'
import { readImage } from './read-image.js'

const mean = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] }
const usual = { do_resize: true, do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, ...mean }

/** Sizes of pictures are such that nothing is resampled: the filters differ, see below. */
const cases = {
  'ViT: squashed': {
    processor: ViTImageProcessor,
    config: { ...usual, size: { height: 24, width: 20 }, resample: 2 },
    picture: [24, 20],
  },
  'DINOv2: shorter side, then its middle': {
    processor: ViTImageProcessor,
    config: {
      ...usual,
      size: { shortest_edge: 30 },
      do_center_crop: true,
      crop_size: { height: 24, width: 24 },
      resample: 3,
    },
    picture: [30, 46],
  },
  'DeiT: squashed, then its middle': {
    processor: ViTImageProcessor,
    config: { ...usual, size: { height: 32, width: 32 }, do_center_crop: true, crop_size: { height: 24, width: 24 } },
    picture: [32, 32],
  },
  'CLIP: sizes as numbers': {
    processor: CLIPImageProcessor,
    config: { ...usual, size: 24, do_center_crop: true, crop_size: 24, resample: 3 },
    picture: [24, 24],
  },
  MobileNetV2: {
    processor: MobileNetV2ImageProcessor,
    config: { ...usual, size: { shortest_edge: 40 }, do_center_crop: true, crop_size: { height: 32, width: 32 } },
    picture: [40, 40],
  },
  'MobileViT: blue first, no mean': {
    processor: ViTImageProcessor,
    config: {
      do_resize: true,
      size: { height: 16, width: 16 },
      do_rescale: true,
      do_normalize: false,
      do_flip_channel_order: true,
    },
    picture: [16, 16],
  },
  'ConvNeXt: a share of the picture': {
    processor: ConvNextImageProcessor,
    config: { ...usual, image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 28 }, crop_pct: 0.875 },
    picture: [32, 32],
  },
  'ConvNeXt: large ones squashed': {
    processor: ConvNextImageProcessor,
    config: { ...usual, image_processor_type: 'ConvNextImageProcessor', size: { shortest_edge: 384 } },
    picture: [384, 384],
  },
  'EfficientNet: divided twice': {
    processor: EfficientNetImageProcessor,
    config: { ...usual, image_processor_type: 'EfficientNetImageProcessor', size: { height: 20, width: 20 } },
    picture: [20, 20],
  },
  'other scales': {
    processor: ViTImageProcessor,
    config: { ...usual, rescale_factor: 1 / 127.5, size: { height: 8, width: 8 } },
    picture: [8, 8],
  },
  'no scale': {
    processor: ViTImageProcessor,
    config: { ...usual, do_rescale: false, size: { height: 8, width: 8 } },
    picture: [8, 8],
  },
} as const

describe('imageProcessor', () => {
  it.each(Object.entries(cases))(
    'makes of the same pixels what Transformers.js makes, %s',
    async (_, { processor, config, picture: [height, width] }) => {
      const bytes = new Uint8Array(await noise(3, { width, height, brightness: 0.7 }).png().toBuffer())
      const { pixel_values: expected } = await new processor(config as never)(
        await RawImage.fromBlob(new Blob([bytes])),
      )
      const preprocessing = imagePreprocessing(imageProcessor('net', config as unknown as JsonObject, 'pixel_values'))
      const { pixel_values: made } = preprocessing.collate([await preprocessing.prepare(bytes)])
      expect(made?.dims).toEqual(expected.dims)
      expect(made?.data as Float32Array).toBeAllclose(expected.data as Float32Array, { rtol: 1e-5, atol: 1e-5 })
    },
  )

  it('takes the middle of the shorter side where nothing says to crop', () => {
    expect(imageProcessor('net', { size: { shortest_edge: 24 } }, 'x')).toMatchObject({
      size: [24, 24],
      resize: 'crop',
    })
    expect(imageProcessor('net', { do_resize: false, do_center_crop: true, crop_size: 24 }, 'x')).toMatchObject({
      size: [24, 24],
      resize: 'crop',
    })
  })

  it('understands the offset of some TensorFlow networks', () => {
    const { values } = imageProcessor(
      'net',
      { size: 8, rescale_factor: 1 / 127.5, rescale_offset: true, do_normalize: false },
      'x',
    )
    expect(values).toEqual({ scale: 1 / 127.5, offset: -1 })
  })
})

describe('resampling', () => {
  const fixture = JSON.parse(readFileSync(new URL('../../test/fixtures/resized.json', import.meta.url), 'utf8')) as {
    picture: string
    resized: Record<string, string>
  }

  it.each(['linear', 'cubic', 'lanczos3'] as const)('%s is that of Pillow to three of 255 levels', async (kernel) => {
    const raw = { width: 50, height: 40, channels: 3 } as const
    const png = new Uint8Array(await sharp(Buffer.from(fixture.picture, 'base64'), { raw }).png().toBuffer())
    const { data } = await readImage(png, {
      sizing: { height: 16, width: 16, resize: 'squash', cropFraction: 1, kernel },
    })
    const expected = Buffer.from(fixture.resized[kernel] ?? '', 'base64')
    expect(Float32Array.from(data)).toBeAllclose(Float32Array.from(expected), { rtol: 0, atol: 3 })
  })
})
