import type { Node } from '../graph/graph.js'
import { Step } from '../operators/rule.js'
import { entryOf } from '../operators/table.js'
import type { TensorOps } from '../operators/tensor-ops.js'

/**
 * Writes the compositions among the nodes on the way in simpler operators, until every node has a rule of its own, and
 * other nodes in operators that are faster to differentiate. The values that a node wrote keep their names.
 */
export function lower(nodes: readonly Node[], onTheWay: ReadonlySet<Node>, opset: number, ops: TensorOps): Node[] {
  return nodes.flatMap((node) => (onTheWay.has(node) ? lowerNode(node, opset, ops) : [node]))
}

function lowerNode(node: Node, opset: number, ops: TensorOps): Node[] {
  const entry = entryOf(node)
  const write = entry?.kind === 'composition' ? entry.forward : entry?.kind === 'rule' ? entry.lower : undefined
  const known = (name: string) => ops.values.get(name)
  ops.scope = `${node.name || node.outputs[0]}/`
  const results = write?.(new Step(node, opset, ops, node.inputs.map(known), node.outputs.map(known)))
  if (!results) return [node]
  const written = ops.nodes.splice(0)
  // From now on the value is known by what computes it.
  node.outputs.forEach((name, index) => {
    const result = results[index]
    if (name !== '' && result) ops.values.set(name, result)
  })
  const named = node.outputs.flatMap((name, index): Node[] => {
    const result = results[index]
    if (name === '' || !result) return []
    return [
      {
        name: `${name}/result`,
        opType: 'Identity',
        domain: '',
        inputs: [result.name],
        outputs: [name],
        attributes: {},
      },
    ]
  })
  const kept = {
    ...node,
    outputs: node.outputs.map((name, index) => (results[index] && name ? ops.unusedName(name) : name)),
  }
  return [...written.flatMap((one) => lowerNode(one, opset, ops)), ...named, kept]
}
