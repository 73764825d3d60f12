import { createHash } from 'node:crypto'
import { type Network, type TunableBackbone } from '@headstart/core'
import { type Graph, GraphBuilder, type Value } from '@headstart/onnx'
import { connect, decodeModel, toFullPrecision } from '@headstart/onnx/kit'
import { mobileNetWeights, nsfwjsWeights, openImagesWeights } from '../assets.js'
import type { ImageInput } from '../preprocessing/image-input.js'
import { builtInBackbone, type BuiltInOptions } from './built-in.js'
import { fingerprintOf, ofSize } from './mobilenet-v2.js'
import { type Side, sideBySide } from './side-by-side.js'

/**
 * Three MobileNetV2 that learned different things, side by side, and the picture itself: to 7,632 features. That of `mobileNetV2`,
 * trained to find 90 kinds of things in photos (COCO); the body of a detector of 23 kinds of things (Open Images); the middle of a wider one, trained on ImageNet and tuned to drawings and photos of people (nsfwjs), which knows textures; and 16 x 16
 * colors. Of block 12 of each there are means over the four quarters of the picture, since where something is counts as well. Each
 * part is divided by its spread, so that all have their say. Built in: 18 MB of weights, of which 11 are those of `mobileNetV2`;
 * nothing is downloaded. It takes about 3.5 times as long.
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
        .update('mobilenets-joined/1')
        .update(graphs.map((graph, index) => fingerprintOf(graph, models[index] as Uint8Array)).join())
        .digest('hex'),
    }
  }
  return builtInBackbone(load, options)
}

/** Weights in their own precision as float32, in which the network computes and can be trained. */
const single = (graph: Graph): Graph => toFullPrecision(graph).graph

/** Blocks after which the whole can be cut. */
const blocks = [12, 13, 14, 15, 16]

/** Some of the features of a network: means of a value over the picture, or over each of its cells. */
interface Part {
  readonly value: string
  /** Cells along each side. */
  readonly cells: number
  /** The last block before it. */
  readonly after: number
  /** By what it is divided: its root mean square distance from its mean, as it was measured on photos. */
  readonly spread: number
}

function joined(
  { coco, openImages, nsfwjs }: { readonly coco: Graph; readonly openImages: Graph; readonly nsfwjs: Graph },
  size: number,
): Network {
  const quarters = (spread: number): Part => ({ value: 'block12', cells: 2, after: 12, spread })
  return sideBySide(
    'mobilenets-joined',
    [
      sideOf('coco', ofSize(coco, size), size, [
        { value: 'features', cells: 1, after: 16, spread: 1.652 },
        quarters(20.5),
      ]),
      sideOf('open-images', normalized(openImages, size), size, [
        { value: 'map', cells: 1, after: 16, spread: 5.048 },
        quarters(18.4),
      ]),
      sideOf('nsfwjs', normalized(nsfwjs, size), size, [
        { value: 'map13', cells: 1, after: 12, spread: 2.58 },
        { value: 'map15', cells: 1, after: 14, spread: 5.482 },
        quarters(21.4),
      ]),
      // Twice its spread: on photos its say must be small, on small pictures it is still worth something.
      sideOf('colors', colors(size), size, [{ value: 'pixels', cells: 16, after: -1, spread: 2 * 1616 }]),
    ],
    ['blocks 0 to 12', ...blocks.slice(1).map((index) => `block ${index}`), 'features'],
  )
}

/** Pixels of each side of a block's value: all three make a picture smaller at the same blocks (table 2 of the paper). */
const sideAfter = (size: number, block: number): number => Math.ceil(size / (block < 13 ? 16 : 32))

/** A network as one of several, ending in some parts of what it computes. */
function sideOf(name: string, graph: Graph, size: number, parts: readonly Part[]): Side {
  const infoOf = (value: string) =>
    [...graph.inputs, ...graph.outputs].find((info) => info.name === value) ?? graph.valueInfo.get(value)
  const channelsOf = (value: string): number => Number(infoOf(value)?.dims?.[1])
  const columnsOf = ({ value, cells }: Part): number => channelsOf(value) * cells ** 2
  const g = new GraphBuilder('parts')
  const means = parts.map((part) => {
    const { value, cells, after, spread } = part
    const isMap = infoOf(value)?.dims?.length === 4
    const x = g.input(`${value}/whole`, 'float32', ['batch', channelsOf(value), ...(isMap ? ['height', 'width'] : [])])
    const mean = isMap ? pooled(g, x, cells, after < 0 ? size : sideAfter(size, after)) : x
    return g.op('Mul', [mean, g.scalar(1 / spread)], {}, { name: partName(part) })
  })
  const total = parts.reduce((sum, part) => sum + columnsOf(part), 0)
  const features = means.length === 1 ? (means[0] as Value) : g.op('Concat', means, { axis: 1 })
  g.output('all', features, 'float32', ['batch', total])
  const last = Math.max(...parts.map(({ after }) => after))
  return {
    name,
    graph: connect(graph, g.build(), Object.fromEntries(parts.map(({ value }) => [`${value}/whole`, value]))),
    cuts: blocks.map((index) => {
      const [block, side] = [`block${index}`, sideAfter(size, index)]
      const done = parts
        .filter(({ after }) => after < index)
        .map((part) => [partName(part), [columnsOf(part)]] as const)
      return { ...(index <= last && { [block]: [channelsOf(block), side, side] }), ...Object.fromEntries(done) }
    }),
  }
}

const partName = ({ value }: Part): string => `${value}/part`

/** Means over the whole, or over cells that overlap where the side cannot be divided by their number. */
function pooled(g: GraphBuilder, x: Value, cells: number, side: number): Value {
  if (cells === 1) return g.op('Flatten', [g.op('GlobalAveragePool', [x])])
  const stride = Math.floor(side / cells)
  const kernel = side - (cells - 1) * stride
  return g.op('Flatten', [g.op('AveragePool', [x], { kernel_shape: [kernel, kernel], strides: [stride, stride] })])
}

/** Pixels from 0 to 255 as a network wants them, from -1 to 1. */
function normalized(graph: Graph, size: number): Graph {
  const g = new GraphBuilder('normalized')
  const dims = ['batch', 3, size, size]
  const shares = g.op('Mul', [g.input('pixels', 'float32', dims), g.scalar(1 / 127.5)])
  g.output('shares', g.op('Sub', [shares, g.scalar(1)]), 'float32', dims)
  return connect(g.build(), graph, { normalized: 'shares' })
}

/** The pixels themselves. */
function colors(size: number): Graph {
  const g = new GraphBuilder('colors')
  const dims = ['batch', 3, size, size]
  g.output('same', g.op('Identity', [g.input('pixels', 'float32', dims)]), 'float32', dims)
  return g.build()
}
