import { NodeImportError, type UnknownOperator, UnknownOperatorError } from './errors.js'
import { producerOf, type TfGraph, type TfNode } from './tf-graph.js'

/**
 * The nodes that `outputs` need, in an order in which they can run, going back no further than `stops`.
 * @param isKnown Whether an operator can be imported.
 * @throws UnknownOperatorError naming every node among them that cannot.
 */
export function neededNodes(
  graph: TfGraph,
  outputs: readonly string[],
  stops: ReadonlySet<string>,
  isKnown: (operator: string) => boolean,
): TfNode[] {
  const needed = new Map<string, TfNode>()
  const unknown: UnknownOperator[] = []
  const open = outputs.map((output) => producerOf(output)[0])
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const node = graph.nodes.get(name)
    if (!node || needed.has(name)) continue
    needed.set(name, node)
    if (stops.has(name)) continue
    if (!isKnown(node.op)) unknown.push({ node: name, operator: node.op })
    open.push(...node.inputs.map((input) => producerOf(input)[0]))
  }
  if (unknown.length > 0) throw new UnknownOperatorError(graph.source, unknown)
  return inOrder(needed, stops)
}

/** Each node after those that it reads (Kahn, "Topological sorting of large networks", 1962). */
function inOrder(needed: ReadonlyMap<string, TfNode>, stops: ReadonlySet<string>): TfNode[] {
  const readers = new Map<string, TfNode[]>()
  const missing = new Map<TfNode, number>()
  for (const node of needed.values()) {
    const sources = stops.has(node.name) ? [] : [...new Set(node.inputs.map((input) => producerOf(input)[0]))]
    missing.set(node, sources.length)
    for (const source of sources) {
      if (!needed.has(source)) throw new NodeImportError(node.name, node.op, 'inputs that are in the graph', `"${source}"`)
      readers.set(source, [...(readers.get(source) ?? []), node])
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
  if (stuck) throw new NodeImportError(stuck.name, stuck.op, 'a graph without loops', 'a node that reads its own output')
  return ready
}
