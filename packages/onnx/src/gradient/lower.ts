import type { Node } from '../graph.js'
import { Step } from './rule.js'
import { entryOf } from './rules/index.js'
import type { TensorOps } from './tensor-ops.js'

/**
 * Writes the compositions among the nodes on the way in simpler operators, until every node has a rule of its own. The
 * values that the node wrote keep their names.
 */
export function lower(nodes: readonly Node[], onTheWay: ReadonlySet<Node>, opset: number, ops: TensorOps): Node[] {
  return nodes.flatMap((node) => (onTheWay.has(node) ? lowerNode(node, opset, ops) : [node]))
}

function lowerNode(node: Node, opset: number, ops: TensorOps): Node[] {
  const entry = entryOf(node)
  if (entry?.kind !== 'composition') return [node]
  const known = (name: string) => ops.values.get(name)
  ops.scope = `${node.name || node.outputs[0]}/`
  const results = entry.forward(new Step(node, opset, ops, node.inputs.map(known), node.outputs.map(known)))
  const written = ops.nodes.splice(0)
  const named = node.outputs.flatMap((name, index): Node[] => {
    const result = results[index]
    if (name === '' || !result) return []
    return [{ name: `${name}/result`, opType: 'Identity', domain: '', inputs: [result.name], outputs: [name], attributes: {} }]
  })
  return [...written.flatMap((one) => lowerNode(one, opset, ops)), ...named]
}
