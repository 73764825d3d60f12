import type { Layer, LayerImporter, LayerValue } from './layer.js'

type Activation = (layer: Layer, x: LayerValue) => LayerValue

const node =
  (op: string): Activation =>
  (layer, x) =>
    layer.op(op, [x])

/** Activation functions by their Keras names. */
const activations: Readonly<Record<string, Activation>> = {
  linear: (_, x) => x,
  relu: node('Relu'),
  relu6: node('Relu6'),
  elu: node('Elu'),
  selu: node('Selu'),
  sigmoid: node('Sigmoid'),
  tanh: node('Tanh'),
  softplus: node('Softplus'),
  softmax: node('Softmax'),
  logSoftmax: node('LogSoftmax'),
  exponential: node('Exp'),
  /** x / (1 + |x|) */
  softsign: (layer, x) => layer.op('RealDiv', [x, layer.op('AddV2', [layer.op('Abs', [x]), layer.number(1)])]),
  /** x sigmoid(x) */
  swish: (layer, x) => layer.op('Mul', [x, layer.op('Sigmoid', [x])]),
  /** x tanh(log(1 + exp(x))) */
  mish: (layer, x) => layer.op('Mul', [x, layer.op('Tanh', [layer.op('Softplus', [x])])]),
  /** x / 2 (1 + erf(x / sqrt(2))) */
  gelu: (layer, x) => {
    const erf = layer.op('Erf', [layer.op('Mul', [x, layer.number(Math.SQRT1_2)])])
    return layer.op('Mul', [layer.op('Mul', [x, layer.number(0.5)]), layer.op('AddV2', [erf, layer.number(1)])])
  },
  /** 0.2 x + 0.5, from 0 to 1 */
  hardSigmoid: (layer, x) => {
    const line = layer.op('AddV2', [layer.op('Mul', [x, layer.number(0.2)]), layer.number(0.5)])
    return layer.op('ClipByValue', [line, layer.number(0), layer.number(1)])
  },
}

/** Other spellings. */
const aliases: Readonly<Record<string, string>> = {
  silu: 'swish',
  hard_sigmoid: 'hardSigmoid',
  log_softmax: 'logSoftmax',
}

/** What the layer's setting `activation` says, applied to a value. */
export function activate(layer: Layer, x: LayerValue): LayerValue {
  const given = layer.json.config['activation'] ?? 'linear'
  const name = typeof given === 'string' ? given : String((given as { class_name?: unknown }).class_name)
  const known = aliases[name] ?? name
  if (!Object.hasOwn(activations, known)) {
    throw layer.refusal(`one of the activations ${Object.keys(activations).join(', ')}`, `"${name}"`)
  }
  return (activations[known] as Activation)(layer, x)
}

const one = (inputs: readonly LayerValue[]): LayerValue => inputs[0] as LayerValue

export const activationLayers: Readonly<Record<string, LayerImporter>> = {
  Activation: (layer, inputs) => activate(layer, one(inputs)),
  ReLU: (layer, inputs) => {
    const x = one(inputs)
    const slope = layer.setting('negative_slope', 0)
    const largest = layer.setting('max_value', Number.POSITIVE_INFINITY)
    if (layer.setting('threshold', 0) !== 0) throw layer.refusal('threshold 0', `${layer.setting('threshold', 0)}`)
    const bent = slope === 0 ? layer.op('Relu', [x]) : layer.op('LeakyRelu', [x], { alpha: slope })
    if (largest === 6 && slope === 0) return layer.op('Relu6', [x])
    return Number.isFinite(largest) ? layer.op('Minimum', [bent, layer.number(largest)]) : bent
  },
  LeakyReLU: (layer, inputs) => layer.op('LeakyRelu', [one(inputs)], { alpha: layer.setting('alpha', 0.3) }),
  PReLU: (layer, inputs) => layer.op('Prelu', [one(inputs), layer.constant(layer.weight('alpha'))]),
  ELU: (layer, inputs) => {
    if (layer.setting('alpha', 1) !== 1) throw layer.refusal('alpha 1', `${layer.setting('alpha', 1)}`)
    return layer.op('Elu', [one(inputs)])
  },
  ThresholdedReLU: (layer, inputs) => {
    const x = one(inputs)
    const isAbove = layer.op('Greater', [x, layer.number(layer.setting('theta', 1))])
    return layer.op('Mul', [x, layer.op('Cast', [isAbove], { DstT: 'float32' })])
  },
  Softmax: (layer, inputs) => {
    layer.expectLastAxis(one(inputs))
    return layer.op('Softmax', [one(inputs)])
  },
}
