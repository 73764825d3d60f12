import { Session, type Tensor, tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { expectParity } from '../../test/parity.js'
import { type OperatorInput, type OptionInput, type TensorInput, tfliteModel } from '../../test/tflite-model.js'
import { runTflite } from '../../test/tflite-runtime.js'
import { importTflite } from '../import-tfjs.js'
import { tfliteOperators } from './operators.js'

/** One use of an operator on which TensorFlow Lite and we must agree. */
interface Case {
  readonly title: string
  /** Numbers from -1 to 1 where no contents are given. */
  readonly inputs: readonly (Given | '')[]
  /** Shape of what comes out, or of several. */
  readonly output: readonly number[] | readonly (readonly number[])[]
  readonly outputType?: 'float32' | 'int32' | 'bool'
  readonly options?: OperatorInput['options']
}
interface Given {
  readonly shape: readonly number[]
  readonly type?: 'float32' | 'int32' | 'bool'
  readonly data?: readonly number[]
  /** Written into the model. */
  readonly isConstant?: true
  /** Least number. */
  readonly from?: number
}

const values = (shape: readonly number[], from?: number): Given => ({ shape, ...(from !== undefined && { from }) })
const weights = (shape: readonly number[]): Given => ({ shape, isConstant: true })
const ints = (...data: readonly number[]): Given => ({ shape: [data.length], type: 'int32', data, isConstant: true })
const int = (value: number): Given => ({ shape: [], type: 'int32', data: [value], isConstant: true })
const truth = (...data: readonly number[]): Given => ({ shape: [data.length], type: 'bool', data })

const i8 = (value: number): OptionInput => ({ int8: value })
const i32 = (value: number): OptionInput => ({ int32: value })
const none: OptionInput = {}
const [same, valid] = [i8(0), i8(1)]
const [relu, reluN1To1, relu6] = [i8(1), i8(2), i8(3)]

const image = values([1, 7, 6, 4])
const row = values([2, 6])
const unary = (title = 'numbers', from?: number): Case[] => [{ title, inputs: [values([2, 5], from)], output: [2, 5] }]
const binary = (code: number, from?: number): Case[] => [
  { title: 'of one shape', inputs: [image, values(image.shape, from)], output: image.shape, options: [code, []] },
  {
    title: 'of channels',
    inputs: [image, { ...weights([4]), from: from ?? -1 }],
    output: image.shape,
    options: [code, []],
  },
]
const fusedBinary = (code: number, from?: number): Case[] => [
  ...binary(code, from),
  { title: 'and relu6', inputs: [image, values(image.shape, from)], output: image.shape, options: [code, [relu6]] },
]
const comparison = (code: number): Case[] => [
  {
    title: 'of whole numbers',
    inputs: [
      { shape: [4], type: 'int32', data: [1, 2, 3, -4] },
      { shape: [4], type: 'int32', data: [1, 3, 2, -4] },
    ],
    output: [4],
    outputType: 'bool',
    options: [code, []],
  },
]
const logic = (code: number): Case[] => [
  {
    title: 'of truth values',
    inputs: [truth(0, 0, 1, 1), truth(0, 1, 0, 1)],
    output: [4],
    outputType: 'bool',
    options: [code, []],
  },
]
const pool: Case[] = [
  {
    title: 'padded, the odd one after',
    inputs: [image],
    output: [1, 4, 3, 4],
    options: [5, [same, i32(2), i32(2), i32(3), i32(2)]],
  },
  {
    title: 'as it is, relu',
    inputs: [image],
    output: [1, 3, 4, 4],
    options: [5, [valid, i32(1), i32(2), i32(3), i32(2), relu]],
  },
]
const reductions = (from?: number): Case[] => [
  {
    title: 'over places',
    inputs: [values([1, 3, 4, 5], from), ints(1, 2)],
    output: [1, 5],
    options: [27, [i8(0)]],
  },
  {
    title: 'over channels, kept',
    inputs: [values([1, 3, 4, 5], from), ints(-1)],
    output: [1, 3, 4, 1],
    options: [27, [i8(1)]],
  },
]
const ofTruth: Case[] = [
  {
    title: 'along an axis',
    inputs: [{ shape: [2, 3], type: 'bool', data: [0, 1, 0, 1, 1, 1] }, ints(1)],
    output: [2],
    outputType: 'bool',
    options: [27, [i8(0)]],
  },
]
const argument = (code: number): Case[] => [
  {
    title: 'along the last axis',
    inputs: [row, ints(-1)],
    output: [2],
    outputType: 'int32',
    options: [code, [i8(2)]],
  },
]
const resizes = (code: number, first: number): Case[] =>
  [
    ['from corners', [i8(1), i8(0)]],
    ['from the middle of pixels', [i8(0), i8(1)]],
    ['without either', [i8(0), i8(0)]],
  ].map(([title, flags]) => ({
    title: title as string,
    inputs: [image, ints(9, 15)],
    output: [1, 9, 15, 4],
    options: [code, [...Array.from({ length: first }, () => none), ...(flags as OptionInput[])]],
  }))

const cases: Readonly<Record<string, readonly Case[]>> = {
  CONV_2D: [
    {
      title: 'padded, with strides: the odd one after',
      inputs: [image, weights([5, 3, 2, 4]), weights([5])],
      output: [1, 4, 3, 5],
      options: [1, [same, i32(2), i32(2), relu6]],
    },
    {
      title: 'as it is, dilated',
      inputs: [image, weights([5, 3, 2, 4]), weights([5])],
      output: [1, 3, 5, 5],
      options: [1, [valid, i32(1), i32(1), none, i32(1), i32(2)]],
    },
    {
      title: 'cut off from -1 to 1',
      inputs: [image, weights([5, 1, 1, 4]), weights([5])],
      output: [1, 7, 6, 5],
      options: [1, [same, i32(1), i32(1), reluN1To1]],
    },
    {
      title: 'in groups of channels',
      inputs: [image, weights([6, 3, 3, 2]), weights([6])],
      output: [1, 7, 6, 6],
      options: [1, [same, i32(1), i32(1)]],
    },
  ],
  DEPTHWISE_CONV_2D: [
    {
      title: 'padded, two filters for each channel',
      inputs: [image, weights([1, 3, 3, 8]), weights([8])],
      output: [1, 4, 3, 8],
      options: [2, [same, i32(2), i32(2), i32(2), relu]],
    },
    {
      title: 'dilated',
      inputs: [image, weights([1, 3, 3, 4]), weights([4])],
      output: [1, 7, 6, 4],
      options: [2, [same, i32(1), i32(1), i32(1), none, i32(2), i32(2)]],
    },
  ],
  TRANSPOSE_CONV: [
    {
      title: 'twice the size',
      inputs: [ints(1, 14, 12, 3), weights([3, 3, 3, 4]), image],
      output: [1, 14, 12, 3],
      options: [49, [same, i32(2), i32(2)]],
    },
    {
      title: 'as far as it reaches, with a bias',
      inputs: [ints(1, 15, 13, 3), weights([3, 3, 3, 4]), image, weights([3])],
      output: [1, 15, 13, 3],
      options: [49, [valid, i32(2), i32(2)]],
    },
  ],
  FULLY_CONNECTED: [
    { title: 'of rows', inputs: [row, weights([3, 6]), weights([3])], output: [2, 3], options: [8, [relu]] },
    { title: 'of images, laid out flat', inputs: [image, weights([3, 168]), ''], output: [1, 3], options: [8, [none]] },
    {
      title: 'along the last axis of several',
      inputs: [values([2, 3, 4]), weights([5, 4]), weights([5])],
      output: [2, 3, 5],
      options: [8, [none, none, i8(1)]],
    },
  ],
  BATCH_MATMUL: [
    {
      title: 'the second transposed',
      inputs: [values([2, 3, 4]), values([2, 5, 4])],
      output: [2, 3, 5],
      options: [101, [i8(0), i8(1)]],
    },
  ],
  AVERAGE_POOL_2D: pool,
  MAX_POOL_2D: pool,
  L2_NORMALIZATION: [{ title: 'of rows', inputs: [row], output: [2, 6], options: [12, []] }],

  RELU: unary(),
  RELU6: unary(),
  RELU_N1_TO_1: unary(),
  RELU_0_TO_1: unary(),
  LEAKY_RELU: [{ title: 'with a slope', inputs: [row], output: [2, 6], options: [75, [{ float32: 0.3 }]] }],
  PRELU: [{ title: 'with a slope for each channel', inputs: [image, weights([1, 1, 4])], output: image.shape }],
  ELU: unary(),
  GELU: [
    { title: 'by erf', inputs: [row], output: [2, 6], options: [116, [i8(0)]] },
    { title: 'by tanh', inputs: [row], output: [2, 6], options: [116, [i8(1)]] },
  ],
  HARD_SWISH: unary(),
  LOGISTIC: unary(),
  TANH: unary(),
  SOFTMAX: [
    { title: 'of rows', inputs: [row], output: [2, 6], options: [9, [{ float32: 1 }]] },
    { title: 'of channels, sharper', inputs: [image], output: image.shape, options: [9, [{ float32: 2 }]] },
  ],
  LOG_SOFTMAX: unary(),

  ADD: fusedBinary(11),
  SUB: fusedBinary(28),
  MUL: fusedBinary(21),
  DIV: fusedBinary(29, 0.5),
  ADD_N: [{ title: 'three', inputs: [row, row, row], output: [2, 6], options: [82, []] }],
  ABS: unary(),
  CEIL: unary(),
  COS: unary(),
  EQUAL: comparison(53),
  EXP: unary(),
  FLOOR: unary(),
  FLOOR_DIV: binary(65, 0.1),
  FLOOR_MOD: binary(72, 0.1),
  GREATER: comparison(44),
  GREATER_EQUAL: comparison(45),
  LESS: comparison(41),
  LESS_EQUAL: comparison(46),
  LOG: unary('above 0', 0.1),
  LOGICAL_AND: logic(62),
  LOGICAL_NOT: [{ title: 'of truth values', inputs: [truth(0, 1)], output: [2], outputType: 'bool' }],
  LOGICAL_OR: logic(60),
  MAXIMUM: binary(39),
  MINIMUM: binary(39),
  NEG: unary(),
  NOT_EQUAL: comparison(54),
  POW: [{ title: 'of numbers above 0', inputs: [values([2, 6], 0.1), row], output: [2, 6], options: [56, []] }],
  ROUND: unary(),
  RSQRT: unary('above 0', 0.1),
  SELECT: [{ title: 'of one shape', inputs: [truth(0, 1), values([2]), values([2])], output: [2], options: [47, []] }],
  SELECT_V2: [
    { title: 'broadcast', inputs: [truth(0, 1), values([3, 2]), values([2])], output: [3, 2], options: [98, []] },
  ],
  SIN: unary(),
  SQRT: unary('above 0', 0.1),
  SQUARE: unary(),
  SQUARED_DIFFERENCE: binary(76),
  ZEROS_LIKE: unary(),

  MEAN: reductions(),
  SUM: reductions(),
  REDUCE_MAX: reductions(),
  REDUCE_MIN: reductions(),
  REDUCE_PROD: reductions(0.5),
  REDUCE_ANY: ofTruth,
  REDUCE_ALL: ofTruth,
  ARG_MAX: argument(40),
  ARG_MIN: argument(57),

  RESHAPE: [{ title: 'images to rows', inputs: [image, ints(1, -1)], output: [1, 168], options: [17, []] }],
  SQUEEZE: [
    { title: 'named axes', inputs: [values([1, 1, 3, 1])], output: [1, 3], options: [30, [{ int32s: [1, 3] }]] },
    { title: 'all of size 1', inputs: [values([2, 1, 3])], output: [2, 3], options: [30, []] },
  ],
  EXPAND_DIMS: [{ title: 'in the middle', inputs: [row, int(1)], output: [2, 1, 6], options: [52, []] }],
  TRANSPOSE: [{ title: 'channels first', inputs: [image, ints(0, 3, 1, 2)], output: [1, 4, 7, 6], options: [26, []] }],
  CONCATENATION: [
    { title: 'of channels', inputs: [image, image], output: [1, 7, 6, 8], options: [10, [i32(3)]] },
    { title: 'from the end', inputs: [row, row], output: [2, 12], options: [10, [i32(-1)]] },
  ],
  PACK: [{ title: 'rows', inputs: [row, row], output: [2, 2, 6], options: [59, [i32(2), i32(1)]] }],
  UNPACK: [
    {
      title: 'rows',
      inputs: [values([3, 2])],
      output: [[2], [2], [2]],
      options: [64, [i32(3), i32(0)]],
    },
  ],
  SPLIT: [
    {
      title: 'of channels',
      inputs: [int(3), image],
      output: [
        [1, 7, 6, 2],
        [1, 7, 6, 2],
      ],
      options: [35, [i32(2)]],
    },
  ],
  SPLIT_V: [
    {
      title: 'into parts of their own sizes',
      inputs: [row, ints(1, 5), int(1)],
      output: [
        [2, 1],
        [2, 5],
      ],
      options: [79, [i32(2)]],
    },
  ],
  GATHER: [{ title: 'columns', inputs: [row, ints(4, 0)], output: [2, 2], options: [23, [i32(1)]] }],
  GATHER_ND: [{ title: 'rows', inputs: [row, { ...ints(1, 0), shape: [2, 1] }], output: [2, 6], options: [83, []] }],
  SLICE: [
    {
      title: 'of images',
      inputs: [image, ints(0, 1, 2, 0), ints(-1, 3, 2, -1)],
      output: [1, 3, 2, 4],
      options: [48, []],
    },
  ],
  STRIDED_SLICE: [
    {
      title: 'with steps and open ends',
      inputs: [image, ints(0, 1, 0, 0), ints(0, 0, 5, 0), ints(1, 2, 2, 1)],
      output: [1, 3, 3, 4],
      options: [32, [i32(0b1001), i32(0b1011)]],
    },
    {
      title: 'of one place, which vanishes',
      inputs: [row, ints(0, 2), ints(0, 3), ints(1, 1)],
      output: [2],
      options: [32, [i32(0b01), i32(0b01), none, none, i32(0b10)]],
    },
  ],
  REVERSE_V2: [{ title: 'columns', inputs: [row, ints(1)], output: [2, 6], options: [81, []] }],
  TILE: [{ title: 'twice', inputs: [row, ints(1, 2)], output: [2, 12], options: [51, []] }],
  BROADCAST_TO: [{ title: 'more rows', inputs: [values([1, 6]), ints(3, 6)], output: [3, 6], options: [104, []] }],
  FILL: [{ title: 'a number', inputs: [ints(2, 3), values([])], output: [2, 3], options: [68, []] }],
  RANGE: [
    {
      title: 'in steps',
      inputs: [{ ...int(1) }, { shape: [], type: 'int32', data: [8] }, int(3)],
      output: [3],
      outputType: 'int32',
      options: [73, []],
    },
  ],
  RANK: [{ title: 'of images', inputs: [image], output: [], outputType: 'int32', options: [86, []] }],
  SHAPE: [{ title: 'of images', inputs: [image], output: [4], outputType: 'int32', options: [55, [i8(2)]] }],
  CAST: [
    { title: 'to whole numbers', inputs: [row], output: [2, 6], outputType: 'int32', options: [37, [i8(0), i8(2)]] },
  ],
  ONE_HOT: [
    {
      title: 'of classes',
      inputs: [
        { shape: [3], type: 'int32', data: [2, 0, 1] },
        int(4),
        { shape: [], data: [1], isConstant: true },
        { shape: [], data: [0], isConstant: true },
      ],
      output: [3, 4],
      options: [61, [i32(-1)]],
    },
  ],
  PAD: [
    {
      title: 'images',
      inputs: [image, { ...ints(0, 0, 1, 2, 3, 0, 0, 0), shape: [4, 2] }],
      output: [1, 10, 9, 4],
      options: [22, []],
    },
  ],
  PADV2: [
    {
      title: 'with a number',
      inputs: [row, { ...ints(1, 0, 0, 2), shape: [2, 2] }, { shape: [], data: [0.5], isConstant: true }],
      output: [3, 8],
      options: [43, []],
    },
  ],
  MIRROR_PAD: [
    {
      title: 'without the border',
      inputs: [row, { ...ints(0, 0, 2, 1), shape: [2, 2] }],
      output: [2, 9],
      options: [77, [i8(0)]],
    },
    { title: 'with it', inputs: [row, { ...ints(0, 0, 2, 1), shape: [2, 2] }], output: [2, 9], options: [77, [i8(1)]] },
  ],
  DEPTH_TO_SPACE: [{ title: 'blocks of two', inputs: [image], output: [1, 14, 12, 1], options: [94, [i32(2)]] }],
  RESIZE_BILINEAR: resizes(15, 2),
  RESIZE_NEAREST_NEIGHBOR: resizes(74, 0),
  // In import-tflite.test.ts.
  QUANTIZE: [],
  DEQUANTIZE: [],
  DENSIFY: [],
}

describe('operators of TensorFlow Lite', () => {
  it('are all tested', () => {
    expect(Object.keys(cases).toSorted()).toEqual(Object.keys(tfliteOperators).toSorted())
  })

  describe.each(Object.entries(cases).filter(([, list]) => list.length > 0))('%s', (operator, list) => {
    it.each(list.map((one) => [one.title, one] as const))('%s', async (_, one) => {
      const { model, feeds } = written(operator, one)
      const expected = await runTflite(
        model,
        [...feeds.values()].map(({ data }) => data as Float32Array),
      )
      const graph = importTflite(model, { layout: 'nhwc' })
      const session = await Session.create(graph, { threads: 1 })
      // Of some, such as RANK, only the shape is read, which is known.
      const isRead = ([name]: [string, unknown]): boolean => graph.inputs.some((input) => input.name === name)
      const results = await session.run(Object.fromEntries([...feeds].filter(isRead)))
      expect([...expected.keys()].toSorted()).toEqual(Object.keys(results).toSorted())
      for (const [name, value] of expected) expectParity(results[name], value, { tolerance: 1e-5, message: name })
      await session.close()
    })
  })
})

/** A model of one operator, and what it is fed with. */
function written(operator: string, { inputs, output, outputType = 'float32', options }: Case) {
  let state = 1
  const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647
  const feeds = new Map<string, Tensor>()
  const tensors: TensorInput[] = []
  const names = inputs.map((given, index) => {
    if (given === '') return ''
    const name = `in${index}`
    const { shape, type = 'float32', from = -1, isConstant } = given
    const size = shape.reduce((product, one) => product * one, 1)
    const data = given.data ?? Array.from({ length: size }, () => from + next() * (1 - from))
    const array =
      type === 'float32' ? Float32Array.from(data) : type === 'int32' ? Int32Array.from(data) : Uint8Array.from(data)
    tensors.push({ name, type, shape, ...(isConstant && { data: new Uint8Array(array.buffer) }) })
    if (!isConstant) feeds.set(name, tensor(type, shape, array))
    return name
  })
  const shapes = (Array.isArray(output[0]) ? output : [output]) as readonly (readonly number[])[]
  const outputs = shapes.map((shape, index) => {
    tensors.push({ name: `out${index}`, type: outputType, shape })
    return `out${index}`
  })
  const model = tfliteModel({
    tensors,
    operators: [{ name: operator, inputs: names, outputs, ...(options && { options }) }],
    inputs: [...feeds.keys()],
    outputs,
  })
  return { model, feeds }
}
