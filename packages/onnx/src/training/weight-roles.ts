import { type Graph, nestedGraphs, type Node } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'
import type { WeightRole } from '../operators/facts.js'
import { entryOf } from '../operators/table.js'

/**
 * The roles of a graph's float32 weights, read off the operators that use them. Weights without a role (a number, a
 * table of sinusoids, a shape) are constants.
 */
export function weightRoles(graph: Graph): Map<string, WeightRole> {
  const consumers = readers(graph)
  const roles = new Map<string, WeightRole>()
  for (const [name, { type, dims }] of graph.initializers) {
    const role = type === 'float32' && sizeOf(dims) > 1 ? roleOf(name, dims, consumers) : undefined
    if (role) roles.set(name, role)
  }
  return roles
}

/** True for what training may change. */
export function isTrainable({ kind }: WeightRole): boolean {
  return kind !== 'mean' && kind !== 'variance'
}

/** The nodes that read each value, which may stand inside of another one: branches read weights of the graph around. */
function readers(graph: Graph, consumers = new Map<string, Node[]>()): Map<string, Node[]> {
  for (const node of graph.nodes) {
    for (const name of new Set(node.inputs)) consumers.set(name, [...(consumers.get(name) ?? []), node])
    for (const inner of nestedGraphs(node)) readers(inner, consumers)
  }
  return consumers
}

type Consumers = ReadonlyMap<string, readonly Node[]>

/** The role by the first reader that gives one; through operators that only move numbers. */
function roleOf(name: string, dims: readonly number[], consumers: Consumers): WeightRole | undefined {
  for (const node of consumers.get(name) ?? []) {
    const role = entryOf(node)?.weights({
      node,
      input: node.inputs.indexOf(name),
      dims,
      rectified: () => isRectified(node, consumers),
      passedOn: (passed) => roleOf(node.outputs[0] ?? '', passed, consumers),
    })
    if (role) return role
  }
  return undefined
}

/** Whether the next activation after the node is a rectifier. */
function isRectified(node: Node, consumers: Consumers): boolean {
  for (const reader of consumers.get(node.outputs[0] ?? '') ?? []) {
    const afterKernel = entryOf(reader)?.afterKernel
    if (afterKernel === 'rectifier') return true
    if (afterKernel === 'before activation' && isRectified(reader, consumers)) return true
  }
  return false
}
