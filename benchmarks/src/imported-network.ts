import { Session } from '@headstart/onnx'
import { importTfjs, readTfjsModel } from '@headstart/tfjs'
import { cocoSsd } from '../../packages/tfjs/test/coco-ssd.js'
import {
  artifactsOf,
  channelsFirst,
  fromTensorflow,
  originalGraphModel,
  scoped,
  toTensorflow,
  useBackend,
} from '../../packages/tfjs/test/original.js'
import { randomTensor } from '../../packages/tfjs/test/random-tensor.js'
import { atLeast, type Benchmark, type Figure } from './figure.js'
import { median, secondsOf } from './measure.js'

const rounds = 15
const { path, pixels, features } = cocoSsd

/** One image through MobileNetV2, imported from TensorFlow.js, beside TensorFlow.js' own execution. */
export const importedNetwork: Benchmark = {
  title: 'MobileNetV2 imported from TensorFlow.js',
  async run() {
    await useBackend('wasm')
    const original = await originalGraphModel(await artifactsOf(path))
    const inputs = { [pixels]: { dims: ['batch', 'height', 'width', 3] } }
    const session = await Session.create(importTfjs(await readTfjsModel(path), { inputs, outputs: [features] }))

    const figures: Figure[] = []
    for (const side of [224, 300]) {
      const image = randomTensor([1, side, side, 3], side, 0, 255)
      const feeds = { [pixels]: channelsFirst(image) }
      const ours = () => session.run(feeds)
      const theirs = async () =>
        scoped(() => fromTensorflow(original.execute({ [pixels]: toTensorflow(image) }, features) as Executed))
      await ours()
      await theirs()
      // In turns, so that a busy moment of the machine meets both.
      const times: { ours: number; theirs: number }[] = []
      for (let round = 0; round < rounds; round++) {
        times.push({ ours: await secondsOf(ours), theirs: await secondsOf(theirs) })
      }
      const milliseconds = (of: 'ours' | 'theirs'): string =>
        `${(1000 * median(times.map((one) => one[of]))).toFixed(1)} ms`
      const ratio = median(times.map((one) => one.theirs / one.ours))
      figures.push(
        atLeast(
          `times TensorFlow.js (WASM), ${side} x ${side}`,
          ratio,
          2,
          `${milliseconds('ours')}, TensorFlow.js ${milliseconds('theirs')}`,
        ),
      )
    }
    await session.close()
    return figures
  },
}

type Executed = Parameters<typeof fromTensorflow>[0]
