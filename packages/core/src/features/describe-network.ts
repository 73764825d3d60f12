import { type Graph, type Node } from '@headstart/onnx'
import { valuesRead } from '@headstart/onnx/kit'
import type { Network } from '../contract/backbone.js'

/** What a network consists of. */
export interface NetworkDescription {
  /** Number of elements over all weights, constants of shapes and indices left out. */
  readonly parameters: number
  /** Input to output. A weight that several stages use counts in the first. */
  readonly stages: readonly { readonly name: string; readonly parameters: number }[]
}

/** The stages of a network with the number of their parameters. */
export function describeNetwork({ graph, stages }: Network): NetworkDescription {
  const producers = graph.producers()
  const reached = new Set<string>()
  const described = stages.map(({ name, output }) => ({
    name,
    parameters: parametersUpTo(graph, output, producers, reached),
  }))
  return { parameters: described.reduce((sum, stage) => sum + stage.parameters, 0), stages: described }
}

function parametersUpTo(
  graph: Graph,
  output: string,
  producers: ReadonlyMap<string, Node>,
  reached: Set<string>,
): number {
  let parameters = 0
  const open = [output]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (reached.has(value)) continue
    reached.add(value)
    const node = producers.get(value)
    // Older exports hold weights in nodes.
    const constant = node?.opType === 'Constant' ? node.attributes['value'] : undefined
    const weight = constant?.kind === 'tensor' ? constant.value : graph.initializers.get(value)
    if (weight && weight.dims.length > 0 && weight.type !== 'int64' && weight.type !== 'bool')
      parameters += weight.data.length
    if (node) open.push(...valuesRead(node))
  }
  return parameters
}
