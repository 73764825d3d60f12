import { float32, type Tensor, tensor } from '@headstart/onnx'
import { NodeImportError } from '../errors.js'
import type { TfAttribute } from '../tf-graph.js'
import type { LayerJson } from './topology.js'

/** A value between layers: a node of the TensorFlow graph in the making, and the number of its axes. */
export interface LayerValue {
  readonly name: string
  readonly rank: number
}

/** Writes one call of a layer as nodes of a TensorFlow graph; what it gives is the layer's output. */
export type LayerImporter = (layer: Layer, inputs: readonly LayerValue[]) => LayerValue

/** Where nodes and constants of the TensorFlow graph are written. */
export interface NodeSink {
  node(name: string, op: string, inputs: readonly string[], attributes: Readonly<Record<string, TfAttribute>>): void
  constant(name: string, content: Tensor): void
  /** A weight of the model. */
  weight(name: string): Tensor | undefined
}

/** One call of a layer: its settings, its weights, and where to write. */
export class Layer {
  readonly #counts = new Map<string, number>()

  constructor(
    readonly json: LayerJson,
    /** Name of this call in the graph. */
    readonly name: string,
    readonly sink: NodeSink,
  ) {}

  /** A node; its rank is that of its first input unless given. */
  op(
    op: string,
    inputs: readonly LayerValue[],
    attributes: Readonly<Record<string, TfAttribute>> = {},
    rank = inputs[0]?.rank ?? 0,
  ): LayerValue {
    const name = this.#nameOf(op)
    this.sink.node(
      name,
      op,
      inputs.map((input) => input.name),
      attributes,
    )
    return { name, rank }
  }

  constant(content: Tensor): LayerValue {
    const name = this.#nameOf('Const')
    this.sink.constant(name, content)
    return { name, rank: content.dims.length }
  }

  /** A number. */
  number(value: number): LayerValue {
    return this.constant(float32([], [value]))
  }

  /** A vector of whole numbers. */
  ints(values: readonly number[]): LayerValue {
    return this.constant(tensor('int32', [values.length], Int32Array.from(values)))
  }

  /** One of the layer's weights. @throws NodeImportError when the model has none of that name. */
  weight(name: string): Tensor {
    const content = this.sink.weight(`${this.json.name}/${name}`)
    if (content) return content
    throw this.refusal(`the weight "${this.json.name}/${name}"`, 'no such weight')
  }

  /** A setting that is a number. */
  setting(name: string, fallback: number): number {
    const value = this.json.config[name]
    return typeof value === 'number' ? value : fallback
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.json.config[name]
    return typeof value === 'boolean' ? value : fallback
  }

  text(name: string, fallback: string): string {
    const value = this.json.config[name]
    return typeof value === 'string' ? value : fallback
  }

  /** A setting that is a list of numbers, or one of them. */
  list(name: string): readonly number[] {
    const value = this.json.config[name] ?? []
    return (Array.isArray(value) ? value : [value]) as readonly number[]
  }

  /** A setting for height and width: two numbers, or one for both. */
  pair(name: string, fallback: number): readonly [number, number] {
    const [height = fallback, width = height] = this.list(name)
    return [height, width]
  }

  /** The number of axes, where it must be one. */
  expectRank({ rank }: LayerValue, wanted: number): void {
    if (rank !== wanted) throw this.refusal(`an input of rank ${wanted}`, `rank ${rank}`)
  }

  /** The layer works on the last axis only. */
  expectLastAxis({ rank }: LayerValue): void {
    const [axis = -1] = this.list('axis')
    if (axis !== -1 && axis !== rank - 1) throw this.refusal('the last axis', `axis ${axis} of ${rank}`)
  }

  /** Images have their channels last. */
  expectChannelsLast(): void {
    const format = this.text('data_format', 'channels_last')
    if (format !== 'channels_last') throw this.refusal('data_format channels_last', format)
  }

  /** The error for a use of the layer that cannot be imported. */
  refusal(expected: string, got: string): NodeImportError {
    return new NodeImportError(this.name, this.json.className, expected, got)
  }

  #nameOf(op: string): string {
    const number = this.#counts.get(op) ?? 0
    this.#counts.set(op, number + 1)
    return `${this.name}/${op}${number === 0 ? '' : `_${number}`}`
  }
}
