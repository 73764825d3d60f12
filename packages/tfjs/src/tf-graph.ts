import type { ElementType, Tensor } from '@headstart/onnx'

/** Size of each dimension, -1 where it is not known; undefined where even the rank is not. */
export type TfShape = readonly number[] | undefined

/** An attribute of a node, decoded. Types are those that its tensors have in ONNX. */
export type TfAttribute = number | boolean | string | ElementType | TfShape | readonly string[] | readonly boolean[]

/** One operation of a TensorFlow graph. */
export interface TfNode {
  readonly name: string
  readonly op: string
  /** Values read: the name of a node for its first output, `name:1` for its second. */
  readonly inputs: readonly string[]
  readonly attributes: Readonly<Record<string, TfAttribute>>
}

/**
 * A TensorFlow graph, to which all formats are brought before they become ONNX: a graph model is one, and each layer
 * of a Keras model, each operator of a model of TensorFlow Lite is a few nodes of one.
 */
export interface TfGraph {
  /** Names the model in errors. */
  readonly source: string
  /** Where the names of its nodes are found, for errors. */
  readonly names: string
  readonly nodes: ReadonlyMap<string, TfNode>
  /** Contents of the `Const` nodes, by name. */
  readonly weights: ReadonlyMap<string, Tensor>
  /** What the model itself says it puts out. */
  readonly outputs: readonly string[]
  /** Whether the first axis of every input is the same batch. */
  readonly hasBatch: boolean
}

/** Where the names are found in both formats of TensorFlow.js. */
export const namesInTopology = 'Read the names in the modelTopology of model.json.'

/** The node that writes a value, and the number of the output: `split:1` is the second of `split`. */
export function producerOf(value: string): readonly [node: string, output: number] {
  const [, node = value, output = '0'] = /^(.*):(\d+)$/.exec(value) ?? []
  return [node, Number(output)]
}

/** The name of a value in one spelling: without the `:0` of a first output. */
export function valueName(value: string): string {
  const [node, output] = producerOf(value)
  return output === 0 ? node : `${node}:${output}`
}
