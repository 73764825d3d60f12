import type { ValueInfo } from '../graph/graph.js'
import type { Tensor, Tensors } from '../graph/tensor.js'

/**
 * Where a graph runs: an execution provider of onnxruntime by its name ('cpu', 'cuda', 'webgpu', 'coreml', 'dml', ...), or
 * with options of its own, which are passed through: `{ name: 'cuda', deviceId: 1 }`.
 */
export type Device = string | { readonly name: string; readonly [option: string]: unknown }

/** How a runtime is to load a graph; see `SessionOptions`. */
export interface LoadOptions {
  /** In order of preference; on others nothing may run. */
  readonly devices: readonly Device[]
  readonly threads?: number | undefined
  readonly optimization: 'all' | 'extended' | 'basic' | 'disabled'
  readonly spin: boolean | 'while running'
  /** See `SessionOptions.memory`. */
  readonly memory?: 'kept' | 'given back' | undefined
}

/** A graph that a runtime has loaded. */
export interface LoadedGraph {
  /** With the types and shapes that the runtime inferred; a scalar's shape has no elements, nor has an unknown one. */
  readonly outputs: readonly ValueInfo[]
  /** @param signal Ends a run that is under way, where the runtime can. */
  run(feeds: Tensors, outputs: readonly string[], signal?: AbortSignal): Promise<Record<string, Tensor>>
  release(): Promise<void>
}

/** What runs graphs: onnxruntime for Node, for browsers, or anything else that takes ONNX. */
export interface Runtime {
  readonly name: string
  /** Names of the devices that it can be asked for; whether the machine has them shows when a graph is loaded. */
  readonly devices: readonly string[]
  /** @throws whatever says why it does not take the graph. */
  load(model: Uint8Array, options: LoadOptions): Promise<LoadedGraph>
}

/** A device's name. */
export function nameOf(device: Device): string {
  return typeof device === 'string' ? device : device.name
}
