import { DataError, type NodesBefore, type OnnxInput, type TransformersInput } from '@headstart/core/load'
import { float32, GraphBuilder, int64, type Value } from '@headstart/onnx'
import type { ImageSettings } from './image-settings.js'

/**
 * Pillow's numbers of the filters, as `preprocessor_config.json` has them. With any but Lanczos' Transformers.js looks at the
 * nearest pixels alone, so that all that smooth are said to be that one: it is nearer to them.
 */
const [nearest, lanczos] = [0, 1]

/**
 * Pictures as the pipeline `image-classification` of Transformers.js brings them to a network.
 * @throws DataError for sizes that it cannot bring them to.
 */
export function imagesForTransformers(settings: ImageSettings): TransformersInput {
  const { size, channels, values, layout } = settings
  const processor = {
    ...sizing(settings),
    do_convert_rgb: true,
    resample: settings.kernel === 'nearest' ? nearest : lanczos,
    ...numbers(values),
    do_flip_channel_order: channels === 'bgr',
  }
  const [height, width] = sidesOf(size)
  const g = new GraphBuilder('pictures')
  const pixels = g.input('pixel_values', 'float32', ['batch', 3, height, width])
  return {
    pipeline: 'image-classification',
    // It takes softmax whatever the network answers.
    kinds: ['classification'],
    // It hands pixels to a network as they are, whatever is inside.
    family: { type: 'vit', architecture: 'ViTForImageClassification' },
    files: new Map([['preprocessor_config.json', new TextEncoder().encode(`${JSON.stringify(processor, null, 2)}\n`)]]),
    before: toNetwork(g, layout === 'nchw' ? pixels : g.op('Transpose', [pixels], { perm: [0, 2, 3, 1] }), settings),
  }
}

/** Pictures for whoever runs the network from one ONNX file: uint8 `image`, `[batch, height, width, 3]`, red first. */
export function imagesForOnnx(settings: ImageSettings): OnnxInput {
  const { size, channels, values, layout } = settings
  const [height, width] = sidesOf(size)
  const g = new GraphBuilder('pictures')
  const bytes = g.op('Cast', [g.input('image', 'uint8', ['batch', height, width, 3])], { to: 1 })
  const [scale, offset] =
    'scale' in values
      ? [[values.scale], [values.offset]]
      : [
          values.std.map((std) => 1 / (255 * std)),
          values.mean.map((mean, channel) => -mean / (values.std[channel] as number)),
        ]
  const scaled = g.op('Mul', [bytes, g.weight('scale', float32([scale.length], scale))])
  const moved = g.op('Add', [scaled, g.weight('offset', float32([offset.length], offset))])
  const ordered =
    channels === 'rgb' ? moved : g.op('Gather', [moved, g.weight('order', int64([3], [2, 1, 0]))], { axis: 3 })
  const laid = layout === 'nhwc' ? ordered : g.op('Transpose', [ordered], { perm: [0, 3, 1, 2] })
  return { metadata: {}, before: toNetwork(g, laid, settings) }
}

function toNetwork(g: GraphBuilder, pixels: Value, { input, size, layout }: ImageSettings): NodesBefore {
  const [height, width] = sidesOf(size)
  const output = `pictures/${input}`
  const dims = layout === 'nchw' ? [3, height, width] : [height, width, 3]
  g.output(output, pixels, 'float32', ['batch', ...dims])
  return { graph: g.build(), wiring: { [input]: output } }
}

/** What brings pictures to a size: by their shorter side and the center of that, or squashed. */
function sizing({ size, resize, cropFraction }: ImageSettings): object {
  const [height, width] = sidesOf(size)
  const [fullHeight, fullWidth] = [height, width].map((side) => Math.round(side / cropFraction)) as [number, number]
  const refused = (got: string): DataError =>
    new DataError(
      'model to be exported',
      'pictures that are cropped to a square, or squashed',
      got,
      'Export it to onnx, which takes any.',
    )
  if (resize === 'pad') throw refused('pictures that are filled up at both sides')
  if (resize === 'crop' && height !== width) throw refused(`pictures that are cropped to ${width} x ${height} pixels`)
  const center = { do_center_crop: true, crop_size: { height, width } }
  if (resize === 'crop') {
    return {
      image_processor_type: 'CLIPImageProcessor',
      do_resize: true,
      size: { shortest_edge: fullHeight },
      ...center,
    }
  }
  const squashed = { do_resize: true, size: { height: fullHeight, width: fullWidth } }
  return cropFraction < 1
    ? { image_processor_type: 'CLIPImageProcessor', ...squashed, ...center }
    : { image_processor_type: 'ViTImageProcessor', ...squashed }
}

/** What becomes of a value v of 0 to 255: v · rescale_factor, less the mean, divided by the deviation. */
function numbers(values: ImageSettings['values']): object {
  if ('mean' in values) {
    const { mean, std } = values
    return { do_rescale: true, rescale_factor: 1 / 255, do_normalize: true, image_mean: mean, image_std: std }
  }
  const { scale, offset } = values
  const same = (value: number): number[] => [value, value, value]
  return {
    do_rescale: scale !== 1,
    rescale_factor: scale,
    do_normalize: offset !== 0,
    image_mean: same(offset === 0 ? 0 : -offset),
    image_std: same(1),
  }
}

function sidesOf(size: ImageSettings['size']): readonly [height: number, width: number] {
  return typeof size === 'number' ? [size, size] : size
}
