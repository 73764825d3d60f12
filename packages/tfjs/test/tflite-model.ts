import { Builder } from 'flatbuffers'
import { builtinOperators } from '../src/tflite/builtin-operators.js'
import type { TfliteQuantization } from '../src/tflite/read-tflite.js'

/** Codes of TensorType. */
const types = { float32: 0, float16: 1, int32: 2, uint8: 3, int64: 4, bool: 6, int8: 9, int4: 17 } as const

/** A tensor of a model to be written; with contents it is a constant. */
export interface TensorInput {
  readonly name: string
  readonly type?: keyof typeof types
  readonly shape: readonly number[]
  /** Its shape with -1 where a size is open. */
  readonly signature?: readonly number[]
  readonly data?: Uint8Array
  readonly quantization?: Partial<TfliteQuantization>
  /** Of a matrix of which `data` has some numbers, row by row: where those of each row begin and end, and their columns. */
  readonly rows?: { readonly segments: readonly number[]; readonly columns: readonly number[] }
}

/** A field of an operator's options, by its number in the schema. */
export type OptionInput = { readonly [Kind in 'int8' | 'int32' | 'float32']?: number } & {
  readonly int32s?: readonly number[]
}

export interface OperatorInput {
  /** As the schema spells it; any other is one of nobody's schema. */
  readonly name: string
  /** Names of tensors; '' for one that is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Its place among BuiltinOptions, and its fields. */
  readonly options?: readonly [code: number, fields: readonly OptionInput[]]
}

/** A model in the format of TensorFlow Lite (schema.fbs, version 3), as its converter would write it. */
export interface ModelInput {
  readonly tensors: readonly TensorInput[]
  readonly operators: readonly OperatorInput[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
}

/** The bytes of a .tflite file. */
export function tfliteModel({ tensors, operators, inputs, outputs }: ModelInput): Uint8Array {
  const b = new Builder(1024)
  const table = (fields: readonly (((field: number) => void) | undefined)[]): number => {
    b.startObject(fields.length)
    fields.forEach((write, field) => write?.(field))
    return b.endObject()
  }
  const int32 = (value: number) => (field: number) => b.addFieldInt32(field, value, 0)
  const int8 = (value: number) => (field: number) => b.addFieldInt8(field, value, 0)
  const at = (offset: number) => (field: number) => b.addFieldOffset(field, offset, 0)
  const vector = (width: number, values: readonly number[], add: (value: number) => void): number => {
    b.startVector(width, values.length, width)
    for (const value of values.toReversed()) add(value)
    return b.endVector()
  }
  const offsets = (values: readonly number[]): number => vector(4, values, (value) => b.addOffset(value))
  const int32s = (values: readonly number[]): number => vector(4, values, (value) => b.addInt32(value))
  const float32s = (values: readonly number[]): number => vector(4, values, (value) => b.addFloat32(value))
  const int64s = (values: readonly number[]): number => vector(8, values, (value) => b.addInt64(BigInt(value)))
  const bytes = (values: Uint8Array): number => {
    b.startVector(1, values.length, 16)
    for (const value of values.toReversed()) b.addInt8(value)
    return b.endVector()
  }

  const numbers = (names: readonly string[]): number[] =>
    names.map((wanted) => tensors.findIndex(({ name }) => name === wanted))
  const buffers = [undefined, ...tensors.map(({ data }) => data)].map((data) => {
    const content = data && bytes(data)
    return table([content === undefined ? undefined : at(content)])
  })
  const quantized = (quantization: Partial<TfliteQuantization> | undefined): number | undefined => {
    if (!quantization) return undefined
    const { scales = [], zeroPoints = scales.map(() => 0), axis = 0 } = quantization
    const [scale, zeroPoint] = [float32s(scales), int64s(zeroPoints)]
    return table([undefined, undefined, at(scale), at(zeroPoint), undefined, undefined, int32(axis)])
  }
  const sparsity = ({ rows, shape: [count = 0] }: TensorInput): number | undefined => {
    if (!rows) return undefined
    const [segments, columns] = [rows.segments, rows.columns].map((list) => table([at(int32s(list))])) as [
      number,
      number,
    ]
    const levels = offsets([
      table([int8(0), int32(count)]),
      table([int8(1), undefined, int8(1), at(segments), int8(1), at(columns)]),
    ])
    return table([at(int32s([0, 1])), at(int32s([])), at(levels)])
  }
  const writtenTensors = tensors.map((input, index) => {
    const { name, type = 'float32', shape, signature, data, quantization } = input
    const places = sparsity(input)
    const [dims, open, title] = [int32s(shape), signature && int32s(signature), b.createString(name)]
    const scales = quantized(quantization)
    return table([
      at(dims),
      int8(types[type]),
      int32(data ? index + 1 : 0),
      at(title),
      scales === undefined ? undefined : at(scales),
      undefined,
      places === undefined ? undefined : at(places),
      open === undefined ? undefined : at(open),
    ])
  })
  const codes = operators.map(({ name }) => {
    const code = builtinOperators.indexOf(name)
    const version = name === 'BROADCAST_TO' ? 2 : 1
    if (code !== -1) return table([int8(Math.min(code, 127)), undefined, int32(version), int32(code)])
    const custom = b.createString(name)
    return table([int8(32), at(custom), int32(1), int32(32)])
  })
  const writtenOperators = operators.map(({ inputs: from, outputs: to, options }, index) => {
    const [read, given] = [int32s(numbers(from)), int32s(numbers(to))]
    const lists = options?.[1].map((field) => field.int32s && int32s(field.int32s))
    const settings =
      options &&
      table(
        options[1].map((field, number) => {
          const list = lists?.[number]
          if (list !== undefined) return at(list)
          if (field.int8 !== undefined) return int8(field.int8)
          if (field.int32 !== undefined) return int32(field.int32)
          const { float32 } = field
          return float32 === undefined ? undefined : (place: number) => b.addFieldFloat32(place, float32, 0)
        }),
      )
    return table([
      int32(index),
      at(read),
      at(given),
      options && int8(options[0]),
      settings === undefined ? undefined : at(settings),
    ])
  })
  const lists = [offsets(writtenTensors), int32s(numbers(inputs)), int32s(numbers(outputs)), offsets(writtenOperators)]
  const graph = table(lists.map(at))
  const [allCodes, graphs, allBuffers] = [offsets(codes), offsets([graph]), offsets(buffers)]
  b.finish(table([int32(3), at(allCodes), at(graphs), undefined, at(allBuffers)]), 'TFL3')
  return b.asUint8Array()
}
