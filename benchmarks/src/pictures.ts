import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { float32, GraphBuilder } from '@headstart/onnx'
import { networkBackbone, random } from '@headstart/core/kit'
import { type ImageInput, mobileNetV2, type TunableBackbone } from '@headstart/vision'
import { imagePreprocessing } from '@headstart/vision/kit'
import sharp from 'sharp'
import { cocoSsd } from '../../packages/tfjs/test/coco-ssd.js'
import {
  artifactsOf,
  fromTensorflow,
  originalGraphModel,
  scoped,
  toTensorflow,
  useBackend,
} from '../../packages/tfjs/test/original.js'
import { randomTensor } from '../../packages/tfjs/test/random-tensor.js'
import { bareLoop } from './bare-loop.js'
import { atLeast, atMost, type Benchmark } from './figure.js'
import { median, secondsOf } from './measure.js'

const side = 224
const rounds = 5
/** Files on the disk; the measure of memory reads them over and over. */
const files = 200
/** Pictures that TensorFlow.js, which is slow, is given in each round. */
const fewer = 20
const few = 200
const many = 10_000

/** Pictures per second of an image backbone, from JPEG files to features, and the memory for many of them. */
export const pictures: Benchmark = {
  title: `Embedding JPEG files of 500 x 375 pixels with MobileNetV2 at ${side} x ${side}`,
  async run() {
    const folder = await mkdtemp(join(tmpdir(), 'headstart-bench-'))
    try {
      const paths = await writePictures(folder)
      const inputs = (count: number): string[] =>
        Array.from({ length: count }, (_, place) => paths[place % files] as string)

      const small = smallBackbone()
      const [before, after] = [await peakMemory(small, inputs(few)), await peakMemory(small, inputs(many))]

      const backbone = await mobileNetV2({ size: side })
      const bare = await bareLoop(backbone, paths)
      await bare()
      await backbone.embed(paths)
      const original = await originalNetwork()
      const some = paths.slice(0, fewer)
      await original(some)
      // In turns, so that a busy moment of the machine meets all three.
      const rates: { ours: number; bare: number; original: number }[] = []
      for (let round = 0; round < rounds; round++) {
        rates.push({
          ours: files / (await secondsOf(() => backbone.embed(paths))),
          bare: files / (await secondsOf(bare)),
          original: fewer / (await secondsOf(() => original(some))),
        })
      }
      const rate = (of: keyof (typeof rates)[number]): string => `${median(rates.map((one) => one[of])).toFixed(0)} /s`
      return [
        atLeast(
          'times a bare onnxruntime-node loop over pixels in memory',
          median(rates.map((one) => one.ours / one.bare)),
          0.85,
          `${rate('ours')} from files, bare ${rate('bare')}`,
        ),
        atLeast(
          'times the same network on TensorFlow.js (WASM), which is given pixels in memory',
          median(rates.map((one) => one.ours / one.original)),
          8,
          `${rate('ours')} from files, TensorFlow.js ${rate('original')}`,
        ),
        atMost(
          `more memory for ${many.toLocaleString('en')} pictures than for ${few}`,
          (after - before) / 2 ** 20,
          300,
          `${(before / 2 ** 20).toFixed(0)} MiB for ${few}`,
          ' MiB',
        ),
      ]
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** The detector's network as far as the features need it, executed by TensorFlow.js on pixels in memory. */
async function originalNetwork(): Promise<(paths: readonly string[]) => Promise<void>> {
  await useBackend('wasm')
  const model = await originalGraphModel(await artifactsOf(cocoSsd.path))
  const last = 'FeatureExtractor/MobilenetV2/layer_19_2_Conv2d_2_3x3_s2_512/Relu6'
  const image = randomTensor([1, side, side, 3], 1, 0, 255)
  return async (paths) => {
    for (const _ of paths)
      scoped(() => fromTensorflow(model.execute({ [cocoSsd.pixels]: toTensorflow(image) }, last) as never))
  }
}

/** Smooth shapes with fine noise on them, as in photos: about 50 KB each. */
async function writePictures(folder: string): Promise<string[]> {
  const { below } = random(1)
  const noise = (width: number, height: number) =>
    sharp(
      Uint8Array.from({ length: width * height * 3 }, () => below(256)),
      { raw: { width, height, channels: 3 } },
    )
  const grain = await noise(500, 375).modulate({ saturation: 0.5 }).ensureAlpha(0.1).png().toBuffer()
  return Promise.all(
    Array.from({ length: files }, async (_, place) => {
      const path = join(folder, `${place}.jpg`)
      const shapes = noise(12, 9).resize(500, 375, { kernel: 'cubic' })
      await shapes
        .composite([{ input: grain }])
        .jpeg({ quality: 85 })
        .toFile(path)
      return path
    }),
  )
}

/** One convolution, and the mean over all places: what memory there is goes to pictures. */
function smallBackbone(): TunableBackbone<ImageInput> {
  const { uniform } = random(1)
  const g = new GraphBuilder('one-convolution')
  const pixels = g.input('pixels', 'float32', ['batch', 3, side, side])
  const kernel = g.weight('kernel', float32([8, 3, 16, 16], Float32Array.from({ length: 8 * 3 * 16 * 16 }, uniform)))
  const places = g.op('Conv', [pixels, kernel], { strides: [16, 16] })
  g.output('features', g.op('Flatten', [g.op('GlobalAveragePool', [places])]), 'float32', ['batch', 8])
  const preprocessing = imagePreprocessing({ input: 'pixels', size: side, values: { scale: 1 / 255, offset: 0 } })
  return networkBackbone({
    id: 'one-convolution',
    modality: 'image',
    network: { graph: g.build(), stages: [] },
    preprocessing,
  })
}

/** Largest resident memory of the process while it embeds, in bytes. */
async function peakMemory(backbone: TunableBackbone<ImageInput>, inputs: readonly string[]): Promise<number> {
  let peak = 0
  await backbone.embed(inputs, { onProgress: () => void (peak = Math.max(peak, process.memoryUsage().rss)) })
  return peak
}
