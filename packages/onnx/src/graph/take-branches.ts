import { type Graph, type Node, type ValueInfo } from './graph.js'
import { definedValues, mapNames, unusedName, usedNames } from './rename.js'
import type { Tensor } from './tensor.js'

/**
 * The same graph with a branch in place of each `If` of which it is known which one is taken, also of those inside of a branch. Values
 * of the graph around keep their names, weights too: of what both branches share there is one. Those of a branch keep theirs where
 * they are not taken.
 * @param taken Whether a condition holds, by its name; undefined leaves its `If` as it is.
 */
export function takeBranches(graph: Graph, taken: (condition: string) => boolean | undefined): Graph {
  let current = graph
  for (let node = next(current, taken); node; node = next(current, taken)) {
    current = inlined(current, node, taken(node.inputs[0] ?? '') === true ? 'then_branch' : 'else_branch')
  }
  return current
}

/** Whether a node is an `If`. */
export function isIf({ opType, domain }: Node): boolean {
  return opType === 'If' && domain === ''
}

function next(graph: Graph, taken: (condition: string) => boolean | undefined): Node | undefined {
  return graph.nodes.find((node) => isIf(node) && taken(node.inputs[0] ?? '') !== undefined)
}

function inlined(graph: Graph, choice: Node, name: 'then_branch' | 'else_branch'): Graph {
  const attribute = choice.attributes[name]
  const others = graph.nodes.filter((node) => node !== choice)
  if (attribute?.kind !== 'graph') return graph.with({ nodes: others })
  const branch = attribute.value
  const own = definedValues(branch)
  const used = usedNames(graph.with({ nodes: [...others, { ...choice, attributes: {} }] }))
  const names = new Map<string, string>()
  // An output is what the choice gives, where the branch computes it, and once.
  branch.outputs.forEach((output, index) => {
    const given = choice.outputs[index]
    if (given && own.has(output.name) && !branch.initializers.has(output.name) && !names.has(output.name))
      names.set(output.name, given)
  })
  for (const value of own) if (!names.has(value)) names.set(value, unusedName(value, used))
  const inside = mapNames(branch, (value) => names.get(value) ?? value)
  const copies = branch.outputs.flatMap((output, index): Node[] => {
    const [given = '', value] = [choice.outputs[index], names.get(output.name) ?? output.name]
    if (given === '' || given === value) return []
    return [{ name: '', opType: 'Identity', domain: '', inputs: [value], outputs: [given], attributes: {} }]
  })
  const nodeNames = new Set(others.map((node) => node.name))
  const nodes = inside.nodes.map((node) => ({ ...node, name: node.name && unusedName(node.name, nodeNames) }))
  return graph.with({
    nodes: graph.nodes.flatMap((node) => (node === choice ? [...nodes, ...copies] : [node])),
    initializers: new Map<string, Tensor>([...graph.initializers, ...inside.initializers]),
    valueInfo: new Map<string, ValueInfo>([...graph.valueInfo, ...inside.valueInfo]),
  })
}
