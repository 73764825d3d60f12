import { type Attribute, float32, type Graph, type Node, type Tensor } from '@headstart/onnx'
import { likenessOf, transposed } from './tie-weights.js'

/** A weight before and after training. */
export interface ChangedWeight {
  readonly name: string
  readonly before: Tensor
  readonly after: Tensor
}

/**
 * Files of a translator with new weights in all of their places: of that name, under another one, as exporters number matrices anew in
 * each file, turned about, and inside of branches. A place is known by the numbers that were there; where several weights have the same,
 * by its name, else by its order.
 */
export function writeWeights(files: ReadonlyMap<string, Graph>, changed: readonly ChangedWeight[]): Map<string, Graph> {
  return new Map([...files].map(([file, graph]) => [file, written(file, graph, changed)]))
}

function written(file: string, graph: Graph, changed: readonly ChangedWeight[]): Graph {
  const taken = new Set<string>()
  const weightFor = (name: string, old: Tensor): Tensor => {
    if (old.type !== 'float32') return old
    const like = changed.flatMap((one) => {
      const likeness = likenessOf(one.before, old)
      return likeness ? [{ ...one, likeness }] : []
    })
    const found = like.find((one) => one.name === name) ?? like.find((one) => !taken.has(one.name)) ?? like[0]
    if (!found) return old
    taken.add(found.name)
    return found.likeness === 'same' ? found.after : float32(old.dims, transposed(found.after))
  }
  return inAll(graph, weightFor)
}

/** Weights through a function, those of branches too. */
function inAll(graph: Graph, to: (name: string, weight: Tensor) => Tensor): Graph {
  const initializers = new Map([...graph.initializers].map(([name, weight]) => [name, to(name, weight)]))
  const attribute = ([key, value]: [string, Attribute]): [string, Attribute] =>
    value.kind === 'graph' ? [key, { kind: 'graph', value: inAll(value.value, to) }] : [key, value]
  const nodes = graph.nodes.map((node): Node =>
    Object.values(node.attributes).some(({ kind }) => kind === 'graph')
      ? { ...node, attributes: Object.fromEntries(Object.entries(node.attributes).map(attribute)) }
      : node,
  )
  return graph.with({ initializers, nodes })
}
