import type { Tensor } from '@headstart/onnx'
import type { TfGraph, TfNode } from '../tf-graph.js'
import { NodeImportError } from '../errors.js'
import { contentsOf } from './contents.js'
import { tfliteOperators } from './operators.js'
import type { TfliteModel, TfliteOperator, TfliteTensor } from './read-tflite.js'
import { TfliteOperation, type TfliteSink, type Written } from './tflite-operation.js'

/**
 * The node of a tensor's name. The converter joins the names of all nodes that became one with semicolons, the last of them in
 * front; what follows a colon is the number of an output, which in a graph of TensorFlow no name of a node has.
 */
export function nodeName(tensor: string): string {
  const [last = ''] = tensor.split(';')
  return last.replace(/:(\d+)$/, (_, output: string) => (output === '0' ? '' : `_${output}`))
}

/**
 * The TensorFlow graph of a model of TensorFlow Lite. The value of each tensor is the node of the tensor's name.
 *
 * An operator that cannot be written, or a constant of a type that cannot be read, stands there as a node of an operator that
 * nobody knows, for it may not be needed.
 */
export function graphOfTflite(model: TfliteModel): TfGraph {
  return new GraphOfTflite(model).graph()
}

class GraphOfTflite implements TfliteSink {
  readonly #nodes = new Map<string, TfNode>()
  readonly #weights = new Map<string, Tensor>()
  /** Of each tensor. */
  readonly #names: string[]

  constructor(readonly model: TfliteModel) {
    this.#names = Array.from(model.tensors, () => '')
    const taken = new Set<string>()
    const take = ({ name }: TfliteTensor, index: number): void => {
      const wanted = nodeName(name) || `tensor_${index}`
      let candidate = wanted
      for (let count = 1; taken.has(candidate); count++) candidate = `${wanted}_${count}`
      taken.add(candidate)
      this.#names[index] = candidate
    }
    // Weights are named after the node that they went into: it has the name before them.
    model.tensors.forEach((tensor, index) => tensor.bytes === undefined && take(tensor, index))
    model.tensors.forEach((tensor, index) => tensor.bytes !== undefined && take(tensor, index))
  }

  get tensors(): readonly TfliteTensor[] {
    return this.model.tensors
  }

  graph(): TfGraph {
    const { source, tensors, operators, inputs, outputs } = this.model
    const computed = new Set(operators.flatMap((operator) => operator.outputs))
    for (const index of inputs) this.#input(index)
    tensors.forEach((tensor, index) => {
      if (tensor.bytes && !computed.has(index) && !inputs.includes(index)) this.#stored(index, tensor, tensor.bytes)
    })
    for (const operator of operators) this.#operator(operator)
    const names = 'Read the names of its tensors in a viewer such as Netron.'
    const ends = outputs.map((index) => this.nameOf(index))
    return { source, names, nodes: this.#nodes, weights: this.#weights, outputs: ends, hasBatch: false }
  }

  nameOf(tensor: number): string {
    return this.#names[tensor] ?? `tensor ${tensor}`
  }

  node(name: string, { op, inputs, attributes = {} }: Written): void {
    this.#nodes.set(name, { name, op, inputs, attributes })
  }

  constant(name: string, content: Tensor): void {
    this.node(name, { op: 'Const', inputs: [] })
    this.#weights.set(name, content)
  }

  contents(name: string): Tensor | undefined {
    return this.#weights.get(name)
  }

  #input(index: number): void {
    const { type = 'float32', signature, quantization } = this.tensors[index] ?? {}
    const isReal = type.startsWith('float') || quantization !== undefined
    const dtype = isReal ? 'float32' : type === 'bool' ? 'bool' : 'int32'
    this.node(this.nameOf(index), { op: 'Placeholder', inputs: [], attributes: { dtype, shape: signature } })
  }

  #stored(index: number, tensor: TfliteTensor, bytes: Uint8Array): void {
    const content = contentsOf(this.model.source, tensor, bytes)
    const name = this.nameOf(index)
    if (content) this.constant(name, content)
    else this.node(name, { op: `${tensor.type} weights`, inputs: [] })
  }

  #operator(operator: TfliteOperator): void {
    const [first = -1, ...others] = operator.outputs
    const name = this.nameOf(first)
    const operation = new TfliteOperation(operator, name, this)
    // Weights are whole and float32 already when they are read.
    const isOfWeights = ['DEQUANTIZE', 'QUANTIZE', 'DENSIFY'].includes(operator.name)
    const content = isOfWeights ? this.contents(operation.input(0)) : undefined
    if (content) return this.constant(name, content)
    const written = this.#written(operation)
    if (others.length === 0) return this.node(name, this.#within(operation, written, first))
    const several = operation.op(written.op, written.inputs, written.attributes)
    operator.outputs.forEach((output, index) => {
      const one = { op: 'Identity', inputs: [index === 0 ? several : `${several}:${index}`] }
      this.node(this.nameOf(output), this.#within(operation, one, output))
    })
  }

  #written(operation: TfliteOperation): Written {
    const { name } = operation.operator
    const unknown = (op: string): Written => ({ op, inputs: operation.inputs })
    const importer = Object.hasOwn(tfliteOperators, name) ? tfliteOperators[name] : undefined
    if (!importer) return unknown(name)
    try {
      return importer(operation)
    } catch (error) {
      if (error instanceof NodeImportError) return unknown(`${name} with ${error.got} (not ${error.expected})`)
      throw error
    }
  }

  /** A quantized value ends where its numbers end: an activation may be nothing but that. */
  #within(operation: TfliteOperation, written: Written, output: number): Written {
    const { type = '', quantization } = this.tensors[output] ?? {}
    const range = ranges[type]
    if (!range || !quantization) return written
    const [scale = 1] = quantization.scales
    const [zeroPoint = 0] = quantization.zeroPoints
    const [low, high] = range.map((level) => operation.number((level - zeroPoint) * scale)) as [string, string]
    return { op: 'ClipByValue', inputs: [operation.op(written.op, written.inputs, written.attributes), low, high] }
  }
}

/** Least and largest number of the types in which values are quantized. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
}
