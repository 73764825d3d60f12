import type { Dimension } from '@headstart/onnx'
import { positiveAxis } from './dims.js'
import { NodeImportError } from './errors.js'
import type { GraphWriter } from './graph-writer.js'
import type { Operand } from './operand.js'
import type { TfNode } from './tf-graph.js'

/** Writes one node of a TensorFlow graph in ONNX; what it gives are the outputs of the node. */
export type Importer = (operation: Operation) => Operand | readonly Operand[]

/** One node of a TensorFlow graph on its way to ONNX: its inputs, its attributes, and where to write. */
export class Operation {
  constructor(
    readonly node: TfNode,
    readonly inputs: readonly Operand[],
    readonly write: GraphWriter,
  ) {}

  /** @throws NodeImportError when it has fewer inputs. */
  input(index: number): Operand {
    const operand = this.inputs[index]
    if (operand) return operand
    throw this.refusal(`an input ${index}`, `${this.inputs.length} inputs`)
  }

  /** The attribute as a number. */
  number(name: string, fallback: number): number {
    const value = this.node.attributes[name]
    return typeof value === 'number' ? value : fallback
  }

  numbers(name: string): readonly number[] {
    const value = this.node.attributes[name]
    return Array.isArray(value) ? (value as readonly number[]) : []
  }

  flag(name: string): boolean {
    return this.node.attributes[name] === true
  }

  text(name: string, fallback: string): string {
    const value = this.node.attributes[name]
    return typeof value === 'string' ? value : fallback
  }

  texts(name: string): readonly string[] {
    const value = this.node.attributes[name]
    return Array.isArray(value) ? (value as readonly string[]) : []
  }

  /** An input's contents, on which the graph depends. @throws NodeImportError when they are known only at run time. */
  ints(index: number, what: string): number[] {
    const { elements, tensor } = this.input(index)
    if (elements?.every((element) => typeof element === 'number')) return [...(elements as readonly number[])]
    if (tensor && tensor.type !== 'string') return Array.from(tensor.data as Int32Array, Number)
    throw this.refusal(
      `${what} that are constant`,
      `a value computed by the graph, of shape ${print(this.input(index).dims)}`,
    )
  }

  /** An input's contents as an axis of another operand, counted from the front. */
  axis(index: number, { dims }: Operand): number {
    return positiveAxis(this.ints(index, 'axes')[0] ?? 0, dims.length)
  }

  /** The error for a use of the operator that cannot be imported. */
  refusal(expected: string, got: string): NodeImportError {
    return new NodeImportError(this.node.name, this.node.op, expected, got)
  }
}

/** A shape for a message. */
export function print(dims: readonly Dimension[]): string {
  return `[${dims.map((dim) => dim || '?').join(', ')}]`
}
