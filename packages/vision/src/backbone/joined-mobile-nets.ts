import { createHash } from 'node:crypto'
import { type Network, type TunableBackbone } from '@headstart/core'
import { type Dimension, type Graph, GraphBuilder, type Value } from '@headstart/onnx'
import { connect, decodeModel, toFullPrecision } from '@headstart/onnx/kit'
import { mobileNetWeights, nsfwjsWeights, openImagesWeights } from '../assets.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { builtInBackbone, type BuiltInOptions } from './built-in.js'
import { fingerprintOf, ofSize } from './mobilenet-v2.js'
import { type Shapes, sideBySide } from './side-by-side.js'

/**
 * Three MobileNetV2 that learned different things, side by side: pictures to 5,552 features. That of `mobileNetV2`, trained to
 * find 90 kinds of things in photos (COCO); the body of a detector of Open Images, whose labels are many more; and the
 * middle of a wider one, trained on ImageNet and tuned to drawings and photos of people (nsfwjs), which knows textures. Each
 * part is divided by its spread, so that all have the same say. Built in: 18 MB of weights, of which 11 are those of
 * `mobileNetV2`, nothing is downloaded. It takes about 3.5 times as long.
 *
 * Stages: blocks 0 to 12, block 13 to block 16, features; each is that of all three.
 *
 * @throws OptionError for a size that is no whole number from 32 on
 */
export async function joinedMobileNets(options: BuiltInOptions = {}): Promise<TunableBackbone<ImageInput>> {
  const load = async () => {
    const models = await Promise.all([mobileNetWeights(), openImagesWeights(), nsfwjsWeights()])
    const graphs = models.map((model, index) => decodeModel(model, `built-in network ${index + 1} of 3`))
    const [coco, openImages, nsfwjs] = graphs as [Graph, Graph, Graph]
    return {
      id: 'mobilenets-joined',
      network: (size: number) => joined({ coco, openImages: single(openImages), nsfwjs: single(nsfwjs) }, size),
      fingerprint: createHash('sha256')
        .update(
          JSON.stringify(['joined 1', graphs.map((graph, index) => fingerprintOf(graph, models[index] as Uint8Array))]),
        )
        .digest('hex'),
    }
  }
  return builtInBackbone(load, options)
}

/** Weights in their own precision as float32, in which the network computes and can be trained. */
const single = (graph: Graph): Graph => toFullPrecision(graph).graph

interface Parts {
  readonly coco: Graph
  readonly openImages: Graph
  readonly nsfwjs: Graph
}

/** Blocks after which the whole can be cut. */
const blocks = [12, 13, 14, 15, 16]

/**
 * Spreads (root mean square distance from the mean) of the features of each part, as they were measured on drawings and photos.
 */
const spreads = { coco: 1.652, map: 5.048, map13: 2.58, map15: 5.482 }

function joined({ coco, openImages, nsfwjs }: Parts, size: number): Network {
  /** The shape of a block: all three make a picture smaller at the same blocks (table 2 of the paper). */
  const block = (graph: Graph, index: number): Shapes => {
    const side = Math.ceil(size / (index < 13 ? 16 : 32))
    return { [`block${index}`]: [channelsOf(graph, `block${index}`), side, side] }
  }
  const middle = (index: number): Shapes => {
    const first = { [meanName('map13')]: [channelsOf(nsfwjs, 'map13')] }
    if (index < 13) return block(nsfwjs, index)
    return index < 15 ? { ...block(nsfwjs, index), ...first } : { features: [featuresOf(nsfwjs, ['map13', 'map15'])] }
  }
  return sideBySide(
    'mobilenets-joined',
    [
      { name: 'coco', graph: scaled(ofSize(coco, size)), cuts: blocks.map((index) => block(coco, index)) },
      {
        name: 'open-images',
        graph: withMeans(openImages, ['map'], size),
        cuts: blocks.map((index) => block(openImages, index)),
      },
      { name: 'nsfwjs', graph: withMeans(nsfwjs, ['map13', 'map15'], size), cuts: blocks.map(middle) },
    ],
    ['blocks 0 to 12', ...blocks.slice(1).map((index) => `block ${index}`), 'features'],
  )
}

type MapName = 'map' | 'map13' | 'map15'
const meanName = (map: MapName): string => `${map}/mean`

function channelsOf(graph: Graph, value: string): number {
  const info = graph.valueInfo.get(value) ?? graph.outputs.find(({ name }) => name === value)
  return Number(info?.dims?.[1])
}

function featuresOf(graph: Graph, maps: readonly MapName[]): number {
  return maps.reduce((sum, map) => sum + channelsOf(graph, map), 0)
}

/** The features of the network that stands alone as well, divided by their spread. */
function scaled(graph: Graph): Graph {
  const [output] = graph.outputs
  const dims: readonly Dimension[] = output?.dims ?? []
  const g = new GraphBuilder('scaled')
  const features = g.input('unscaled', 'float32', dims)
  g.output('scaled', g.op('Mul', [features, g.scalar(1 / spreads.coco)]), 'float32', dims)
  return connect(graph, g.build(), { unscaled: output?.name ?? '' })
}

/** Pixels from 0 to 255 to the means of some maps over the picture, each divided by its spread. */
function withMeans(graph: Graph, maps: readonly MapName[], size: number): Graph {
  const before = new GraphBuilder('normalized')
  const dims = ['batch', 3, size, size]
  const pixels = before.input('pixels', 'float32', dims)
  const shares = before.op('Mul', [pixels, before.scalar(1 / 127.5)])
  before.output('shares', before.op('Sub', [shares, before.scalar(1)]), 'float32', dims)

  const after = new GraphBuilder('means')
  const means = maps.map((map) => {
    const channels = channelsOf(graph, map)
    const whole = after.input(`${map}/whole`, 'float32', ['batch', channels, 'height', 'width'])
    const mean = after.op('Flatten', [after.op('GlobalAveragePool', [whole])])
    return after.op('Mul', [mean, after.scalar(1 / spreads[map])], {}, { name: meanName(map) })
  })
  const features = means.length === 1 ? (means[0] as Value) : after.op('Concat', means, { axis: 1 })
  after.output('features', features, 'float32', ['batch', featuresOf(graph, maps)])

  const fed = connect(before.build(), graph, { normalized: 'shares' })
  return connect(fed, after.build(), Object.fromEntries(maps.map((map) => [`${map}/whole`, map])))
}
