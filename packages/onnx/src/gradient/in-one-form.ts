import { constantsAsWeights } from '../graph/constants-as-weights.js'
import { type Graph, type Node, valuesRead } from '../graph/graph.js'
import { entryOf } from '../operators/table.js'
import { upgradeOpset } from './upgrade-opset.js'

/** The same network, whose nodes are in order, as rules read it: in one version of the operators, with constants as weights. */
export function inOneForm(graph: Graph): Graph {
  return withoutUnreadOutputs(constantsAsWeights(upgradeOpset(graph)))
}

/**
 * Operators that are written in simpler ones, without the outputs that nothing reads: the keys and values that attention puts out for
 * a cache.
 */
function withoutUnreadOutputs(graph: Graph): Graph {
  const read = new Set([...graph.nodes.flatMap(valuesRead), ...graph.outputs.map(({ name }) => name)])
  const nodes = graph.nodes.map((node): Node => {
    if (entryOf(node)?.kind !== 'composition') return node
    return {
      ...node,
      outputs: node.outputs.slice(0, Math.max(1, node.outputs.findLastIndex((name) => read.has(name)) + 1)),
    }
  })
  return graph.with({ nodes })
}
