import type { Tensor } from '@headstart/onnx'
import { NodeImportError, TfjsFormatError } from '../errors.js'
import type { TfjsModel } from '../read-tfjs-model.js'
import { namesInTopology, type TfGraph, type TfNode, type TfShape } from '../tf-graph.js'
import { activationLayers } from './activation-layers.js'
import { convolutionLayers } from './convolution-layers.js'
import { coreLayers } from './core-layers.js'
import { Layer, type LayerImporter, type LayerValue, type NodeSink } from './layer.js'
import { poolingLayers } from './pooling-layers.js'
import { type LayerJson, type LayerReference, type ModelConfig, parseTopology } from './topology.js'

/** How each Keras layer is written as nodes of a TensorFlow graph, by its class. */
export const layers: Readonly<Record<string, LayerImporter>> = {
  ...activationLayers,
  ...convolutionLayers,
  ...coreLayers,
  ...poolingLayers,
}

/**
 * The TensorFlow graph of a Keras model. The output of each layer is the node of the layer's name; layers of a model
 * within the model are found as `model/layer`, a further call of a shared layer as `layer/call_1`.
 *
 * A layer that cannot be written stands there as a node of an operator that nobody knows, for it may not be needed.
 * @throws TfjsFormatError when it is no such model.
 */
export function graphOfLayersModel(model: TfjsModel): TfGraph {
  const nodes = new Map<string, TfNode>()
  const weights = new Map<string, Tensor>()
  const sink: NodeSink = {
    node: (name, op, inputs, attributes) => nodes.set(name, { name, op, inputs, attributes }),
    constant: (name, content) => {
      nodes.set(name, { name, op: 'Const', inputs: [], attributes: {} })
      weights.set(name, content)
    },
    weight: (name) => model.weights.get(name) ?? findNested(model.weights, name),
  }
  const outputs = new ModelWriter(model.source, parseTopology(model), '', sink, nodes).outputs([])
  return {
    source: model.source,
    names: namesInTopology,
    nodes,
    weights,
    outputs: outputs.map(({ name }) => name),
    hasBatch: true,
  }
}

/** Newer converters put one more name between layer and weight. */
function findNested(weights: ReadonlyMap<string, Tensor>, name: string): Tensor | undefined {
  for (const [key, content] of weights) if (key.split('/').toSpliced(-2, 1).join('/') === name) return content
  return undefined
}

/** One call of a model: of the whole one, or of one within it. */
class ModelWriter {
  readonly #layers: ReadonlyMap<string, LayerJson>
  readonly #done = new Map<string, readonly LayerValue[]>()

  constructor(
    readonly source: string,
    readonly model: ModelConfig,
    /** Goes before the names of its layers. */
    readonly prefix: string,
    readonly sink: NodeSink,
    readonly nodes: Map<string, TfNode>,
  ) {
    this.#layers = new Map(model.layers.map((layer) => [layer.name, layer]))
  }

  /** Writes all layers; gives the model's outputs. @param inputs What it is called with; none for the whole model. */
  outputs(inputs: readonly LayerValue[]): readonly LayerValue[] {
    return this.model.isSequential ? this.#inSequence(inputs) : this.#joined(inputs)
  }

  #inSequence(inputs: readonly LayerValue[]): readonly LayerValue[] {
    const [first] = this.model.layers
    let values = inputs
    if (values.length === 0 && first && first.className !== 'InputLayer') {
      const source = innermost(first)
      values = [this.#placeholder(source.className === 'InputLayer' ? source.name : `${source.name}_input`, source)]
    }
    for (const layer of this.model.layers) {
      if (layer.className === 'InputLayer' && values.length > 0) continue
      values = this.#call(layer, 0, values)
    }
    return values
  }

  #joined(inputs: readonly LayerValue[]): readonly LayerValue[] {
    this.model.inputs.forEach(([name], index) => {
      const given = inputs[index]
      if (given) this.#done.set(`${name} 0`, [given])
    })
    for (const layer of this.model.layers) layer.calls.forEach((_, call) => this.#valuesOf(layer, call))
    return this.model.outputs.map((reference) => this.#valueOf(reference))
  }

  #valueOf([name, index, output]: LayerReference): LayerValue {
    const layer = this.#layers.get(name)
    // A model has a first call from which it was made.
    const values = layer && this.#valuesOf(layer, layer.model ? Math.max(index - 1, 0) : index)
    const value = values?.[output]
    if (value) return value
    throw new TfjsFormatError(
      this.source,
      'references to layers that exist',
      `"${name}", call ${index}`,
      'Save the model again.',
    )
  }

  #valuesOf(layer: LayerJson, call: number): readonly LayerValue[] {
    const key = `${layer.name} ${call}`
    const values =
      this.#done.get(key) ??
      this.#call(
        layer,
        call,
        (layer.calls[call] ?? []).map((one) => this.#valueOf(one)),
      )
    this.#done.set(key, values)
    return values
  }

  #call(layer: LayerJson, call: number, inputs: readonly LayerValue[]): readonly LayerValue[] {
    const name = `${this.prefix}${layer.name}${call === 0 ? '' : `/call_${call}`}`
    if (layer.className === 'InputLayer') return [this.#placeholder(name, layer)]
    if (layer.model) {
      const values = new ModelWriter(this.source, layer.model, `${name}/`, this.sink, this.nodes).outputs(inputs)
      // So that the model's own name can be asked for.
      if (values[0]) this.sink.node(name, 'Identity', [values[0].name], {})
      return values
    }
    return [this.#named(name, this.#write(layer, name, inputs), inputs)]
  }

  #write(layer: LayerJson, name: string, inputs: readonly LayerValue[]): LayerValue {
    const importer = Object.hasOwn(layers, layer.className) ? layers[layer.className] : undefined
    const unknown = (operator: string): LayerValue => {
      this.sink.node(
        name,
        operator,
        inputs.map((input) => input.name),
        {},
      )
      return { name, rank: inputs[0]?.rank ?? 0 }
    }
    if (!importer) return unknown(`${layer.className} layer`)
    if (inputs.length === 0) {
      const remedy = 'Save the model again.'
      throw new TfjsFormatError(this.source, 'layers that take something', `"${name}", which takes nothing`, remedy)
    }
    try {
      return importer(new Layer(layer, name, this.sink), inputs)
    } catch (error) {
      if (error instanceof NodeImportError)
        return unknown(`${layer.className} layer with ${error.got} (not ${error.expected})`)
      throw error
    }
  }

  /** The node that gives the layer's value, under the name of the layer. */
  #named(name: string, value: LayerValue, inputs: readonly LayerValue[]): LayerValue {
    const node = this.nodes.get(value.name)
    if (value.name === name) return value
    if (!node || inputs.includes(value)) {
      this.sink.node(name, 'Identity', [value.name], {})
    } else {
      this.nodes.delete(value.name)
      this.sink.node(name, node.op, node.inputs, node.attributes)
    }
    return { ...value, name }
  }

  #placeholder(name: string, { config }: LayerJson): LayerValue {
    const given = (config['batch_input_shape'] ?? config['batch_shape']) as readonly (number | null)[] | undefined
    if (!Array.isArray(given)) {
      throw new TfjsFormatError(
        this.source,
        'the shape of the first layer',
        'none',
        'Save the model again after it was built.',
      )
    }
    const shape: TfShape = given.map((size) => size ?? -1)
    const dtype = String(config['dtype'] ?? 'float32')
    this.sink.node(name, 'Placeholder', [], { shape, dtype: dtype === 'int32' || dtype === 'bool' ? dtype : 'float32' })
    return { name, rank: shape.length }
  }
}

/** The first layer of the first model, which says the shape. */
function innermost(layer: LayerJson): LayerJson {
  const [first] = layer.model?.layers ?? []
  return first ? innermost(first) : layer
}
