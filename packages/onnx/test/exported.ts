import { readFileSync } from 'node:fs'
import { decodeModel } from '../src/graph/decode.js'
import type { Graph } from '../src/graph/graph.js'
import { rename } from '../src/graph/rename.js'
import { float32, int64, type Tensor, type Tensors } from '../src/graph/tensor.js'

const folder = new URL('fixtures/', import.meta.url)
interface Numbers {
  readonly dims: readonly number[]
  readonly data: readonly number[]
}
const results = JSON.parse(readFileSync(new URL('exported.json', folder), 'utf8')) as Record<
  string,
  { inputs: Record<string, Numbers>; encoding: Numbers }
>

/** Names of the networks that PyTorch exported, see `fixtures/make-exported-fixtures.py`. */
export const exportedNames = Object.keys(results)

/** A network as PyTorch exported it, inputs, and what PyTorch computes from them. */
export function exported(name: string): { graph: Graph; feeds: Tensors; encoding: Tensor } {
  const { inputs = {}, encoding = { dims: [], data: [] } } = results[name] ?? {}
  const feeds = Object.entries(inputs).map(([input, { dims, data }]): [string, Tensor] => [
    input,
    input === 'pixel_values' ? float32(dims, data) : int64(dims, data),
  ])
  return {
    graph: decodeModel(readFileSync(new URL(`exported/${name}.onnx`, folder)), name),
    feeds: Object.fromEntries(feeds),
    encoding: float32(encoding.dims, encoding.data),
  }
}

/** The same graph as a tool leaves it that numbers all names. */
export function withoutNames(graph: Graph): Graph {
  const values = [...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]
  const kept = new Set(['', ...graph.outputs.map(({ name }) => name)])
  const numbered = values.filter((name) => !kept.has(name)).map((name, index) => [name, `value_${index}`] as const)
  return rename(
    graph.with({ nodes: graph.nodes.map((node) => ({ ...node, name: '' })), valueInfo: new Map() }),
    Object.fromEntries(numbered),
  )
}

/** The same graph with the names of its weights alone. */
export function withoutNodeNames(graph: Graph): Graph {
  return graph.with({ nodes: graph.nodes.map((node) => ({ ...node, name: '' })) })
}
