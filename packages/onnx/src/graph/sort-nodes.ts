import { InvalidGraphError } from '../errors.js'
import { type Attribute, type Graph, type Node, valuesRead } from './graph.js'

/**
 * The same graph with its nodes in an order in which they can run, those of nested graphs too: each after those whose values it
 * reads, and else as they stood. A graph whose nodes are in order is given back as it is.
 *
 * ONNX asks for that order; onnxruntime, which brings it about itself, takes any, and published models rely on it.
 * @throws InvalidGraphError for nodes that read each other in a circle.
 */
export function sortNodes(graph: Graph): Graph {
  const inside = graph.nodes.map(sortInside)
  const isChanged = inside.some((node, index) => node !== graph.nodes[index])
  const nodes = sorted(graph.name, isChanged ? inside : graph.nodes)
  return nodes === graph.nodes ? graph : graph.with({ nodes })
}

function sortInside(node: Node): Node {
  const sortedGraph = (attribute: Attribute): Attribute => {
    const value = attribute.kind === 'graph' ? sortNodes(attribute.value) : undefined
    return attribute.kind === 'graph' && value && value !== attribute.value ? { kind: 'graph', value } : attribute
  }
  const entries = Object.entries(node.attributes)
  const after = entries.map(([name, attribute]) => [name, sortedGraph(attribute)] as const)
  const isChanged = after.some(([, attribute], index) => attribute !== entries[index]?.[1])
  return isChanged ? { ...node, attributes: Object.fromEntries(after) } : node
}

function sorted(graph: string, nodes: readonly Node[]): readonly Node[] {
  const producers = new Map<string, Node>()
  for (const node of nodes) for (const output of node.outputs) if (output !== '') producers.set(output, node)
  const reads = nodes.map((node) => valuesRead(node).flatMap((name) => producers.get(name) ?? []))
  const seen = new Set<Node>()
  const isInOrder = nodes.every((node, index) => reads[index]?.every((before) => seen.has(before)) && seen.add(node))
  if (isInOrder) return nodes

  // Depth first, without recursion: chains can be as long as the graph.
  const needed = new Map(nodes.map((node, index) => [node, reads[index] ?? []]))
  const done = new Set<Node>()
  for (const node of nodes) {
    const stack = [node]
    const open = new Set(stack)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = done.has(top) ? undefined : needed.get(top)?.find((before) => !done.has(before))
      if (next && open.has(next)) throw circle(graph, [...stack, next])
      if (next) {
        stack.push(next)
        open.add(next)
      } else {
        stack.pop()
        open.delete(top)
        done.add(top)
      }
    }
  }
  return [...done]
}

function circle(graph: string, path: readonly Node[]): InvalidGraphError {
  const last = path.at(-1)
  const round = path.slice(last ? path.indexOf(last) : 0).map((node) => `"${node.name || node.outputs[0]}"`)
  return new InvalidGraphError(graph, [`nodes read each other in a circle: ${round.join(' reads ')}`])
}
