import {
  type Dimension,
  type ElementType,
  type Graph,
  GraphBuilder,
  type Tensor,
  tensor,
  type Value,
} from '@headstart/onnx'
import { type AttributeInput } from '@headstart/onnx/kit'
import { type Layout, nchwToNhwc, nhwcToNchw, type Operand } from './operand.js'
import { transpose } from './transpose.js'

/** TensorProto.DataType of the types that TensorFlow.js computes with. */
const typeCodes: Partial<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 }

/** Writes the ONNX graph node by node, and brings values into the order and type that an operator needs. */
export class GraphWriter {
  readonly graph: GraphBuilder
  readonly #taken: Set<string>
  readonly #inOrder = { tf: new Map<Value, Operand>(), nchw: new Map<Value, Operand>() }
  readonly #constants = new Map<string, Operand>()
  #scope = ''

  /** @param reserved Names that only the nodes of the TensorFlow graph may have. */
  constructor(name: string, reserved: Iterable<string>) {
    this.graph = new GraphBuilder(name)
    this.#taken = new Set(reserved)
  }

  /** What is written from now on belongs to this node of the TensorFlow graph, whose name it has for a prefix. */
  enter(node: string): void {
    this.#scope = node
  }

  /** A node with one output. */
  op(
    opType: string,
    inputs: readonly (Value | '')[],
    attributes: Readonly<Record<string, AttributeInput>> = {},
  ): Value {
    return this.graph.op(opType, inputs, attributes, { name: this.#unused(`${this.#scope}/${opType}`) })
  }

  /** A node with several outputs. */
  ops(
    opType: string,
    inputs: readonly (Value | '')[],
    outputs: number,
    attributes: Readonly<Record<string, AttributeInput>> = {},
  ): Value[] {
    return this.graph.ops(opType, inputs, outputs, attributes, { name: this.#unused(`${this.#scope}/${opType}`) })
  }

  /** A weight. */
  constant(name: string, content: Tensor): Operand {
    const value = this.graph.weight(name, content)
    const { type, dims } = content
    const isSmall = dims.length <= 1 && content.data.length <= 64 && (type === 'int32' || type === 'int64')
    const elements = isSmall ? Array.from(content.data as Int32Array, Number) : undefined
    return { value, type, dims, layout: 'tf', tensor: content, elements }
  }

  /** A single number of a type. */
  scalar(number: number, type: ElementType = 'float32'): Value {
    if (type === 'float32') return this.graph.scalar(number)
    const data = type === 'int32' ? Int32Array.of(number) : Uint8Array.of(number)
    return this.#constant(`${type}_${number}`, () => tensor(type, [], data)).value
  }

  /** The value in TensorFlow's order. */
  tf(operand: Operand): Operand {
    return operand.layout === 'tf' ? operand : this.#reordered(operand, 'tf', nchwToNhwc)
  }

  /** The value of rank 4 with channels before height and width. */
  nchw(operand: Operand): Operand {
    return operand.layout === 'nchw' ? operand : this.#reordered(operand, 'nchw', nhwcToNchw)
  }

  /** Whatever its layout, an operand's axes in another order: `axes[i]` is the axis of the operand that becomes `i`. */
  transposed(operand: Operand, axes: readonly number[]): Operand {
    const source = this.tf(operand)
    const dims = axes.map((axis) => source.dims[axis] as Dimension)
    if (axes.every((axis, index) => axis === index)) return source
    const { tensor: content, value } = source
    if (content) return this.#constant(`${value}/transposed_${axes.join('_')}`, () => transpose(content, axes))
    return { ...source, value: this.op('Transpose', [value], { perm: axes }), dims, elements: undefined }
  }

  /** An operand in TensorFlow's order with another shape; at most one dimension is not a number. */
  reshaped(operand: Operand, dims: readonly Dimension[]): Operand {
    const source = this.tf(operand)
    if (source.dims.length === dims.length && source.dims.every((dim, axis) => dim === dims[axis] && dim !== ''))
      return source
    const { tensor: content, value } = source
    if (content)
      return this.#constant(`${value}/reshaped_${dims.join('_')}`, () =>
        tensor(content.type, dims as number[], content.data),
      )
    const shape = this.graph.ints(dims.map((dim) => (typeof dim === 'number' ? dim : -1)))
    return { ...source, value: this.op('Reshape', [value, shape]), dims, elements: undefined }
  }

  /** The value in another type. */
  cast(operand: Operand, type: ElementType): Operand {
    if (operand.type === type) return operand
    const value = this.op('Cast', [operand.value], { to: typeCodes[type] as number })
    return { ...operand, value, type, tensor: undefined }
  }

  /** A vector or a number as ONNX wants shapes and axes: int64, and a constant where it is known. */
  int64(operand: Operand): Value {
    const { elements, dims } = operand
    if (!elements?.every((element) => typeof element === 'number')) return this.cast(this.tf(operand), 'int64').value
    return this.graph.ints(dims.length === 0 ? (elements[0] as number) : (elements as readonly number[]))
  }

  /** The shape of a value as an ONNX vector (int64), from axis `start` to before `end`. */
  shape({ value }: Operand, start: number, end: number): Value {
    return this.op('Shape', [value], { start, end })
  }

  /** @throws InvalidGraphError when the graph breaks a rule of the ONNX IR. */
  build(): Graph {
    return this.graph.build()
  }

  /** In the other order: transposed once for all that read it, and the way back is the original. */
  #reordered(operand: Operand, layout: Layout, perm: readonly number[]): Operand {
    const done = this.#inOrder[layout].get(operand.value)
    if (done) return done
    const value = operand.tensor
      ? this.transposed(operand, perm).value
      : this.op('Transpose', [operand.value], { perm })
    const reordered: Operand = { ...operand, value, layout, tensor: undefined }
    this.#inOrder[layout].set(operand.value, reordered)
    this.#inOrder[operand.layout].set(value, operand)
    return reordered
  }

  /** A constant made once. */
  #constant(name: string, make: () => Tensor): Operand {
    const known = this.#constants.get(name) ?? this.constant(this.#unused(name), make())
    this.#constants.set(name, known)
    return known
  }

  #unused(name: string): string {
    let candidate = name
    for (let count = 1; this.#taken.has(candidate); count++) candidate = `${name}_${count}`
    this.#taken.add(candidate)
    return candidate
  }
}
