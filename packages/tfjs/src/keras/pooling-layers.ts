import type { Layer, LayerImporter, LayerValue } from './layer.js'

function images(layer: Layer, inputs: readonly LayerValue[]): LayerValue {
  const x = inputs[0] as LayerValue
  layer.expectRank(x, 4)
  layer.expectChannelsLast()
  return x
}

const pooling =
  (op: string): LayerImporter =>
  (layer, inputs) => {
    const size = layer.pair('pool_size', 2)
    const [height, width] =
      layer.list('strides').length > 0 && layer.list('strides')[0] !== null ? layer.pair('strides', 2) : size
    const padding = layer.text('padding', 'valid').toUpperCase()
    return layer.op(op, [images(layer, inputs)], { ksize: [1, ...size, 1], strides: [1, height, width, 1], padding })
  }

/** Over all places at once. */
const globalPooling =
  (op: string, rank: number): LayerImporter =>
  (layer, inputs) => {
    const x = inputs[0] as LayerValue
    layer.expectRank(x, rank)
    layer.expectChannelsLast()
    const keepsDims = layer.flag('keepdims', false)
    const axes = Array.from({ length: rank - 2 }, (_, index) => index + 1)
    return layer.op(op, [x, layer.ints(axes)], { keep_dims: keepsDims }, keepsDims ? rank : 2)
  }

export const poolingLayers: Readonly<Record<string, LayerImporter>> = {
  MaxPooling2D: pooling('MaxPool'),
  AveragePooling2D: pooling('AvgPool'),
  GlobalAveragePooling2D: globalPooling('Mean', 4),
  GlobalMaxPooling2D: globalPooling('Max', 4),
  GlobalAveragePooling1D: globalPooling('Mean', 3),
  GlobalMaxPooling1D: globalPooling('Max', 3),
  UpSampling2D: (layer, inputs) => {
    const x = images(layer, inputs)
    const interpolation = layer.text('interpolation', 'nearest')
    if (interpolation !== 'nearest' && interpolation !== 'bilinear')
      throw layer.refusal('interpolation nearest or bilinear', interpolation)
    const shape = layer.op('Shape', [x], {}, 1)
    const size = layer.op('StridedSlice', [shape, layer.ints([1]), layer.ints([3]), layer.ints([1])])
    const target = layer.op('Mul', [size, layer.ints(layer.pair('size', 2))])
    return layer.op(interpolation === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear', [x, target])
  },
  ZeroPadding2D: (layer, inputs) => {
    const x = images(layer, inputs)
    const [height = 1, width = height] = layer.list('padding') as readonly (number | readonly number[])[]
    const both = (amount: number | readonly number[]): readonly number[] =>
      typeof amount === 'number' ? [amount, amount] : amount
    const paddings = [0, 0, ...both(height), ...both(width), 0, 0]
    return layer.op('Pad', [x, layer.ints(paddings)])
  },
  Cropping2D: (layer, inputs) => {
    const x = images(layer, inputs)
    const [[top = 0, bottom = 0] = [], [left = 0, right = 0] = []] = layer.list(
      'cropping',
    ) as unknown as readonly (readonly number[])[]
    // An end of 0 would be the beginning: where nothing is cut off, it is left open.
    const open = (bottom === 0 ? 0b0010 : 0) | (right === 0 ? 0b0100 : 0)
    const ends = layer.ints([0, -bottom, -right, 0])
    const attributes = { begin_mask: 0b1001, end_mask: 0b1001 | open }
    return layer.op('StridedSlice', [x, layer.ints([0, top, left, 0]), ends, layer.ints([1, 1, 1, 1])], attributes)
  },
}
