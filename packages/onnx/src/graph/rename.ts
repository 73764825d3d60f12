import { GraphEditError } from '../errors.js'
import { type Attribute, type Graph, nestedGraphs, type Node, type ValueInfo } from './graph.js'

/**
 * The same graph with some values under other names, everywhere they are used (nested graphs too).
 * @throws GraphEditError when an old name is not in the graph or a new one is taken.
 */
export function rename(graph: Graph, names: Readonly<Record<string, string>>): Graph {
  const targets = new Map(Object.entries(names))
  const defined = definedValues(graph)
  const taken = usedNames(graph)
  const seen = new Set<string>()
  for (const [from, to] of targets) {
    if (!defined.has(from)) {
      throw new GraphEditError('rename', 'the name of a value in the graph', `"${from}"`, 'See graph.toString().')
    }
    if (to === '' || seen.has(to) || (taken.has(to) && !targets.has(to))) {
      throw new GraphEditError('rename', 'a name not yet in use', `"${to}" for "${from}"`, 'Choose another name.')
    }
    seen.add(to)
  }
  return mapNames(graph, (name) => targets.get(name) ?? name)
}

/** Names of all values that a graph defines: inputs, weights and node outputs. */
export function definedValues(graph: Graph): Set<string> {
  const outputs = graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''))
  return new Set([...graph.inputs.map(({ name }) => name), ...graph.initializers.keys(), ...outputs])
}

/** Names of all values that a graph defines, inside its nested graphs too. */
export function usedNames(graph: Graph): Set<string> {
  const nested = graph.nodes.flatMap(nestedGraphs).flatMap((inner) => [...usedNames(inner)])
  return new Set([...definedValues(graph), ...nested])
}

/** The name, or where it is taken the name with a number; it is taken from now on. */
export function unusedName(name: string, taken: Set<string>): string {
  let candidate = name
  for (let count = 2; taken.has(candidate); count++) candidate = `${name}_${count}`
  taken.add(candidate)
  return candidate
}

/** Every value's name through a function; node names stay. */
export function mapNames(graph: Graph, to: (name: string) => string): Graph {
  const info = (value: ValueInfo): ValueInfo => ({ ...value, name: to(value.name) })
  return graph.with({
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    nodes: graph.nodes.map((node) => mapNode(node, to)),
    initializers: new Map([...graph.initializers].map(([name, weight]) => [to(name), weight])),
    valueInfo: new Map([...graph.valueInfo].map(([name, value]) => [to(name), info(value)])),
  })
}

function mapNode(node: Node, to: (name: string) => string): Node {
  const value = (name: string): string => (name === '' ? '' : to(name))
  const attribute = ([name, attribute]: [string, Attribute]): [string, Attribute] =>
    attribute.kind === 'graph' ? [name, { kind: 'graph', value: mapNames(attribute.value, to) }] : [name, attribute]
  return {
    ...node,
    inputs: node.inputs.map(value),
    outputs: node.outputs.map(value),
    attributes: Object.fromEntries(Object.entries(node.attributes).map(attribute)),
  }
}
