import { float32, type Tensor, tensor } from '@headstart/onnx'
import { NodeImportError } from '../errors.js'
import type { TfAttribute } from '../tf-graph.js'
import type { FlatTable } from './flat-table.js'
import { type TfliteOperator, type TfliteTensor, typeOf } from './read-tflite.js'

/** A node of a TensorFlow graph that has no name yet. */
export interface Written {
  readonly op: string
  readonly inputs: readonly string[]
  readonly attributes?: Readonly<Record<string, TfAttribute>>
}

/** Writes an operator as nodes of a TensorFlow graph; what it gives is the last of them, which has the name of its value. */
export type TfliteImporter = (operation: TfliteOperation) => Written

/** Where nodes and constants of the TensorFlow graph are written. */
export interface TfliteSink {
  readonly tensors: readonly TfliteTensor[]
  /** The node of a tensor, by its number. */
  nameOf(tensor: number): string
  node(name: string, written: Written): void
  constant(name: string, content: Tensor): void
  /** The contents of a node, where it is a constant. */
  contents(name: string): Tensor | undefined
}

/** One operator of a TensorFlow Lite graph: its inputs, its options, and where to write. */
export class TfliteOperation {
  readonly #counts = new Map<string, number>()

  constructor(
    readonly operator: TfliteOperator,
    /** Name of its first output. */
    readonly name: string,
    readonly sink: TfliteSink,
  ) {}

  /** The node that gives an input. @throws NodeImportError when it is left out. */
  input(index: number): string {
    const given = this.optional(index)
    if (given !== undefined) return given
    throw this.refusal(`an input ${index}`, `${this.operator.inputs.length} inputs`)
  }

  optional(index: number): string | undefined {
    const number = this.operator.inputs[index] ?? -1
    return number < 0 ? undefined : this.sink.nameOf(number)
  }

  /** All inputs that are there. */
  get inputs(): readonly string[] {
    return this.operator.inputs.flatMap((_, index) => this.optional(index) ?? [])
  }

  /** The shape of an input as it was converted. */
  shape(index: number): readonly number[] {
    return this.sink.tensors[this.operator.inputs[index] ?? -1]?.shape ?? []
  }

  get output(): TfliteTensor | undefined {
    return this.sink.tensors[this.operator.outputs[0] ?? -1]
  }

  /** Contents of an input. @throws NodeImportError when they are known only when the graph runs. */
  contents(index: number, what: string): Tensor {
    const content = this.sink.contents(this.input(index))
    if (content) return content
    throw this.refusal(`${what} that are constant`, 'a value computed by the graph')
  }

  /** A node before the last one. */
  op(op: string, inputs: readonly string[], attributes: Readonly<Record<string, TfAttribute>> = {}): string {
    const name = this.#nameOf(op)
    this.sink.node(name, { op, inputs, attributes })
    return name
  }

  constant(content: Tensor): string {
    const name = this.#nameOf('Const')
    this.sink.constant(name, content)
    return name
  }

  number(value: number): string {
    return this.constant(float32([], [value]))
  }

  /** A vector of whole numbers. */
  ints(values: readonly number[]): string {
    return this.constant(tensor('int32', [values.length], Int32Array.from(values)))
  }

  /** A whole number. */
  int(value: number): string {
    return this.constant(tensor('int32', [], Int32Array.of(value)))
  }

  /** Options of the operator; where none are written, all have their defaults. Fields are numbered as in the schema. */
  get options(): Pick<FlatTable, 'int8' | 'int32' | 'float32' | 'flag' | 'int32s'> {
    return this.operator.options ?? defaults
  }

  /** A tensor type among the options, as TensorFlow graphs have it here: whole numbers are int32. */
  typeOption(field: number): string {
    const type = typeOf(this.options.int8(field))
    if (type.startsWith('float')) return 'float32'
    return /^u?int/.test(type) ? 'int32' : type
  }

  /** The error for a use of the operator that cannot be imported. */
  refusal(expected: string, got: string): NodeImportError {
    return new NodeImportError(this.name, this.operator.name, expected, got, 'Name `outputs` that come before it.')
  }

  #nameOf(op: string): string {
    const number = this.#counts.get(op) ?? 0
    this.#counts.set(op, number + 1)
    return `${this.name}/${op}${number === 0 ? '' : `_${number}`}`
  }
}

const defaults: TfliteOperation['options'] = {
  int8: (_, fallback = 0) => fallback,
  int32: (_, fallback = 0) => fallback,
  float32: (_, fallback = 0) => fallback,
  flag: () => false,
  int32s: () => [],
}
