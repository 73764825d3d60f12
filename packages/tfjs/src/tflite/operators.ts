import { tensor } from '@headstart/onnx'
import type { TfAttribute } from '../tf-graph.js'
import { transpose } from '../transpose.js'
import type { TfliteImporter, TfliteOperation, Written } from './tflite-operation.js'

/** An operator that is one of TensorFlow, with the same inputs. */
const same =
  (op: string, attributesOf?: (operation: TfliteOperation) => Written['attributes']): TfliteImporter =>
  (operation) => ({ op, inputs: operation.inputs, ...(attributesOf && { attributes: attributesOf(operation) ?? {} }) })

/** ActivationFunctionType, by its number: what a fused node of TensorFlow calls it. */
const fused = ['', 'Relu', 'ReluN1To1', 'Relu6', 'Tanh', 'SignBit']

/** The activation that the field of an operator's options names, applied to what it gives. */
const activated =
  (field: number, importer: TfliteImporter): TfliteImporter =>
  (operation) =>
    activate(operation, operation.options.int8(field), importer(operation))

function activate(operation: TfliteOperation, code: number, last: Written): Written {
  const name = fused[code] ?? `activation ${code}`
  if (name === '') return last
  const value = operation.op(last.op, last.inputs, last.attributes)
  return name === 'ReluN1To1' ? clipped(operation, value, -1, 1) : { op: name, inputs: [value] }
}

function clipped(operation: TfliteOperation, value: string, low: number, high: number): Written {
  return { op: 'ClipByValue', inputs: [value, operation.number(low), operation.number(high)] }
}

/** Padding, strides and dilations as TensorFlow has them; fields are the numbers of the options. */
function windowAttributes({ options }: TfliteOperation, dilations?: number): Record<string, TfAttribute> {
  return {
    padding: options.int8(0) === 0 ? 'SAME' : 'VALID',
    strides: [1, options.int32(2, 1), options.int32(1, 1), 1],
    ...(dilations !== undefined && {
      dilations: [1, options.int32(dilations + 1, 1), options.int32(dilations, 1), 1],
    }),
  }
}

/** A convolution or product with bias and activation as one node, as far as it has them. */
function fusedNode(
  operation: TfliteOperation,
  op: string,
  inputs: readonly string[],
  bias: string | undefined,
  code: number,
  attributes: Record<string, TfAttribute>,
): Written {
  const name = fused[code] ?? ''
  const fits = name !== 'ReluN1To1' && name !== 'SignBit'
  const names = [...(bias === undefined ? [] : ['BiasAdd']), ...(name !== '' && fits ? [name] : [])]
  const node: Written = {
    op,
    inputs: [...inputs, ...(bias === undefined ? [] : [bias])],
    attributes: { ...attributes, fused_ops: names },
  }
  return fits ? node : activate(operation, code, node)
}

/** Filters [out, height, width, in] as TensorFlow has them. */
function filters(operation: TfliteOperation, axes: readonly number[]): string {
  return operation.constant(transpose(operation.contents(1, 'filters'), axes))
}

const pool = (op: string): TfliteImporter =>
  activated(5, (operation) => {
    const { options } = operation
    const ksize = [1, options.int32(4, 1), options.int32(3, 1), 1]
    return { op, inputs: [operation.input(0)], attributes: { ...windowAttributes(operation), ksize } }
  })

const reduction = (op: string): TfliteImporter => same(op, ({ options }) => ({ keep_dims: options.flag(0) }))

const resize = (op: string, first: number): TfliteImporter =>
  same(op, ({ options }) => ({ align_corners: options.flag(first), half_pixel_centers: options.flag(first + 1) }))

/** Where a shape was written for a batch of one, what is left of the elements is the batch. */
const reshape: TfliteImporter = (operation) => {
  const { shape: to = [], signature = [] } = operation.output ?? {}
  const isOpen = signature.slice(1).some((size) => size < 0)
  const shape = isOpen ? operation.input(1) : operation.ints(to[0] === 1 ? [-1, ...to.slice(1)] : to)
  return { op: 'Reshape', inputs: [operation.input(0), shape] }
}

/** Matrix [out, in]; images are laid out flat, if the option does not say to keep their axes. */
const fullyConnected: TfliteImporter = (operation) => {
  const { options } = operation
  if (options.int8(1) !== 0) throw operation.refusal('weights in their usual order', 'shuffled weights')
  const [, columns = 1] = operation.shape(1)
  const isMatrix = operation.shape(0).length === 2 || options.flag(2)
  const x = isMatrix ? operation.input(0) : operation.op('Reshape', [operation.input(0), operation.ints([-1, columns])])
  const inputs = [x, operation.input(1)]
  return fusedNode(operation, '_FusedMatMul', inputs, operation.optional(2), options.int8(0), { transpose_b: true })
}

/** Inputs are the size that comes out, filters [out, height, width, in], images and a bias. */
const transposeConv: TfliteImporter = activated(3, (operation) => {
  const inputs = [operation.input(0), filters(operation, [1, 2, 0, 3]), operation.input(2)]
  const attributes = windowAttributes(operation)
  const bias = operation.optional(3)
  if (bias === undefined) return { op: 'Conv2DBackpropInput', inputs, attributes }
  return { op: 'BiasAdd', inputs: [operation.op('Conv2DBackpropInput', inputs, attributes), bias] }
})

/** Filters [1, height, width, channels * multiplier]. */
const depthwiseConv: TfliteImporter = (operation) => {
  const stored = operation.contents(1, 'filters')
  const [, height = 1, width = 1, out = 1] = stored.dims
  const channels = operation.shape(0).at(-1) ?? 1
  const dims = [height, width, channels, out / channels]
  const filter = operation.constant(tensor('float32', dims, stored.data as Float32Array))
  const inputs = [operation.input(0), filter]
  const attributes = windowAttributes(operation, 5)
  const code = operation.options.int8(4)
  return fusedNode(operation, 'FusedDepthwiseConv2dNative', inputs, operation.optional(2), code, attributes)
}

/** x relu6(x + 3) / 6 (Howard et al., "Searching for MobileNetV3", 2019, section 5.2). */
const hardSwish: TfliteImporter = (operation) => {
  const x = operation.input(0)
  const gate = operation.op('Relu6', [operation.op('AddV2', [x, operation.number(3)])])
  return { op: 'Mul', inputs: [operation.op('Mul', [x, gate]), operation.number(1 / 6)] }
}

/** x / 2 (1 + erf(x / sqrt(2))), or with the approximation tanh(sqrt(2 / pi) (x + 0.044715 x^3)) of erf. */
const gelu: TfliteImporter = (operation) => {
  const x = operation.input(0)
  const times = (a: string, factor: number): string => operation.op('Mul', [a, operation.number(factor)])
  const inner = (): string => {
    const cube = operation.op('Mul', [operation.op('Mul', [x, x]), x])
    return operation.op('AddV2', [x, times(cube, 0.044715)])
  }
  const bend = operation.options.flag(0)
    ? operation.op('Tanh', [times(inner(), Math.sqrt(2 / Math.PI))])
    : operation.op('Erf', [times(x, Math.SQRT1_2)])
  return { op: 'Mul', inputs: [times(x, 0.5), operation.op('AddV2', [bend, operation.number(1)])] }
}

/** x / max(|x|, 1e-6) along the last axis. */
const l2Normalization: TfliteImporter = activated(0, (operation) => {
  const x = operation.input(0)
  const axis = operation.ints([operation.shape(0).length - 1])
  const sum = operation.op('Sum', [operation.op('Square', [x]), axis], { keep_dims: true })
  const length = operation.op('Maximum', [operation.op('Sqrt', [sum]), operation.number(1e-6)])
  return { op: 'RealDiv', inputs: [x, length] }
})

const softmax: TfliteImporter = (operation) => {
  const beta = operation.options.float32(0, 1)
  const x = operation.input(0)
  return { op: 'Softmax', inputs: [beta === 1 ? x : operation.op('Mul', [x, operation.number(beta)])] }
}

const mask =
  (field: number) =>
  ({ options }: TfliteOperation): number =>
    options.int32(field)
const masks = {
  begin_mask: mask(0),
  end_mask: mask(1),
  ellipsis_mask: mask(2),
  new_axis_mask: mask(3),
  shrink_axis_mask: mask(4),
}

/** How each operator of TensorFlow Lite is written as nodes of a TensorFlow graph. */
export const tfliteOperators: Readonly<Record<string, TfliteImporter>> = {
  CONV_2D: (operation) => {
    const inputs = [operation.input(0), filters(operation, [1, 2, 3, 0])]
    const code = operation.options.int8(3)
    return fusedNode(operation, '_FusedConv2D', inputs, operation.optional(2), code, windowAttributes(operation, 4))
  },
  DEPTHWISE_CONV_2D: depthwiseConv,
  TRANSPOSE_CONV: transposeConv,
  FULLY_CONNECTED: fullyConnected,
  BATCH_MATMUL: same('BatchMatMulV2', ({ options }) => ({ adj_x: options.flag(0), adj_y: options.flag(1) })),
  AVERAGE_POOL_2D: pool('AvgPool'),
  MAX_POOL_2D: pool('MaxPool'),
  L2_NORMALIZATION: l2Normalization,

  RELU: same('Relu'),
  RELU6: same('Relu6'),
  RELU_N1_TO_1: (operation) => clipped(operation, operation.input(0), -1, 1),
  RELU_0_TO_1: (operation) => clipped(operation, operation.input(0), 0, 1),
  LEAKY_RELU: same('LeakyRelu', ({ options }) => ({ alpha: options.float32(0) })),
  PRELU: same('Prelu'),
  ELU: same('Elu'),
  GELU: gelu,
  HARD_SWISH: hardSwish,
  LOGISTIC: same('Sigmoid'),
  TANH: same('Tanh'),
  SOFTMAX: softmax,
  LOG_SOFTMAX: same('LogSoftmax'),

  ADD: activated(0, same('AddV2')),
  SUB: activated(0, same('Sub')),
  MUL: activated(0, same('Mul')),
  DIV: activated(0, same('RealDiv')),
  ADD_N: same('AddN'),
  ABS: same('Abs'),
  CEIL: same('Ceil'),
  COS: same('Cos'),
  EQUAL: same('Equal'),
  EXP: same('Exp'),
  FLOOR: same('Floor'),
  FLOOR_DIV: same('FloorDiv'),
  FLOOR_MOD: same('FloorMod'),
  GREATER: same('Greater'),
  GREATER_EQUAL: same('GreaterEqual'),
  LESS: same('Less'),
  LESS_EQUAL: same('LessEqual'),
  LOG: same('Log'),
  LOGICAL_AND: same('LogicalAnd'),
  LOGICAL_NOT: same('LogicalNot'),
  LOGICAL_OR: same('LogicalOr'),
  MAXIMUM: same('Maximum'),
  MINIMUM: same('Minimum'),
  NEG: same('Neg'),
  NOT_EQUAL: same('NotEqual'),
  POW: same('Pow'),
  ROUND: same('Round'),
  RSQRT: same('Rsqrt'),
  SELECT: same('Select'),
  SELECT_V2: same('SelectV2'),
  SIN: same('Sin'),
  SQRT: same('Sqrt'),
  SQUARE: same('Square'),
  SQUARED_DIFFERENCE: same('SquaredDifference'),
  ZEROS_LIKE: same('ZerosLike'),

  MEAN: reduction('Mean'),
  SUM: reduction('Sum'),
  REDUCE_MAX: reduction('Max'),
  REDUCE_MIN: reduction('Min'),
  REDUCE_PROD: reduction('Prod'),
  REDUCE_ANY: reduction('Any'),
  REDUCE_ALL: reduction('All'),
  ARG_MAX: same('ArgMax'),
  ARG_MIN: same('ArgMin'),

  RESHAPE: reshape,
  SQUEEZE: same('Squeeze', ({ options }) => ({ squeeze_dims: options.int32s(0) })),
  EXPAND_DIMS: same('ExpandDims'),
  TRANSPOSE: same('Transpose'),
  CONCATENATION: activated(1, (operation) => ({
    op: 'ConcatV2',
    inputs: [...operation.inputs, operation.int(operation.options.int32(0))],
  })),
  PACK: same('Pack', ({ options }) => ({ axis: options.int32(1) })),
  UNPACK: same('Unpack', ({ options }) => ({ num: options.int32(0), axis: options.int32(1) })),
  SPLIT: same('Split', ({ options }) => ({ num_split: options.int32(0) })),
  SPLIT_V: same('SplitV'),
  GATHER: (operation) => ({
    op: 'GatherV2',
    inputs: [...operation.inputs, operation.int(operation.options.int32(0))],
    attributes: { batch_dims: operation.options.int32(1) },
  }),
  GATHER_ND: same('GatherNd'),
  SLICE: same('Slice'),
  STRIDED_SLICE: same('StridedSlice', (operation) =>
    Object.fromEntries(Object.entries(masks).map(([name, of]) => [name, of(operation)])),
  ),
  REVERSE_V2: same('ReverseV2'),
  TILE: same('Tile'),
  BROADCAST_TO: same('BroadcastTo'),
  FILL: same('Fill'),
  RANGE: same('Range'),
  RANK: same('Rank'),
  SHAPE: same('Shape'),
  CAST: same('Cast', (operation) => ({ DstT: operation.typeOption(1) })),
  ONE_HOT: same('OneHot', ({ options }) => ({ axis: options.int32(0) })),
  PAD: same('Pad'),
  PADV2: same('PadV2'),
  MIRROR_PAD: same('MirrorPad', ({ options }) => ({ mode: options.int8(0) === 0 ? 'REFLECT' : 'SYMMETRIC' })),
  DEPTH_TO_SPACE: same('DepthToSpace', ({ options }) => ({ block_size: options.int32(0) })),
  RESIZE_BILINEAR: resize('ResizeBilinear', 2),
  RESIZE_NEAREST_NEIGHBOR: resize('ResizeNearestNeighbor', 0),

  // The graph computes with the numbers for which quantized ones stand.
  QUANTIZE: same('Identity'),
  DEQUANTIZE: same('Identity'),
  DENSIFY: same('Identity'),
}
