import type { Graph } from '@headstart/onnx'
import type { Kind } from './target.js'

/** Nodes that come before a network which is carried away, and turn the tensors that others make into its own. */
export interface NodesBefore {
  /** From tensors under the names that others give them. */
  readonly graph: Graph
  /** Input of the network → output of `graph`. What is not named here goes to the network as it is. */
  readonly wiring: Readonly<Record<string, string>>
}

/** How Transformers.js makes tensors of a raw input. */
export interface TransformersInput {
  /** Its pipeline: 'text-classification', 'image-classification'. */
  readonly pipeline: string
  /** What that pipeline answers; of the kinds that there are. */
  readonly kinds: readonly Kind[]
  /** `model_type` and `architectures` of a family that hands such tensors to its network as they are. */
  readonly family: { readonly type: string; readonly architecture: string }
  /** Its files, such as `tokenizer.json`, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>
  /** Default: the network takes the pipeline's tensors as they are. */
  readonly before?: NodesBefore | undefined
}

/** How an ONNX file takes an input, as raw as a tensor can be. */
export interface OnnxInput {
  /** What one needs to make the tensors, by the name of the file's metadata property. */
  readonly metadata: Readonly<Record<string, string>>
  /** Default: the file takes the network's own tensors. */
  readonly before?: NodesBefore | undefined
}
