import type { Graph } from '@headstart/onnx'

/** A few nodes in the version of the operators of a network: theirs are the same in every version since 13. */
export function inOpsetOf(network: Graph, nodes: Graph): Graph {
  const opset = network.opsets.get('') ?? 0
  return opset < 13 ? nodes : nodes.with({ opsets: new Map([['', opset]]) })
}
