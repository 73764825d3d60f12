import type { TfAttribute } from '../tf-graph.js'
import { activate } from './activation-layers.js'
import type { Layer, LayerImporter, LayerValue } from './layer.js'

/** Strides, dilations and padding as a node of a convolution has them. */
function windowAttributes(layer: Layer): Record<string, TfAttribute> {
  layer.expectChannelsLast()
  const padding = layer.text('padding', 'valid')
  if (padding !== 'same' && padding !== 'valid') throw layer.refusal('padding same or valid', padding)
  return {
    strides: [1, ...layer.pair('strides', 1), 1],
    dilations: [1, ...layer.pair('dilation_rate', 1), 1],
    padding: padding.toUpperCase(),
  }
}

/** Bias and activation. */
function finish(layer: Layer, x: LayerValue): LayerValue {
  const hasBias = layer.flag('use_bias', true)
  return activate(layer, hasBias ? layer.op('BiasAdd', [x, layer.constant(layer.weight('bias'))]) : x)
}

function images(layer: Layer, inputs: readonly LayerValue[]): LayerValue {
  const x = inputs[0] as LayerValue
  layer.expectRank(x, 4)
  return x
}

/** Sizes of height and width times their strides; with a kernel larger than its stride and no padding, a bit more. */
function transposedSize(layer: Layer, x: LayerValue): LayerValue {
  const kernel = layer.pair('kernel_size', 1)
  const strides = layer.pair('strides', 1)
  const isSame = layer.text('padding', 'valid') === 'same'
  const beyond = strides.map((stride, axis) => (isSame ? 0 : Math.max((kernel[axis] as number) - stride, 0)))
  const shape = layer.op('Shape', [x], {}, 1)
  const part = (begin: number, end: number): LayerValue =>
    layer.op('StridedSlice', [shape, layer.ints([begin]), layer.ints([end]), layer.ints([1])])
  const grown = layer.op('AddV2', [layer.op('Mul', [part(1, 3), layer.ints(strides)]), layer.ints(beyond)])
  return layer.op('ConcatV2', [part(0, 1), grown, layer.ints([layer.setting('filters', 1)]), layer.ints([0])])
}

export const convolutionLayers: Readonly<Record<string, LayerImporter>> = {
  Conv2D: (layer, inputs) =>
    finish(
      layer,
      layer.op('Conv2D', [images(layer, inputs), layer.constant(layer.weight('kernel'))], windowAttributes(layer)),
    ),
  DepthwiseConv2D: (layer, inputs) => {
    const filter = layer.constant(layer.weight('depthwise_kernel'))
    return finish(layer, layer.op('DepthwiseConv2dNative', [images(layer, inputs), filter], windowAttributes(layer)))
  },
  SeparableConv2D: (layer, inputs) => {
    const [each, across] = [
      layer.constant(layer.weight('depthwise_kernel')),
      layer.constant(layer.weight('pointwise_kernel')),
    ]
    const depthwise = layer.op('DepthwiseConv2dNative', [images(layer, inputs), each], windowAttributes(layer))
    return finish(layer, layer.op('Conv2D', [depthwise, across], { strides: [1, 1, 1, 1], padding: 'VALID' }))
  },
  Conv2DTranspose: (layer, inputs) => {
    const x = images(layer, inputs)
    const attributes = windowAttributes(layer)
    if (layer.pair('dilation_rate', 1).some((rate) => rate !== 1)) throw layer.refusal('dilation_rate 1', 'another')
    const filter = layer.constant(layer.weight('kernel'))
    return finish(layer, layer.op('Conv2DBackpropInput', [transposedSize(layer, x), filter, x], attributes, 4))
  },
  Dense: (layer, inputs) =>
    finish(layer, layer.op('MatMul', [inputs[0] as LayerValue, layer.constant(layer.weight('kernel'))])),
}
