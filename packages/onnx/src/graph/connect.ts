import { GraphEditError } from '../errors.js'
import type { Graph, Node } from './graph.js'
import { definedValues, mapNames, unusedName, usedNames } from './rename.js'

/**
 * Appends one graph to another: inputs of `second` are fed from values of `first`. The result has the inputs of both
 * (without those that are fed; an input of the same name in both is one input) and the outputs of `second`.
 * Values, weights and nodes of `second` whose names are taken get a new name; its outputs keep theirs.
 *
 * @param wiring Input of `second` → value of `first`.
 * @throws GraphEditError for a name that does not exist, an operator set of two versions, an output's name that
 *   `first` uses already.
 */
export function connect(first: Graph, second: Graph, wiring: Readonly<Record<string, string>>): Graph {
  const values = definedValues(first)
  const secondInputs = new Set(second.inputs.map(({ name }) => name))
  for (const [input, value] of Object.entries(wiring)) {
    if (!secondInputs.has(input)) {
      throw new GraphEditError('connect', `an input of graph "${second.name}"`, `"${input}"`, 'See its inputs.')
    }
    if (!values.has(value)) {
      throw new GraphEditError('connect', `a value of graph "${first.name}"`, `"${value}"`, 'See its toString().')
    }
  }
  const opsets = new Map(first.opsets)
  for (const [domain, version] of second.opsets) {
    const other = opsets.get(domain)
    if (other !== undefined && other !== version) {
      const expected = `operator set "${domain || 'ai.onnx'}" in version ${other}, as in graph "${first.name}"`
      throw new GraphEditError('connect', expected, `version ${version}`, 'Build the graph for that version.')
    }
    opsets.set(domain, version)
  }

  const names = new Map<string, string>(Object.entries(wiring))
  const shared = new Set(
    first.inputs.map(({ name }) => name).filter((name) => secondInputs.has(name) && !names.has(name)),
  )
  const outputs = new Set(second.outputs.map(({ name }) => name))
  const taken = usedNames(first)
  const own = usedNames(second)
  const used = new Set([...taken, ...own])
  for (const name of own) {
    if (names.has(name) || shared.has(name) || !taken.has(name)) continue
    if (outputs.has(name)) {
      throw new GraphEditError('connect', 'an output name not yet in use', `"${name}"`, 'Rename it first.')
    }
    names.set(name, unusedName(`${second.name}/${name}`, used))
  }
  const renamed = mapNames(second, (name) => names.get(name) ?? name)
  const fed = new Set([...Object.values(wiring), ...shared])
  return first.with({
    inputs: [...first.inputs, ...renamed.inputs.filter(({ name }) => !fed.has(name))],
    outputs: renamed.outputs,
    nodes: [...first.nodes, ...withUnusedNames(renamed, first.nodes)],
    initializers: new Map([...first.initializers, ...renamed.initializers]),
    opsets,
    // What was an output of the first graph is now a value inside.
    valueInfo: new Map([
      ...first.valueInfo,
      ...first.outputs.map((info) => [info.name, info] as const),
      ...renamed.valueInfo,
    ]),
    metadata: new Map([...first.metadata, ...second.metadata]),
    // Two parts cut from one model share its functions.
    functions: [...new Set([...first.functions, ...second.functions])],
  })
}

/** A graph's nodes under names that `others` do not have: onnxruntime takes a name, where there is one, once. */
function withUnusedNames(graph: Graph, others: readonly Node[]): Node[] {
  const taken = new Set(others.map(({ name }) => name))
  const used = new Set([...taken, ...graph.nodes.map(({ name }) => name)])
  return graph.nodes.map((node) =>
    node.name !== '' && taken.has(node.name) ? { ...node, name: unusedName(`${graph.name}/${node.name}`, used) } : node,
  )
}
