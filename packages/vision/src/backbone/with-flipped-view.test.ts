import '@headstart/onnx/test'
import { networkBackbone, OptionError } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { GraphBuilder } from '@headstart/onnx'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { noise } from '../../test/pictures.js'
import { tinyConfig, tinyImageBackbone, tinyNetwork } from '../../test/tiny-image-backbone.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { imageLoader, imagePreprocessing } from '../preprocessing/image-preprocessing.js'
import { withFlippedView } from './with-flipped-view.js'

// Of the network's own size, so that a mirrored picture has exactly the mirrored pixels.
const pictures = [1, 2, 3].map((seed) => noise(seed, { width: 16, height: 12 }))
const inputs = await Promise.all(pictures.map(async (image) => new Uint8Array(await image.png().toBuffer())))
const mirrored = await Promise.all(
  inputs.map(async (bytes) => new Uint8Array(await sharp(bytes).flop().png().toBuffer())),
)

const flippedBackbone = (layout: 'nchw' | 'nhwc') =>
  networkBackbone({
    id: 'tiny-flipped',
    modality: 'image',
    network: withFlippedView(tinyNetwork(layout), layout),
    preprocessing: imagePreprocessing({ ...tinyConfig, layout }),
  })

testBackbone<ImageInput>('a tiny network with a flipped view', {
  create: () => flippedBackbone('nchw'),
  inputs,
  loader: imageLoader,
})

describe('withFlippedView', () => {
  it.each(['nchw', 'nhwc'] as const)(
    'gives the mean of the features of a picture and its mirror image: %s',
    async (layout) => {
      const plain = tinyImageBackbone({ layout })
      const [asTheyAre, turned] = [await plain.embed(inputs), await plain.embed(mirrored)]
      const mean = asTheyAre.data.map((value, place) => (value + (turned.data[place] as number)) / 2)
      const backbone = flippedBackbone(layout)
      expect((await backbone.embed(inputs)).data).toBeAllclose(mean, { atol: 1e-5 })
      expect((await backbone.embed(mirrored)).data).toBeAllclose(mean, { atol: 1e-5 })
      expect(mean).not.toBeAllclose(asTheyAre.data, { atol: 0.01 })
    },
  )

  it('keeps the stages, and the names of all values', () => {
    const { graph, stages } = tinyNetwork()
    const flipped = withFlippedView({ graph, stages })
    expect(flipped.stages).toEqual(stages)
    const names = new Set(flipped.graph.nodes.flatMap(({ outputs }) => outputs))
    for (const { name } of graph.outputs) expect(names).toContain(name)
    for (const { output } of stages) expect(names).toContain(output)
  })

  it('refuses a network whose pictures have no fixed size', () => {
    const g = new GraphBuilder('free')
    const pixels = g.input('pixels', 'float32', ['batch', 3, 'height', 'width'])
    g.output('features', g.op('Flatten', [g.op('GlobalAveragePool', [pixels])]), 'float32', ['batch', 3])
    const make = () => withFlippedView({ graph: g.build(), stages: [] })
    expect(make).toThrow(OptionError)
    expect(make).toThrow(/got a graph with pixels\[batch, 3, height, width\]\. Fix the size/)
  })
})
