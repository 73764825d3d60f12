import type { Graph } from '@headstart/onnx'

/** How many nodes of each operator a graph has. */
export function operatorCounts({ nodes }: Graph): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { opType } of nodes) counts[opType] = (counts[opType] ?? 0) + 1
  return counts
}
