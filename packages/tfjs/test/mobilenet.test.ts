import { type Graph, Session, type Tensor } from '@headstart/onnx'
import type { GraphModel } from '@tensorflow/tfjs-converter'
import type * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { UnknownOperatorError } from '../src/errors.js'
import { importTfjs } from '../src/import-tfjs.js'
import { readTfjsModel, type TfjsModel } from '../src/read-tfjs-model.js'
import { cocoSsd } from './coco-ssd.js'
import { operatorCounts } from './operator-counts.js'
import {
  artifactsOf,
  channelsFirst,
  fromTensorflow,
  originalGraphModel,
  scoped,
  toTensorflow,
  useBackend,
} from './original.js'
import { expectParity } from './parity.js'
import { randomTensor } from './random-tensor.js'

let model: TfjsModel
let original: GraphModel
beforeAll(async () => {
  await useBackend('wasm')
  model = await readTfjsModel(cocoSsd.path)
  original = await originalGraphModel(await artifactsOf(cocoSsd.path))
})

/** What TensorFlow.js makes of the pixels. */
function theirs(pixels: Tensor, outputs: readonly string[]): Tensor[] {
  return scoped(() =>
    [original.execute({ [cocoSsd.pixels]: toTensorflow(pixels) }, [...outputs])]
      .flat()
      .map((one) => fromTensorflow(one as tf.Tensor)),
  )
}

describe('MobileNetV2 out of a detector, imported from pixels to its last feature map', () => {
  const importFrom = (dims: readonly (number | string)[], layout: 'nchw' | 'nhwc'): Graph =>
    importTfjs(model, { inputs: { [cocoSsd.pixels]: { dims } }, outputs: [cocoSsd.features], layout })

  it.each([
    { height: 300, width: 300, layout: 'nchw' },
    { height: 224, width: 224, layout: 'nchw' },
    { height: 161, width: 97, layout: 'nchw' },
    { height: 224, width: 160, layout: 'nhwc' },
  ] as const)(
    'gives the features that TensorFlow.js gives at $height x $width, as $layout',
    async ({ height, width, layout }) => {
      const pixels = randomTensor([2, height, width, 3], height, 0, 255)
      const [expected] = theirs(pixels, [cocoSsd.features]) as [Tensor]
      const session = await Session.create(importFrom(['batch', 'height', 'width', 3], layout))
      const inOrder = (images: Tensor): Tensor => (layout === 'nchw' ? channelsFirst(images) : images)
      const results = await session.run({ [cocoSsd.pixels]: inOrder(pixels) })
      expectParity(results[cocoSsd.features], inOrder(expected), { tolerance: 1e-5 })
      await session.close()
    },
  )

  it('is convolutions with their normalization folded in, and no transposition', () => {
    expect(operatorCounts(importFrom(['batch', 'height', 'width', 3], 'nchw'))).toEqual({
      Mul: 1,
      Sub: 1,
      Conv: 52,
      Clip: 35,
      Add: 20,
    })
  })

  it('is transposed at its ends only where the images have their channels last', () => {
    expect(operatorCounts(importFrom(['batch', 'height', 'width', 3], 'nhwc'))['Transpose']).toBe(2)
  })

  it('has its padding in numbers where the size of the images is fixed', () => {
    const hasAutoPad = ({ nodes }: Graph): boolean => nodes.some(({ attributes }) => 'auto_pad' in attributes)
    expect(hasAutoPad(importFrom(['batch', 224, 224, 3], 'nchw'))).toBe(false)
    expect(importFrom(['batch', 224, 224, 3], 'nchw').outputs[0]?.dims).toEqual(['batch', 1280, 7, 7])
    expect(hasAutoPad(importFrom(['batch', 'height', 'width', 3], 'nchw'))).toBe(true)
  })

  it('gives the values of every block under the names that they have in TensorFlow.js', async () => {
    const pixels = randomTensor([1, 128, 128, 3], 7, 0, 255)
    const outputs = cocoSsd.blocks.map(({ output }) => output)
    const graph = importTfjs(model, {
      inputs: { [cocoSsd.pixels]: { dims: ['batch', 'height', 'width', 3] } },
      outputs,
    })
    const results = await (await Session.create(graph)).run({ [cocoSsd.pixels]: channelsFirst(pixels) })
    theirs(pixels, outputs).forEach((expected, index) => {
      const { output, channels } = cocoSsd.blocks[index] ?? { output: '', channels: 0 }
      expect(results[output]?.dims[1], output).toBe(channels)
      expectParity(results[output], channelsFirst(expected), { tolerance: 1e-5, message: output })
    })
  })
})

describe('the whole detector, imported from pixels to its scores and boxes', () => {
  it('gives what TensorFlow.js gives before it chooses among the boxes, for several images', async () => {
    const outputs = ['Postprocessor/Slice', 'Postprocessor/ExpandDims_1']
    const pixels = randomTensor([2, 300, 300, 3], 8, 0, 255)
    const expected = theirs(pixels, outputs)
    const graph = importTfjs(model, {
      inputs: { [cocoSsd.pixels]: { dims: ['batch', 300, 300, 3] } },
      outputs,
      layout: 'nhwc',
    })
    const results = await (await Session.create(graph)).run({ [cocoSsd.pixels]: pixels })
    expect(expected.map(({ dims }) => dims)).toEqual([
      [2, 1917, 90],
      [2, 1917, 1, 4],
    ])
    outputs.forEach((name, index) =>
      expectParity(results[name], expected[index] as Tensor, { tolerance: 1e-5, message: name }),
    )
    // The shapes that its nodes compute are known beforehand, but for the batch.
    expect(operatorCounts(graph)['Shape'] ?? 0).toBeLessThanOrEqual(1)
  })

  it('names every operator that cannot be imported, and its node, where the loop over the batch is wanted too', () => {
    expect(() => importTfjs(model)).toThrow('LoopCond (node "Preprocessor/map/while/LoopCond")')
    const error = catchError(() => importTfjs(model))
    expect(error).toBeInstanceOf(UnknownOperatorError)
    // The message names as many as can be read, the error all.
    expect((error as UnknownOperatorError).unknown).toEqual(
      expect.arrayContaining([
        { operator: 'LoopCond', node: 'Preprocessor/map/while/LoopCond' },
        { operator: 'TensorArrayV3', node: 'Preprocessor/map/TensorArray' },
      ]),
    )
  })
})

function catchError(work: () => unknown): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}
