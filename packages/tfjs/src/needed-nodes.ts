import { NodeImportError, type UnknownOperator, UnknownOperatorError } from './errors.js'
import { producerOf, type TfGraph, type TfNode } from './tf-graph.js'

/**
 * The part of a graph that `outputs` need, its nodes in an order in which they can run.
 * @param isKnown Whether an operator can be imported.
 * @throws UnknownOperatorError naming every node among them that cannot.
 * @throws NodeImportError when a node reads one that is not there, or itself.
 */
export function neededNodes(
  graph: TfGraph,
  outputs: readonly string[],
  isKnown: (operator: string) => boolean,
): TfGraph {
  const needed = new Map<string, TfNode>()
  const unknown: UnknownOperator[] = []
  const open = outputs.map((output) => producerOf(output)[0])
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = graph.nodes.get(name)
    if (!node || needed.has(name)) continue
    needed.set(name, node)
    if (!isKnown(node.op)) unknown.push({ node: name, operator: node.op })
    open.push(...sourcesOf(node))
  }
  if (unknown.length > 0) throw new UnknownOperatorError(graph.source, unknown)
  return { ...graph, nodes: inOrder(needed) }
}

/** Each node after those that it reads (Kahn, "Topological sorting of large networks", 1962). */
function inOrder(needed: ReadonlyMap<string, TfNode>): Map<string, TfNode> {
  const readers = new Map<string, TfNode[]>()
  const missing = new Map<TfNode, number>()
  for (const node of needed.values()) {
    const sources = sourcesOf(node)
    missing.set(node, sources.size)
    for (const source of sources) {
      if (!needed.has(source))
        throw new NodeImportError(node.name, node.op, 'inputs that are in the graph', `"${source}"`)
      const known = readers.get(source)
      if (known) known.push(node)
      else readers.set(source, [node])
    }
  }
  const ready = [...needed.values()].filter((node) => missing.get(node) === 0)
  for (const node of ready) {
    for (const reader of readers.get(node.name) ?? []) {
      const left = (missing.get(reader) ?? 0) - 1
      missing.set(reader, left)
      if (left === 0) ready.push(reader)
    }
  }
  const stuck = [...needed.values()].find((node) => (missing.get(node) ?? 0) > 0)
  if (stuck)
    throw new NodeImportError(stuck.name, stuck.op, 'a graph without loops', 'a node that reads its own output')
  return new Map(ready.map((node) => [node.name, node]))
}

function sourcesOf({ inputs }: TfNode): Set<string> {
  return new Set(inputs.map((input) => producerOf(input)[0]))
}
