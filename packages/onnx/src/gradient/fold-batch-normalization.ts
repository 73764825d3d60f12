import type { Graph, Node } from '../graph/graph.js'
import { unusedName, usedNames } from '../graph/rename.js'
import { float32, int64, type Tensor } from '../graph/tensor.js'
import { floatOf, intOf } from '../graph/attributes.js'
import { range, shapeOf } from '../operators/shapes.js'

/**
 * The same network with each batch normalization that follows a convolution folded into its kernel,
 *
 *     W' = W · s,   b' = (b - mean) · s + bias,   s = scale / √(var + ε),
 *
 * written as nodes, so that kernel, scale and bias can still be trained: forward and backward then pass over the kernel
 * instead of the images.
 */
export function foldBatchNormalization(graph: Graph): Graph {
  const producers = graph.producers()
  const consumers = graph.consumers()
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const used = usedNames(graph)
  const constants = new Map<string, Tensor>()

  const folded = new Map<Node, Node[]>()
  const dropped = new Set<Node>()
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs
    const convolution = producers.get(input)
    const alone = consumers.get(input)?.length === 1 && !outputs.has(input)
    if (!isFrozenNormalization(node) || convolution?.opType !== 'Conv' || convolution.domain !== '' || !alone) continue
    const rank = shapeOf(graph, convolution.inputs[1])?.length
    if (rank === undefined) continue
    dropped.add(convolution)
    folded.set(node, fold(convolution, node, rank))
  }
  if (folded.size === 0) return graph
  return graph.with({
    nodes: graph.nodes.flatMap((node) => folded.get(node) ?? (dropped.has(node) ? [] : [node])),
    initializers: new Map([...graph.initializers, ...constants]),
  })

  function fold(convolution: Node, normalization: Node, rank: number): Node[] {
    const [, scale = '', bias = '', mean = '', variance = ''] = normalization.inputs
    const [result = ''] = normalization.outputs
    const nodes: Node[] = []
    const constant = (name: string, value: Tensor): string => {
      const unused = unusedName(`${result}/${name}`, used)
      constants.set(unused, value)
      return unused
    }
    const add = (name: string, opType: string, inputs: readonly string[]): string => {
      const output = unusedName(`${result}/${name}`, used)
      nodes.push({ name: output, opType, domain: '', inputs, outputs: [output], attributes: {} })
      return output
    }
    const epsilon = constant('epsilon', float32([], [floatOf(normalization, 'epsilon', 1e-5)]))
    const deviation = add('deviation', 'Sqrt', [add('variance', 'Add', [variance, epsilon])])
    const factor = add('factor', 'Div', [scale, deviation])
    const wide = add('wide_factor', 'Reshape', [
      factor,
      constant(
        'shape',
        int64(
          [rank],
          range(0, rank).map((axis) => (axis === 0 ? -1 : 1)),
        ),
      ),
    ])
    const weights = add('kernel', 'Mul', [convolution.inputs[1] ?? '', wide])
    const center = convolution.inputs[2]
      ? add('center', 'Sub', [convolution.inputs[2], mean])
      : add('center', 'Neg', [mean])
    const shift = add('bias', 'Add', [add('shift', 'Mul', [center, factor]), bias])
    return [...nodes, { ...convolution, inputs: [convolution.inputs[0] ?? '', weights, shift], outputs: [result] }]
  }
}

/** Whether a node normalizes with given statistics, and does not update them. */
function isFrozenNormalization(node: Node): boolean {
  const normalizes = node.opType === 'BatchNormalization' && node.domain === ''
  return normalizes && node.outputs.length === 1 && intOf(node, 'training_mode', 0) === 0
}
