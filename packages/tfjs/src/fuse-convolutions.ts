import { float32, type Tensor } from '@headstart/onnx'
import { producerOf, type TfGraph, type TfNode } from './tf-graph.js'

/** Convolutions and products by the name of their form with a bias. */
const fusedForms: Readonly<Record<string, string>> = {
  Conv2D: '_FusedConv2D',
  _FusedConv2D: '_FusedConv2D',
  DepthwiseConv2dNative: 'FusedDepthwiseConv2dNative',
  FusedDepthwiseConv2dNative: 'FusedDepthwiseConv2dNative',
  MatMul: '_FusedMatMul',
  _FusedMatMul: '_FusedMatMul',
}

/** What a node does to each channel: scale * x + shift; one number stands for all channels. */
interface Affine {
  readonly scale: Numbers
  readonly shift: Numbers
}
type Numbers = ArrayLike<number>

/**
 * The graph with what follows a convolution channel by channel (bias, batch normalization, scale) made part of it:
 * conv(x, w) * scale + shift = conv(x, w * scale) + shift. The convolution then stands under the name of the last of
 * these nodes. One whose own value is needed, as an output or by others, stays as it is.
 */
export function fuseConvolutions(graph: TfGraph, outputs: readonly string[]): TfGraph {
  const nodes = new Map<string, TfNode>()
  const weights = new Map(graph.weights)
  const readers = countReaders(graph, outputs)
  const constant = (value: string | undefined): Tensor | undefined =>
    graph.nodes.get(value ?? '')?.op === 'Const' ? weights.get(value ?? '') : undefined

  for (const node of graph.nodes.values()) {
    nodes.set(node.name, node)
    const convolution = node.inputs.map((input) => nodes.get(input)).find((input) => input && isOpen(input))
    if (!convolution || readers.get(convolution.name) !== 1) continue
    const [images = '', filterName = '', biasName] = convolution.inputs
    const filter = weights.get(filterName)
    const bias = biasName === undefined ? undefined : weights.get(biasName)
    if (!filter || (biasName !== undefined && !bias)) continue
    const channels = channelsOf(convolution, filter)
    const affine = affineOf(node, convolution, channels, constant)
    if (!affine) continue
    const isColumnLast = convolution.attributes['transpose_b'] !== true
    if (!isColumnLast && !isOne(affine.scale)) continue

    const put = (name: string, content: Tensor): string => {
      nodes.set(name, { name, op: 'Const', inputs: [], attributes: {} })
      weights.set(name, content)
      return name
    }
    const at = (numbers: Numbers, channel: number): number => numbers[numbers.length === 1 ? 0 : channel] as number
    const old = bias?.data as Float32Array | undefined
    const shifted = Float32Array.from(
      { length: channels },
      (_, channel) => (old?.[channel] ?? 0) * at(affine.scale, channel) + at(affine.shift, channel),
    )
    const scaled = (filter.data as Float32Array).map((value, index) => value * at(affine.scale, index % channels))
    nodes.delete(node.name)
    nodes.delete(convolution.name)
    const inputs = [
      images,
      isOne(affine.scale) ? filterName : put(`${node.name}/filter`, float32(filter.dims, scaled)),
      put(`${node.name}/bias`, float32([channels], shifted)),
    ]
    nodes.set(node.name, {
      name: node.name,
      op: fusedForms[convolution.op] as string,
      inputs,
      attributes: { ...convolution.attributes, fused_ops: ['BiasAdd'] },
    })
  }
  return { ...graph, nodes, weights }
}

function countReaders({ nodes }: TfGraph, outputs: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of [...[...nodes.values()].flatMap(({ inputs }) => inputs), ...outputs]) {
    const [name] = producerOf(value)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** A convolution without an activation, after which a scale and a bias can still go in. */
function isOpen({ op, attributes }: TfNode): boolean {
  if (!Object.hasOwn(fusedForms, op)) return false
  const fused = (attributes['fused_ops'] ?? []) as readonly string[]
  return fused.every((name) => name === 'BiasAdd' || name === '')
}

/** Channels that come out: the fastest axis of the filter, two of a depthwise one; of a product its columns. */
function channelsOf({ op, attributes }: TfNode, { dims }: Tensor): number {
  const [outer = 1, inner = 1] = dims.slice(-2)
  if (fusedForms[op] === 'FusedDepthwiseConv2dNative') return outer * inner
  return attributes['transpose_b'] === true ? outer : inner
}

function isOne(numbers: Numbers): boolean {
  return Array.from(numbers).every((number) => number === 1)
}

function affineOf(
  node: TfNode,
  convolution: TfNode,
  channels: number,
  constant: (value: string | undefined) => Tensor | undefined,
): Affine | undefined {
  const isFirst = node.inputs[0] === convolution.name
  /** An input that is one number, or one for each channel. */
  const numbers = (index: number): Numbers | undefined => {
    const content = constant(node.inputs[index])
    const isPerChannel =
      content?.data.length === 1 || (content?.data.length === channels && content.dims.at(-1) === channels)
    return isPerChannel ? (content?.data as Float32Array) : undefined
  }
  const other = numbers(isFirst ? 1 : 0)
  // A vector in a sum stands for the last axis, which is that of the channels only where they come last.
  const isLast = convolution.attributes['data_format'] !== 'NCHW'
  switch (node.op) {
    case 'BiasAdd':
      return isFirst && other ? { scale: [1], shift: other } : undefined
    case 'Add':
    case 'AddV2':
      return other && isLast ? { scale: [1], shift: other } : undefined
    case 'Sub':
      return isFirst && other && isLast ? { scale: [1], shift: Float64Array.from(other, (value) => -value) } : undefined
    case 'Mul':
      return other && isLast ? { scale: other, shift: [0] } : undefined
    case 'FusedBatchNorm':
    case 'FusedBatchNormV2':
    case 'FusedBatchNormV3':
      return isFirst ? normalization(node, numbers) : undefined
    default:
      return undefined
  }
}

/** gamma * (x - mean) / sqrt(variance + epsilon) + beta. */
function normalization({ attributes }: TfNode, numbers: (index: number) => Numbers | undefined): Affine | undefined {
  const [gamma, beta, mean, variance] = [numbers(1), numbers(2), numbers(3), numbers(4)]
  if (!gamma || !beta || !mean || !variance) return undefined
  const { epsilon } = attributes
  const scale = Float64Array.from(
    gamma,
    (value, channel) => value / Math.sqrt((variance[channel] as number) + Number(epsilon ?? 1e-4)),
  )
  return {
    scale,
    shift: Float64Array.from(beta, (value, channel) => value - (mean[channel] as number) * (scale[channel] as number)),
  }
}
