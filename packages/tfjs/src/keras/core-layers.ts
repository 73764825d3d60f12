import { float32 } from '@headstart/onnx'
import type { Layer, LayerImporter, LayerValue } from './layer.js'

const one = (inputs: readonly LayerValue[]): LayerValue => inputs[0] as LayerValue
/** What a layer does in training only. */
const pass: LayerImporter = (_, inputs) => one(inputs)

/** The size of the batch, a vector of one number. */
function batchOf(layer: Layer, x: LayerValue): LayerValue {
  const shape = layer.op('Shape', [x], {}, 1)
  return layer.op('StridedSlice', [shape, layer.ints([0]), layer.ints([1]), layer.ints([1])])
}

/** With all axes but the batch as given; -1 is what is left. */
function reshape(layer: Layer, x: LayerValue, sizes: readonly number[]): LayerValue {
  const shape = layer.op('ConcatV2', [batchOf(layer, x), layer.ints(sizes), layer.ints([0])])
  return layer.op('Reshape', [x, shape], {}, sizes.length + 1)
}

/** Element by element over all inputs. */
const merge =
  (op: string): LayerImporter =>
  (layer, inputs) => {
    const [first, ...others] = inputs as readonly [LayerValue, ...LayerValue[]]
    for (const { rank } of others)
      if (rank !== first.rank) throw layer.refusal(`inputs of rank ${first.rank}`, `rank ${rank}`)
    return others.reduce((merged, other) => layer.op(op, [merged, other]), first)
  }

/**
 * gamma * (x - mean) / sqrt(variance + epsilon) + beta with the statistics of training, as one factor and one summand
 * for each channel, which become part of a convolution before it.
 */
const batchNormalization: LayerImporter = (layer, inputs) => {
  const x = one(inputs)
  layer.expectLastAxis(x)
  const numbers = (name: string): Float32Array => layer.weight(name).data as Float32Array
  const [mean, variance] = [numbers('moving_mean'), numbers('moving_variance')]
  const gamma = layer.flag('scale', true) ? numbers('gamma') : undefined
  const beta = layer.flag('center', true) ? numbers('beta') : undefined
  const epsilon = layer.setting('epsilon', 1e-3)
  const scale = Array.from(variance, (value, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(value + epsilon))
  const shift = scale.map((factor, channel) => (beta?.[channel] ?? 0) - (mean[channel] as number) * factor)
  const scaled = layer.op('Mul', [x, layer.constant(float32([scale.length], scale))])
  return layer.op('AddV2', [scaled, layer.constant(float32([shift.length], shift))])
}

/**
 * (x - mean) / max(sqrt(variance), 1e-7), or the way back from there. Mean and variance are settings of the layer, or weights that it
 * took from data.
 */
const normalization: LayerImporter = (layer, inputs) => {
  const x = one(inputs)
  layer.expectLastAxis(x)
  if (layer.list('axis').length > 1) throw layer.refusal('one axis', `${layer.list('axis').length}`)
  const numbers = (name: string): readonly number[] => {
    const given = layer.list(name).flat(Infinity) as number[]
    return given.length > 0 ? given : Array.from(layer.weight(name).data as Float32Array)
  }
  const vector = (values: readonly number[]): LayerValue =>
    values.length === 1 ? layer.number(values[0] as number) : layer.constant(float32([values.length], [...values]))
  const mean = vector(numbers('mean'))
  const deviation = vector(numbers('variance').map((value) => Math.max(Math.sqrt(value), 1e-7)))
  return layer.flag('invert', false)
    ? layer.op('AddV2', [layer.op('Mul', [x, deviation]), mean])
    : layer.op('RealDiv', [layer.op('Sub', [x, mean]), deviation])
}

/** Ba, Kiros and Hinton, "Layer normalization", 2016. */
const layerNormalization: LayerImporter = (layer, inputs) => {
  const x = one(inputs)
  layer.expectLastAxis(x)
  const mean = (value: LayerValue): LayerValue =>
    layer.op('Mean', [value, layer.ints([x.rank - 1])], { keep_dims: true })
  const centered = layer.op('Sub', [x, mean(x)])
  const variance = layer.op('AddV2', [
    mean(layer.op('Square', [centered])),
    layer.number(layer.setting('epsilon', 1e-3)),
  ])
  const normal = layer.op('Mul', [centered, layer.op('Rsqrt', [variance])])
  const scaled = layer.flag('scale', true) ? layer.op('Mul', [normal, layer.constant(layer.weight('gamma'))]) : normal
  return layer.flag('center', true) ? layer.op('AddV2', [scaled, layer.constant(layer.weight('beta'))]) : scaled
}

export const coreLayers: Readonly<Record<string, LayerImporter>> = {
  Dropout: pass,
  SpatialDropout1D: pass,
  SpatialDropout2D: pass,
  GaussianDropout: pass,
  GaussianNoise: pass,
  AlphaDropout: pass,
  ActivityRegularization: pass,
  RandomFlip: pass,
  RandomRotation: pass,
  RandomTranslation: pass,
  RandomZoom: pass,
  RandomContrast: pass,
  RandomBrightness: pass,
  Flatten: (layer, inputs) => {
    layer.expectChannelsLast()
    return reshape(layer, one(inputs), [-1])
  },
  // TensorFlow.js writes null for what is left.
  Reshape: (layer, inputs) =>
    reshape(
      layer,
      one(inputs),
      layer.list('target_shape').map((size: number | null) => size ?? -1),
    ),
  Permute: (layer, inputs) => layer.op('Transpose', [one(inputs), layer.ints([0, ...layer.list('dims')])]),
  RepeatVector: (layer, inputs) => {
    const expanded = layer.op('ExpandDims', [one(inputs), layer.ints([1])], {}, 3)
    return layer.op('Tile', [expanded, layer.ints([1, layer.setting('n', 1), 1])])
  },
  Embedding: (layer, inputs) => {
    if (layer.flag('mask_zero', false)) throw layer.refusal('mask_zero false', 'true')
    const places = layer.op('Cast', [one(inputs)], { DstT: 'int32' })
    return layer.op(
      'GatherV2',
      [layer.constant(layer.weight('embeddings')), places, layer.ints([0])],
      {},
      places.rank + 1,
    )
  },
  Rescaling: (layer, inputs) => {
    // One number, or one for each channel.
    const numbers = (name: string, fallback: number): LayerValue => {
      const given = layer.list(name)
      return given.length > 1 ? layer.constant(float32([given.length], [...given])) : layer.number(given[0] ?? fallback)
    }
    return layer.op('AddV2', [layer.op('Mul', [one(inputs), numbers('scale', 1)]), numbers('offset', 0)])
  },
  Normalization: normalization,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Add: merge('AddV2'),
  Multiply: merge('Mul'),
  Maximum: merge('Maximum'),
  Minimum: merge('Minimum'),
  Average: (layer, inputs) => layer.op('Mul', [merge('AddV2')(layer, inputs), layer.number(1 / inputs.length)]),
  Concatenate: (layer, inputs) => layer.op('ConcatV2', [...inputs, layer.ints([layer.setting('axis', -1)])]),
}
