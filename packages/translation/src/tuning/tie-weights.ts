import type { Graph, Node, Tensor } from '@headstart/onnx'

/** How a weight has the numbers of another one. */
export type Likeness = 'same' | 'transposed'

/**
 * Whether two weights are one: the same numbers in the same shape, or a matrix and its transposition. Exporters write a shared embedding
 * several times: for the encoder, for the decoder, and turned about for the layer that gives the logits.
 */
export function likenessOf(one: Tensor, other: Tensor): Likeness | undefined {
  if (one.type !== 'float32' || other.type !== 'float32' || one.data.length !== other.data.length) return undefined
  if (one.dims.join() === other.dims.join() && one.data.every((value, index) => value === other.data[index]))
    return 'same'
  const [rows = 0, columns = 0] = one.dims
  if (one.dims.length !== 2 || other.dims.join() !== `${columns},${rows}`) return undefined
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      if (one.data[row * columns + column] !== other.data[column * rows + row]) return undefined
  return 'transposed'
}

/** A matrix with rows as columns. */
export function transposed({ dims: [rows = 0, columns = 0], data }: Tensor): Float32Array {
  const turned = new Float32Array(data.length)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = data[row * columns + column] as number
  return turned
}

/** The same graph with each matrix once: copies read the first one, turned copies its transposition, so that it has one gradient. */
export function tieWeights(graph: Graph): Graph {
  const kept = new Map<string, Tensor>()
  const initializers = new Map<string, Tensor>()
  const names = new Map<string, string>()
  const nodes: Node[] = []
  for (const [name, weight] of graph.initializers) {
    const twin = weight.dims.length === 2 ? twinOf(weight, kept) : undefined
    if (!twin) {
      initializers.set(name, weight)
      if (weight.dims.length === 2) kept.set(name, weight)
    } else if (twin.likeness === 'same') names.set(name, twin.name)
    else {
      const perm = { kind: 'ints', value: [1, 0] } as const
      nodes.push({
        name: '',
        opType: 'Transpose',
        domain: '',
        inputs: [twin.name],
        outputs: [name],
        attributes: { perm },
      })
    }
  }
  const read = (node: Node): Node => ({ ...node, inputs: node.inputs.map((name) => names.get(name) ?? name) })
  return graph.with({ initializers, nodes: [...nodes, ...graph.nodes.map(read)] })
}

function twinOf(weight: Tensor, kept: ReadonlyMap<string, Tensor>): { name: string; likeness: Likeness } | undefined {
  for (const [name, other] of kept) {
    const likeness = likenessOf(other, weight)
    if (likeness) return { name, likeness }
  }
  return undefined
}
