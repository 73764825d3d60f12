import { OptionError } from '@headstart/core/kit'
import { type Dimension, type ElementType, type Graph, type Value, type ValueInfo } from '@headstart/onnx'
import { definedValues, extract, rename } from '@headstart/onnx/kit'
import { NodeImportError } from './errors.js'
import { fuseConvolutions } from './fuse-convolutions.js'
import { graphOfGraphModel } from './graph-model.js'
import { GraphWriter } from './graph-writer.js'
import { graphOfLayersModel } from './keras/layers-model.js'
import { neededNodes } from './needed-nodes.js'
import { onnxDims, type Operand } from './operand.js'
import { type Importer, Operation } from './operation.js'
import { operators } from './operators/index.js'
import type { TfjsModel } from './read-tfjs-model.js'
import { foldShape } from './shape-arithmetic.js'
import { graphOfTflite, nodeName } from './tflite/graph-of-tflite.js'
import { readTflite } from './tflite/read-tflite.js'
import { producerOf, type TfGraph, type TfNode, type TfShape, valueName } from './tf-graph.js'

/** What a node that becomes an input of the graph takes. */
export interface InputOptions {
  /**
   * Its shape in TensorFlow's order, which is batch, height, width, channels for images: a number where the size is
   * fixed, a name where it is known only when the graph runs. Default: what the model says of its inputs.
   */
  readonly dims?: readonly Dimension[]
  /** Default: what the model says of its inputs, else float32. */
  readonly type?: ElementType
}

/** Options of `importTfjs`. */
export interface ImportOptions {
  /**
   * Nodes (of a Keras model: layers) whose values the graph puts out, `name:1` for a second output. Only what they need
   * is imported. Default: what the model says, else all nodes that nothing reads.
   */
  readonly outputs?: readonly string[]
  /**
   * Nodes that become inputs of the graph, by name: what comes before them is left out. An input of the model that is
   * needed and not named here is an input of the graph, too.
   */
  readonly inputs?: Readonly<Record<string, InputOptions>>
  /**
   * The order of inputs and outputs of rank 4: 'nchw', channels before height and width, as is usual in ONNX and as
   * convolutions there compute, or 'nhwc', as in TensorFlow. Default 'nchw'. Other ranks are as in TensorFlow.
   */
  readonly layout?: 'nchw' | 'nhwc'
  /** Name of the graph. Default 'tfjs-model', or 'tflite-model'. */
  readonly name?: string
}

/**
 * A TensorFlow.js model as an ONNX graph that gives the same numbers. The value of each TensorFlow node has the node's
 * name, so that the graph can be cut there; within the graph, images have their channels first. Batch normalization,
 * scales and biases after a convolution become part of it, unless `outputs` names the value between.
 *
 * @throws OptionError when a named node is not in the model.
 * @throws UnknownOperatorError naming all operators (layer classes) that cannot be imported.
 * @throws NodeImportError when a node uses its operator in a way that cannot be imported.
 */
export function importTfjs(model: TfjsModel, options: ImportOptions = {}): Graph {
  const graph = model.format === 'graph-model' ? graphOfGraphModel(model) : graphOfLayersModel(model)
  return importGraph(graph, { name: 'tfjs-model', ...options })
}

/**
 * The same of a model of TensorFlow Lite. Nodes are named after the tensors that they give: `name_1` for a tensor `name:1`, the
 * first of names that are joined by semicolons.
 * Constants in half precision or quantized become float32. A quantized network computes with the numbers for which its quantized
 * ones stand, from inputs to outputs: they are not rounded, but cut off where the quantized ones end. Inputs are of the size for
 * which the model was converted, mostly a batch of one: `inputs: { name: { dims: ['batch', 224, 224, 3] } }` takes any number.
 *
 * @param bytes Of a .tflite file.
 * @param source Names the model in errors.
 * @throws TfliteFormatError when it is no such file, or damaged.
 * @throws OptionError, UnknownOperatorError, NodeImportError as `importTfjs`.
 */
export function importTflite(bytes: Uint8Array, options: ImportOptions = {}, source = 'TensorFlow Lite model'): Graph {
  const { inputs = {}, outputs } = options
  return importGraph(graphOfTflite(readTflite(source, bytes)), {
    name: 'tflite-model',
    ...options,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, input]) => [nodeName(name), input])),
    ...(outputs && { outputs: outputs.map(nodeName) }),
  })
}

function importGraph(whole: TfGraph, options: ImportOptions & { readonly name: string }): Graph {
  const { inputs = {} } = options
  const outputs = (options.outputs ?? whole.outputs).map(valueName)
  checkNames(whole, outputs, Object.keys(inputs))
  const isKnown = (operator: string): boolean => sources.has(operator) || Object.hasOwn(operators, operator)
  const needed = neededNodes(withInputs(whole, inputs), outputs, isKnown)
  return new Import(fuseConvolutions(needed, outputs), options).run(outputs)
}

/** Nodes that compute nothing. */
const sources: ReadonlySet<string> = new Set(['Placeholder', 'Const'])

function checkNames({ source, nodes, names }: TfGraph, outputs: readonly string[], inputs: readonly string[]): void {
  const refusal = (expected: string, got: string) => new OptionError(source, expected, got, names)
  if (outputs.length === 0) throw refusal('at least one output', 'none')
  for (const name of inputs) if (!nodes.has(name)) throw refusal('inputs that are nodes of the model', `"${name}"`)
  for (const name of outputs) {
    const node = nodes.get(producerOf(name)[0])
    if (!node) throw refusal('outputs that are nodes of the model', `"${name}"`)
    const isSource = sources.has(node.op) || inputs.includes(node.name)
    if (isSource) throw refusal('outputs that compute something', `"${name}", an input or a constant`)
  }
}

/** The graph with the named nodes as inputs, whatever they were. */
function withInputs(graph: TfGraph, inputs: Readonly<Record<string, InputOptions>>): TfGraph {
  const nodes = new Map(graph.nodes)
  for (const [name, { dims }] of Object.entries(inputs)) {
    const { op } = graph.nodes.get(name) as TfNode
    if (op === 'Placeholder') continue
    if (!dims) throw new NodeImportError(name, op, 'the shape of an input', 'none', noShape)
    nodes.set(name, { name, op: 'Placeholder', inputs: [], attributes: {} })
  }
  return { ...graph, nodes }
}

const noShape = 'Give its `dims` in the option `inputs`.'

/** One import: the values written so far, and the names that they will have. */
class Import {
  readonly #write: GraphWriter
  readonly #operands = new Map<string, Operand>()
  readonly #names = new Map<Value, string>()
  readonly #inputs: Value[] = []

  constructor(
    readonly graph: TfGraph,
    readonly options: ImportOptions & { readonly name: string },
  ) {
    this.#write = new GraphWriter(options.name, graph.nodes.keys())
  }

  run(outputs: readonly string[]): Graph {
    for (const node of this.graph.nodes.values()) {
      this.#write.enter(node.name)
      this.#valuesOf(node).forEach((operand, index) =>
        this.#keep(index === 0 ? node.name : `${node.name}:${index}`, operand),
      )
    }
    const ends = outputs.map((name) => this.#end(name))
    // What turned out to be known, such as the shape for a reshape, is computed by nodes that nothing reads.
    const needed = extract(this.#write.build(), this.#inputs, ends)
    const defined = definedValues(needed)
    const final = rename(needed, Object.fromEntries([...this.#names].filter(([value]) => defined.has(value))))
    return final.with({ valueInfo: this.#valueInfo(final) })
  }

  #valuesOf(node: TfNode): readonly Operand[] {
    if (node.op === 'Placeholder') return [this.#input(node)]
    if (node.op === 'Const') return [this.#constant(node)]
    const operation = new Operation(
      node,
      node.inputs.map((name) => this.#operand(node, name)),
      this.#write,
    )
    const result = (operators[node.op] as Importer)(operation)
    if (isSeveral(result)) return result
    const elements = result.dims.length <= 1 ? foldShape(operation) : undefined
    return [elements ? { ...result, elements } : result]
  }

  #operand(node: TfNode, name: string): Operand {
    const operand = this.#operands.get(name)
    if (operand) return operand
    throw new NodeImportError(node.name, node.op, 'inputs that its graph has', `"${name}"`)
  }

  #keep(name: string, operand: Operand): void {
    this.#operands.set(name, operand)
    if (!this.#names.has(operand.value)) this.#names.set(operand.value, name)
  }

  #input({ name, op, attributes }: TfNode): Operand {
    const given = this.options.inputs?.[name] ?? {}
    const dims = given.dims ?? this.#namedDims(name, attributes['shape'] as TfShape)
    if (!dims) throw new NodeImportError(name, op, 'the shape of an input', 'none', noShape)
    const type = given.type ?? (attributes['dtype'] as ElementType | undefined) ?? 'float32'
    const layout = dims.length === 4 && this.options.layout !== 'nhwc' ? 'nchw' : 'tf'
    const value = this.#write.graph.input(name, type, onnxDims({ dims, layout }))
    this.#inputs.push(value)
    return { value, type, dims, layout }
  }

  /** A shape with names for the sizes that it leaves open. What has one name must have one size in the end. */
  #namedDims(input: string, shape: TfShape): Dimension[] | undefined {
    const names = shape?.length === 4 ? ['batch', 'height', 'width', 'channels'] : ['batch']
    const isOnly = [...this.graph.nodes.values()].filter(({ op }) => op === 'Placeholder').length === 1
    return shape?.map((size, axis) => {
      if (size >= 0) return size
      const name = names[axis] ?? `axis_${axis}`
      return isOnly || (axis === 0 && this.graph.hasBatch) ? name : `${input}/${name}`
    })
  }

  #constant({ name, op }: TfNode): Operand {
    const content = this.graph.weights.get(name)
    if (content) return this.#write.constant(name, content)
    throw new NodeImportError(name, op, 'its contents among the weights', 'none', 'Get the files of the model again.')
  }

  /** Makes a value an output, in the order asked for, and gives it the name of the output. */
  #end(name: string): Value {
    const operand = this.#operands.get(name)
    if (!operand)
      throw new OptionError(this.graph.source, 'outputs that the node has', `"${name}"`, 'Count them from 0.')
    this.#write.enter(name)
    const wanted =
      operand.dims.length === 4 && this.options.layout !== 'nhwc' ? this.#write.nchw(operand) : this.#write.tf(operand)
    const owner = this.#names.get(wanted.value)
    // The value of an identity has another name already.
    const value = owner === undefined || owner === name ? wanted.value : this.#write.op('Identity', [wanted.value])
    if (this.#names.get(operand.value) === name) this.#names.set(operand.value, `${name}/${operand.layout}`)
    this.#names.set(value, name)
    this.#write.graph.output(value, value, wanted.type, onnxDims(wanted))
    return value
  }

  /** What is known of the values inside, for those who cut the graph there. */
  #valueInfo(graph: Graph): Map<string, ValueInfo> {
    const ends = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
    const defined = definedValues(graph)
    const info = new Map<string, ValueInfo>()
    for (const operand of this.#operands.values()) {
      const name = this.#names.get(operand.value) ?? ''
      if (!defined.has(name) || ends.has(name) || graph.initializers.has(name)) continue
      info.set(name, { name, type: operand.type, dims: onnxDims(operand) })
    }
    return info
  }
}

function isSeveral(result: Operand | readonly Operand[]): result is readonly Operand[] {
  return Array.isArray(result)
}
