import type { Attribute, Graph, Node } from './graph.js'
import { float32, int64, type Tensor } from './tensor.js'

/** The same graph with its Constant nodes as weights, whose elements are known before it runs. */
export function constantsAsWeights(graph: Graph): Graph {
  const constants = new Map<string, Tensor>()
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    const [output] = node.outputs
    const value =
      node.opType === 'Constant' && node.domain === '' ? tensorOf(Object.entries(node.attributes)) : undefined
    if (value && output !== undefined) constants.set(output, value)
    else nodes.push(node)
  }
  return graph.with({ nodes, initializers: new Map([...graph.initializers, ...constants]) })
}

/** The one attribute of a Constant. */
function tensorOf([entry]: readonly [string, Attribute][]): Tensor | undefined {
  const attribute = entry?.[1]
  switch (attribute?.kind) {
    case 'tensor':
      return attribute.value
    case 'float':
      return float32([], [attribute.value])
    case 'floats':
      return float32([attribute.value.length], attribute.value)
    case 'int':
      return int64([], [attribute.value])
    case 'ints':
      return int64([attribute.value.length], attribute.value)
    default:
      return undefined
  }
}
