import type { ElementType } from './element-type.js'
import { GraphEditError } from '../errors.js'
import { type Graph, type Node, type ValueInfo, valuesRead } from './graph.js'
import { definedValues, unusedName, usedNames } from './rename.js'
import { shapesAtCut } from './shapes-at-cut.js'

/** Options of `extract` and `cut`. */
export interface CutOptions {
  /**
   * Element types of values that become inputs, by name. Without one, the type comes from the graph where it says,
   * else it is float32, the type of activations.
   */
  readonly types?: Readonly<Record<string, ElementType>>
}

/** A graph in two parts: what `prefix` puts out, `suffix` takes in. */
export interface CutGraph {
  readonly prefix: Graph
  readonly suffix: Graph
}

/**
 * Cuts a graph in two at a set of values: the prefix computes them from the graph's inputs, the suffix computes the
 * graph's outputs from them. An input of the graph that the suffix still needs (an attention mask, say) is an input
 * of the suffix too. A weight used on both sides stands in both. Where the suffix needs no more than the shape of a value
 * before the cut, and that shape is known (see `withInferredShapes`), it does not compute that value.
 * @throws GraphEditError when a value is not in the graph or there is none.
 */
export function cut(graph: Graph, values: readonly string[], options: CutOptions = {}): CutGraph {
  const inputs = graph.inputs.map(({ name }) => name)
  const outputs = graph.outputs.map(({ name }) => name)
  const prefix = extract(graph, inputs, values, options)
  return { prefix, suffix: extract(shapesAtCut(graph, values, definedValues(prefix)), values, outputs, options) }
}

/**
 * The part of a graph that computes `outputs` from `inputs`, which may be any values inside it. What is not needed
 * is left out; an input of the whole graph that is needed and not named comes along, after the named ones. An output
 * has a type where the graph says one; else onnxruntime infers it.
 * @throws GraphEditError when a value is not in the graph or no output is named.
 */
export function extract(
  graph: Graph,
  inputs: readonly string[],
  outputs: readonly string[],
  options: CutOptions = {},
): Graph {
  const defined = definedValues(graph)
  for (const name of [...inputs, ...outputs]) {
    if (!defined.has(name)) {
      throw new GraphEditError('extract', `a value of graph "${graph.name}"`, `"${name}"`, 'See graph.toString().')
    }
  }
  if (outputs.length === 0) throw new GraphEditError('extract', 'at least one value', 'none', 'Name where to cut.')

  const stops = new Set(inputs)
  const { nodes, reached } = walkBack(graph, stops, outputs)
  const taken = usedNames(graph)
  const written = (name: string): string => (stops.has(name) ? unusedName(name, taken) : name)
  // A node that is needed for another of its outputs still writes what is now an input: under a name of its own.
  const aside = (node: Node): Node =>
    node.outputs.some((name) => stops.has(name)) ? { ...node, outputs: node.outputs.map(written) } : node
  const graphInputs = new Map(graph.inputs.map((info) => [info.name, info]))
  const known = (name: string): ValueInfo | undefined =>
    graphInputs.get(name) ??
    graph.valueInfo.get(name) ??
    graph.outputs.find((info) => info.name === name) ??
    infoOfWeight(graph, name)
  const asInput = (name: string): ValueInfo => {
    const type = options.types?.[name] ?? known(name)?.type ?? 'float32'
    return { ...known(name), name, type }
  }
  const used = inputs.filter((name) => reached.has(name))
  const carried = graph.inputs.map(({ name }) => name).filter((name) => reached.has(name) && !stops.has(name))
  return graph.with({
    inputs: [...used, ...carried].map(asInput),
    outputs: outputs.map((name) => known(name) ?? { name }),
    nodes: graph.nodes.filter((node) => nodes.has(node)).map(aside),
    initializers: new Map([...graph.initializers].filter(([name]) => reached.has(name) && !stops.has(name))),
    valueInfo: new Map([...graph.valueInfo].filter(([name]) => reached.has(name) && !stops.has(name))),
  })
}

function infoOfWeight(graph: Graph, name: string): ValueInfo | undefined {
  const weight = graph.initializers.get(name)
  return weight && { name, type: weight.type, dims: weight.dims }
}

/** The nodes needed for `targets`, and every value met on the way, going back no further than `stops`. */
function walkBack(graph: Graph, stops: ReadonlySet<string>, targets: readonly string[]) {
  const producers = graph.producers()
  const nodes = new Set<Node>()
  const reached = new Set<string>()
  const open = [...targets]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue
    reached.add(name)
    const producer = stops.has(name) ? undefined : producers.get(name)
    if (!producer || nodes.has(producer)) continue
    nodes.add(producer)
    open.push(...valuesRead(producer))
  }
  return { nodes, reached }
}
