import { elementTypeOf } from '../graph/element-type.js'
import { type Graph, type Node, valuesRead } from '../graph/graph.js'
import { intOf } from '../graph/attributes.js'
import type { Entry } from '../operators/rule.js'
import { entryOf } from '../operators/table.js'

/** The ways from some values to the loss. */
export interface Paths {
  /** The nodes on them, in the graph's order. */
  readonly nodes: readonly Node[]
  /** The values on them. */
  readonly values: ReadonlySet<string>
  /** For each value that the starting values change: the node where that change ends in a jump or a whole number. */
  readonly ends: readonly { readonly node: Node; readonly reason: string }[]
}

/** The nodes through which a gradient flows from the loss back to any of the values `from`. */
export function pathsBetween(graph: Graph, from: Iterable<string>, loss: string): Paths {
  const changing = new Set(from)
  const ends: { node: Node; reason: string }[] = []
  const passing: Node[] = []
  for (const node of graph.nodes) {
    if (!valuesRead(node).some((name) => changing.has(name))) continue
    const end = endOf(node)
    if (end !== undefined) {
      ends.push({ node, reason: end })
      continue
    }
    passing.push(node)
    for (const output of node.outputs) if (output !== '') changing.add(output)
  }
  const values = new Set(changing.has(loss) ? [loss] : [])
  const nodes: Node[] = []
  for (const node of passing.toReversed()) {
    if (!node.outputs.some((name) => values.has(name))) continue
    nodes.push(node)
    for (const input of valuesRead(node)) if (changing.has(input)) values.add(input)
  }
  return { nodes: nodes.reverse(), values, ends }
}

/** Why nothing flows back through a node, or undefined. */
function endOf(node: Node): string | undefined {
  const entry: Entry | undefined = entryOf(node)
  if (entry?.kind === 'zero') return entry.reason
  if (node.opType === 'Cast' && node.domain === '') {
    const type = elementTypeOf(intOf(node, 'to', 0))
    if (type !== 'float32' && type !== 'float64' && type !== 'float16') return 'its output is no floating-point number'
  }
  return undefined
}
