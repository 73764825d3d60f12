import { ByteBuffer } from 'flatbuffers'
import { TfliteFormatError } from '../errors.js'
import { builtinOperators } from './builtin-operators.js'
import { FlatTable } from './flat-table.js'
import { readSparsity, type Sparsity } from './sparse.js'

/** TensorType of the schema, by its number. */
const types = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
] as const

export type TfliteType = (typeof types)[number] | 'unknown type'

/** The type of a number of the schema. */
export function typeOf(code: number): TfliteType {
  return types[code] ?? 'unknown type'
}

/** How the numbers of a tensor are meant: `(q - zeroPoint) * scale`, with one scale, or one for each place along an axis. */
export interface TfliteQuantization {
  readonly scales: readonly number[]
  readonly zeroPoints: readonly number[]
  readonly axis: number
}

/** A value of the graph, computed or constant. */
export interface TfliteTensor {
  readonly name: string
  readonly type: TfliteType
  /** Its shape as it was converted: 1 where the size of a batch is open. */
  readonly shape: readonly number[]
  /** The same with -1 where a size is open. */
  readonly signature: readonly number[]
  readonly quantization: TfliteQuantization | undefined
  /** Contents of a constant, as they are stored. */
  readonly bytes: Uint8Array | undefined
  /** Where not all of them are written. */
  readonly sparsity: Sparsity | undefined
}

/** One operation; inputs and outputs are numbers of tensors, -1 for an input that is left out. */
export interface TfliteOperator {
  /** As the schema spells it; of an operator that is not of the schema, its own name. */
  readonly name: string
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
  readonly options: FlatTable | undefined
}

/** A model in the format of TensorFlow Lite: its first graph. */
export interface TfliteModel {
  readonly source: string
  readonly tensors: readonly TfliteTensor[]
  readonly operators: readonly TfliteOperator[]
  readonly inputs: readonly number[]
  readonly outputs: readonly number[]
}

/**
 * Reads the bytes of a .tflite file.
 * Specification: tensorflow/lite/schema/schema.fbs, version 3, by whose order of fields they are numbered here.
 * @param source Names the model in errors.
 * @throws TfliteFormatError when it is no such file, or damaged.
 */
export function readTflite(source: string, bytes: Uint8Array): TfliteModel {
  const buffer = new ByteBuffer(bytes)
  if (bytes.length < 8 || buffer.getBufferIdentifier() !== 'TFL3') {
    throw new TfliteFormatError(
      source,
      'a TensorFlow Lite model, with "TFL3" in bytes 4 to 7',
      bytes.length < 8 ? `${bytes.length} bytes` : `"${buffer.getBufferIdentifier()}"`,
      'Give the bytes of a .tflite file; of an archive such as .task, those of the file in it.',
    )
  }
  const model = FlatTable.root(source, buffer)
  const [graph] = model.tables(2)
  if (!graph) throw new TfliteFormatError(source, 'a graph', 'none', 'Convert the model again.')
  const names = model.tables(1).map(operatorName)
  const buffers = model.tables(4)
  return {
    source,
    tensors: graph.tables(0).map((tensor) => readTensor(tensor, buffers)),
    operators: graph.tables(3).map((operator) => ({
      name: names[operator.int32(0)] ?? `operator ${operator.int32(0)}`,
      inputs: operator.int32s(1),
      outputs: operator.int32s(2),
      options: operator.table(4),
    })),
    inputs: graph.int32s(1),
    outputs: graph.int32s(2),
  }
}

/** Codes above 127 came later and have a field of their own, beside one of 127. */
function operatorName(code: FlatTable): string {
  const number = Math.max(code.int8(0), code.int32(3))
  const name = builtinOperators[number] ?? `operator ${number}`
  return name === 'CUSTOM' ? code.text(1) || name : name
}

function readTensor(tensor: FlatTable, buffers: readonly FlatTable[]): TfliteTensor {
  const shape = tensor.int32s(0)
  const signature = tensor.int32s(7)
  const bytes = buffers[tensor.int32(2)]?.bytes(0)
  const quantization = tensor.table(4)
  const scales = quantization?.float32s(2) ?? []
  const sparsity = tensor.table(6)
  return {
    name: tensor.text(3),
    type: typeOf(tensor.int8(1)),
    shape,
    signature: signature.length > 0 ? signature : shape,
    quantization:
      quantization && scales.length > 0
        ? { scales, zeroPoints: quantization.int64s(3), axis: quantization.int32(6) }
        : undefined,
    bytes: bytes && bytes.length > 0 ? bytes : undefined,
    sparsity: sparsity && readSparsity(sparsity),
  }
}
