import '@headstart/onnx/test'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { OptionError, rowOf } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { decodeTfjsModel, type ModelJson, runTfjs } from '@headstart/tfjs'
import { Session } from '@headstart/onnx'
import { extract } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { endingAt, runTflite } from '../../../tfjs/test/tflite-runtime.js'
import { sourcePackage } from '../../../../scripts/source-package.js'
import { fields, noise, plain } from '../../test/pictures.js'
import { dataset, fineTune } from '../index.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imageLoader, imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import { joinedMobileNets } from './joined-mobile-nets.js'
import { mobileNetV2 } from './mobilenet-v2.js'

const pictures = [fields(120, 90), noise(1, { width: 260, height: 400 })]
const inputs = await Promise.all(pictures.map(async (picture) => new Uint8Array(await picture.png().toBuffer())))

testBackbone<ImageInput>('joinedMobileNets', {
  create: () => joinedMobileNets({ size: 64 }),
  inputs: [...inputs, new Uint8Array(await plain([250, 120, 30], 64, 64).png().toBuffer())],
  loader: imageLoader,
  atol: 1e-4,
})

/** Means of a map `[height, width, channels]` over all places, each divided by its spread. */
function means(map: Float32Array, channels: number, spread: number): Float32Array {
  const places = map.length / channels
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let place = 0; place < places; place++) sum += map[place * channels + channel] as number
    return sum / places / spread
  })
}

describe('joinedMobileNets', () => {
  it('begins with the features of MobileNetV2, divided by their spread', async () => {
    const [joined, alone] = await Promise.all([joinedMobileNets({ size: 64 }), mobileNetV2({ size: 64 })])
    const [ours, theirs] = [await joined.embed(inputs), await alone.embed(inputs)]
    for (const row of inputs.keys()) {
      const expected = rowOf(theirs, row).map((value) => value / 1.652)
      expect(rowOf(ours, row).subarray(0, 2112)).toBeAllclose(expected, { atol: 1e-5 })
    }
  })

  it('goes on with those of the detector of Open Images, as TensorFlow Lite computes them', async () => {
    const size = 300
    const { path } = sourcePackage('@mediapipe/objectron', '0.4.1675468480', new URL('../..', import.meta.url))
    const packed = new Uint8Array(await readFile(path('objectron_solution_packed_assets.data')))
    const detector = packed.slice(Buffer.from(packed).indexOf('TFL3') - 4)
    const joined = `Relu6;${body}/BatchNorm/FusedBatchNormV3;${body}/Conv2D`
    const { collate, prepare } = imagePreprocessing({
      input: 'x',
      size,
      layout: 'nhwc',
      values: { scale: 1 / 127.5, offset: -1 },
    })
    const [input] = inputs as [Uint8Array]
    const ours = await (await joinedMobileNets({ size })).embed([input])
    const { x } = collate([await prepare(input)])
    const [map] = (await runTflite(endingAt(detector, `${body}/${joined}`), [x?.data as Float32Array])).values()
    expect(map?.dims).toEqual([1, 10, 10, 1280])
    const expected = means(map?.data as Float32Array, 1280, 5.048)
    expect(rowOf(ours, 0).subarray(2496, 3776)).toBeAllclose(expected, { atol: 1e-4 })
  })

  it('ends with those of the middle of nsfwjs, as TensorFlow.js computes them', async () => {
    const { path } = sourcePackage('nsfwjs', '4.4.0', new URL('../..', import.meta.url))
    const require = createRequire(import.meta.url)
    const file = (name: string): unknown => require(path(`dist/models/mobilenet_v2_mid/${name}.min.js`))
    const json = file('model') as ModelJson
    const model = await decodeTfjsModel('nsfwjs', JSON.stringify(json), async (shard) =>
      Buffer.from(file(shard) as string, 'base64'),
    )
    const nodes = (json.modelTopology as { readonly node: readonly { readonly name: string }[] }).node
    const preprocessing = imagePreprocessing({
      input: 'input',
      size: 224,
      layout: 'nhwc',
      values: { scale: 1 / 255, offset: 0 },
    })
    const ours = await (await joinedMobileNets()).embed(inputs)
    let first = 4160
    for (const [end, channels, places, spread] of [
      ['expanded_conv_13/expand/Relu6', 816, 14 * 14, 2.58],
      ['expanded_conv_15/expand/Relu6', 1344, 7 * 7, 5.482],
    ] as const) {
      const output = nodes.find(({ name }) => name.endsWith(end))?.name ?? expect.fail(end)
      const featureSize = channels * places
      const original = await runTfjs(model, { id: 'nsfwjs', modality: 'image', preprocessing, output, featureSize })
      const theirs = await original.embed(inputs)
      for (const row of inputs.keys()) {
        const expected = means(rowOf(theirs, row), channels, spread)
        expect(rowOf(ours, row).subarray(first, first + channels), end).toBeAllclose(expected, { atol: 1e-4 })
      }
      first += channels
    }
    expect(first).toBe(6320)
  })

  it('says of the quarters of a picture what block 12 finds there, and which colors they have', async () => {
    const { network } = await mobileNetV2({ size: 64 })
    await using session = await Session.create(extract(network.graph, [], ['block12']), { threads: 1 })
    const { collate, prepare } = imagePreprocessing({ input: 'pixels', size: 64, values: { scale: 1, offset: 0 } })
    const [input] = inputs as [Uint8Array]
    const feeds = collate([await prepare(input)])
    const { block12 } = await session.run(feeds)
    const [map, pixels] = [block12, feeds['pixels']].map((one) => (one?.data ?? []) as Float32Array)
    const cells = (values: Float32Array, channels: number, side: number, count: number): number[] =>
      Array.from({ length: channels * count * count }, (_, index) => {
        const [channel, y, x] = [Math.floor(index / count ** 2), Math.floor(index / count) % count, index % count]
        const size = side / count
        let sum = 0
        for (let place = 0; place < size * size; place++) {
          const [row, column] = [y * size + Math.floor(place / size), x * size + (place % size)]
          sum += values[(channel * side + row) * side + column] as number
        }
        return sum / size ** 2
      })
    const ours = rowOf(await (await joinedMobileNets({ size: 64 })).embed([input]), 0)
    const quarters = cells(map as Float32Array, 96, 4, 2).map((value) => value / 20.5)
    expect(ours.subarray(2112, 2496)).toBeAllclose(Float32Array.from(quarters), { atol: 1e-5 })
    const colors = cells(pixels as Float32Array, 3, 64, 16).map((value) => value / 3232)
    expect(ours.subarray(6864)).toBeAllclose(Float32Array.from(colors), { atol: 1e-5 })
  })

  it('has stages that can be unfrozen, in all three', async () => {
    const backbone = await joinedMobileNets({ size: 32 })
    expect(backbone.network.stages.map(({ name }) => name)).toEqual([
      'blocks 0 to 12',
      'block 13',
      'block 14',
      'block 15',
      'block 16',
      'features',
    ])
    const examples = await Promise.all(
      Array.from({ length: 16 }, async (_, seed) => ({
        input: new Uint8Array(
          await noise(seed, { brightness: seed % 2 ? 0.3 : 0.8 })
            .png()
            .toBuffer(),
        ),
        label: seed % 2 ? 'dark' : 'bright',
      })),
    )
    const model = await fineTune(backbone, dataset(examples), { unfreeze: 2, epochs: 1, cache: false })
    expect(await model.accuracy(dataset(examples), { cache: false })).toBe(1)
  })

  it.each([0, 31, 224.5])('refuses a size of %d', async (size) => {
    await expect(joinedMobileNets({ size })).rejects.toThrow(OptionError)
  })
})

const body = 'FeatureExtractor/MobilenetV2/Conv_1'

describe('a package of weights', () => {
  it('that is missing when the package is built is named, with what to do', () => {
    expect(() => sourcePackage('no-such-package', '1.2.3', new URL('../..', import.meta.url))).toThrow(
      /expected no-such-package 1\.2\.3, of which its assets are made, got no such package.*npm run setup/,
    )
    expect(() => sourcePackage('nsfwjs', '1.2.3', new URL('../..', import.meta.url))).toThrow(
      /expected nsfwjs 1\.2\.3.*got version 4\.4\.0/,
    )
  })
})
