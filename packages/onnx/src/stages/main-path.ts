import { type Graph, type Node, valuesRead } from '../graph/graph.js'
import type { Tensor } from '../graph/tensor.js'
import { entryOf } from '../operators/table.js'

/** A part of a network between two values through which everything flows. */
export interface Segment {
  /** Its nodes on the main path, in the graph's order. */
  readonly nodes: readonly Node[]
  /** The value at which it ends. */
  readonly output: string
  /** Weights that its nodes read, directly or after they were moved or dequantized. */
  readonly weights: readonly string[]
}

/**
 * The main path of a network to one of its values, cut at each value through which everything flows.
 *
 * On the main path is what is computed from the network's inputs and its matrices, kernels or tables together. Beside it
 * run values that depend on shapes and weights alone (positions), and those computed from inputs without weights (an
 * attention mask): they cross every cut, and what is behind it computes them again.
 *
 * A value is passed by everything where it is the only one that is both written and still needed, after all nodes at
 * which the path begins: nodes stand in an order in which they can run, so that one sweep finds all such values (they
 * are the dominators of the output).
 */
export function mainPath(graph: Graph, output: string): Segment[] {
  const { onPath, begins, weightsOf } = followInputs(graph)
  const needed = neededFor(graph, output, onPath)
  const lastReader = new Map<string, number>([[output, Infinity]])
  graph.nodes.forEach((node, place) => {
    if (!needed.has(node)) return
    for (const name of dataRead(node)) lastReader.set(name, Math.max(place, lastReader.get(name) ?? 0))
  })
  const quantized = quantizedValues(graph)
  const segments: Segment[] = []
  const open = new Set<string>()
  let [nodes, weights]: [Node[], string[]] = [[], []]
  let toCome = graph.nodes.filter((node) => needed.has(node) && begins.has(node)).length
  graph.nodes.forEach((node, place) => {
    if (!needed.has(node)) return
    nodes.push(node)
    weights.push(...valuesRead(node).flatMap((name) => weightsOf(name)))
    if (begins.has(node)) toCome--
    for (const name of node.outputs) if (lastReader.has(name)) open.add(name)
    for (const name of open) if ((lastReader.get(name) ?? 0) <= place) open.delete(name)
    const [only = ''] = open
    if (toCome > 0 || open.size !== 1 || !node.outputs.includes(only) || quantized.has(only)) return
    segments.push({ nodes, output: only, weights: [...new Set(weights)] })
    ;[nodes, weights] = [[], []]
  })
  return segments
}

/** True for a weight that is a matrix, a kernel or a table: it has two axes at least along which it changes. */
export function isMatrix({ type, dims }: Tensor): boolean {
  return matrixTypes.has(type) && dims.filter((dim) => dim > 1).length > 1
}

const matrixTypes: ReadonlySet<string> = new Set(['float32', 'float64', 'float16', 'bfloat16', 'int8', 'uint8'])

/** What a node reads as data, and not for its shape alone. */
function dataRead(node: Node): string[] {
  return entryOf(node)?.data === 'shape' ? [] : valuesRead(node)
}

/** The values on main paths, the nodes at which these begin, and the weights from which other values are made. */
function followInputs(graph: Graph) {
  const fromInputs = new Set(graph.inputs.map(({ name }) => name))
  const onPath = new Set<string>()
  const begins = new Set<Node>()
  const sources = new Map<string, readonly string[]>([...graph.initializers.keys()].map((name) => [name, [name]]))
  const weightsOf = (name: string): readonly string[] => sources.get(name) ?? []
  const isFromMatrix = (name: string): boolean =>
    weightsOf(name).some((weight) => isMatrix(graph.initializers.get(weight) as Tensor))
  for (const node of graph.nodes) {
    const read = dataRead(node)
    const reads = (values: ReadonlySet<string>): boolean => read.some((name) => values.has(name))
    const beginning = !reads(onPath) && reads(fromInputs) && read.some(isFromMatrix)
    if (beginning) begins.add(node)
    for (const name of node.outputs) {
      if (name === '') continue
      if (beginning || reads(onPath)) onPath.add(name)
      else if (reads(fromInputs)) fromInputs.add(name)
      else sources.set(name, [...new Set(read.flatMap(weightsOf))])
    }
  }
  return { onPath, begins, weightsOf }
}

/** The nodes on main paths that lead to a value. */
function neededFor(graph: Graph, output: string, onPath: ReadonlySet<string>): Set<Node> {
  const values = new Set([output])
  const nodes = new Set<Node>()
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => values.has(name) && onPath.has(name))) continue
    nodes.add(node)
    for (const name of dataRead(node)) values.add(name)
  }
  return nodes
}

/** Activations that are held as whole numbers: no stage can end there. */
function quantizedValues(graph: Graph): Set<string> {
  const quantized = new Set<string>()
  for (const node of graph.nodes) {
    const entry = entryOf(node)
    const made = entry?.quantized?.gives === 'quantized'
    const moved = (entry?.data === 'moved' || entry?.data === 'joined') && quantized.has(node.inputs[0] ?? '')
    if (made || moved) for (const name of node.outputs) quantized.add(name)
  }
  return quantized
}
