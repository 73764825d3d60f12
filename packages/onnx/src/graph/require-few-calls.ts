import { OnnxFormatError } from '../errors.js'
import type { ModelProto, NodeProto } from './proto/onnx_pb.js'

/** Nodes that a model has at most, with its functions written out. */
const mostNodes = 1_000_000
/** Functions that call one another. */
const deepest = 64

/**
 * Refuses a model whose functions call one another so often that nobody can write them out, onnxruntime neither: where each calls the
 * next twice, thirty of them are a billion nodes.
 * @throws OnnxFormatError
 */
export function requireFewCalls({ graph, functions }: ModelProto, source: string): void {
  if (functions.length === 0) return
  const keyOf = (domain: string, name: string): string => JSON.stringify([domain, name])
  const bodies = new Map<string, NodeProto[]>()
  for (const { domain, name, node } of functions) {
    const key = keyOf(domain, name)
    bodies.set(key, [...(bodies.get(key) ?? []), ...node])
  }
  const counts = new Map<string, number>()
  const count = (nodes: readonly NodeProto[], depth: number): number => {
    if (depth > deepest) return Infinity
    let sum = 0
    for (const { domain, opType, attribute } of nodes) {
      const key = keyOf(domain, opType)
      const body = bodies.get(key)
      if (body && !counts.has(key)) counts.set(key, count(body, depth + 1))
      sum += counts.get(key) ?? 1
      for (const { g } of attribute) if (g) sum += count(g.node, depth)
    }
    return sum
  }
  const nodes = count(graph?.node ?? [], 0)
  if (nodes <= mostNodes) return
  const many = nodes === Infinity ? `more than ${deepest} functions that call one another` : `${nodes} nodes`
  const problem = `the model has ${many}, with its functions written out, of which each is written where it is called`
  throw new OnnxFormatError(source, problem, 'Export it without functions.')
}
