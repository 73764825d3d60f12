import { TrainingOptionError } from '../errors.js'
import type { Graph, Node } from '../graph/graph.js'
import { unusedName, usedNames } from '../graph/rename.js'
import { float32, int64, sizeOf, type Tensor, type Tensors } from '../graph/tensor.js'

/** Options of `lowRank`. */
export interface LowRankOptions {
  /** Weights of two or more axes to be updated. */
  readonly names: readonly string[]
  /** Rank r of the updates, at most the smaller side of a weight's matrix. */
  readonly rank: number
  /** The updates are multiplied by alpha / rank. Default: the rank, for a factor of 1. */
  readonly alpha?: number
  /** Gives standard normal numbers. */
  readonly normal: () => number
}

/** A graph whose weights are sums of what they were and a low-rank update. */
export interface LowRankGraph {
  readonly graph: Graph
  /** The new weights, to be trained instead of the ones that they update. */
  readonly parameters: readonly string[]
  /** The updated weights by name, for the original graph. */
  merge(parameters: Tensors): Map<string, Tensor>
}

/**
 * Low-rank adaptation (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, equation 3):
 *
 *     W' = W + alpha / rank · A·B    with W [m, n], A [m, rank], B [rank, n]
 *
 * A is random and B zero, so that training begins at W. Kernels of convolutions are taken as matrices
 * `[outputs, inputs · window]`. A update of W is added, not one of its product, so it fits every operator that W is in.
 *
 * @throws TrainingOptionError for a rank out of range or a weight that is no matrix.
 */
export function lowRank(graph: Graph, { names, rank, alpha = rank, normal }: LowRankOptions): LowRankGraph {
  const taken = usedNames(graph)
  const initializers = new Map(graph.initializers)
  const nodes: Node[] = []
  const renamed = new Map<string, string>()
  const add = (name: string, tensor: Tensor): string => {
    const unused = unusedName(name, taken)
    initializers.set(unused, tensor)
    return unused
  }
  const write = (opType: string, inputs: string[], name: string): string => {
    const output = unusedName(name, taken)
    nodes.push({ name: output, opType, domain: '', inputs, outputs: [output], attributes: {} })
    return output
  }
  const scale = add('low_rank.scale', float32([], [alpha / rank]))
  const updates = names.map((name) => {
    const weight = matrixOf(graph, name)
    const { rows, columns } = weight
    if (!(Number.isInteger(rank) && rank >= 1 && rank <= Math.min(rows, columns))) {
      const expected = `a whole number from 1 to ${Math.min(rows, columns)}, the smaller side of "${name}"`
      throw new TrainingOptionError('low-rank update', 'rank', expected, String(rank))
    }
    const spread = 1 / Math.sqrt(columns)
    const random = Float32Array.from({ length: rows * rank }, () => spread * normal())
    const a = add(`${name}.low_rank_a`, float32([rows, rank], random))
    const b = add(`${name}.low_rank_b`, float32([rank, columns], new Float32Array(rank * columns)))
    const product = write('Mul', [write('MatMul', [a, b], `${name}.low_rank`), scale], `${name}.update`)
    const shape = add(`${name}.shape`, int64([weight.dims.length], weight.dims))
    const update = write('Reshape', [product, shape], `${name}.update_as_weight`)
    renamed.set(name, write('Add', [name, update], `${name}.updated`))
    return { name, weight, a, b }
  })
  const updated = (node: Node): Node => ({ ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) })
  return {
    graph: graph.with({ initializers, nodes: [...nodes, ...graph.nodes.map(updated)] }),
    parameters: updates.flatMap(({ a, b }) => [a, b]),
    merge: (parameters) =>
      new Map(
        updates.map(({ name, weight, a, b }) => {
          const product = multiply(parameters[a] as Tensor, parameters[b] as Tensor)
          const data = weight.data.map((value, i) => value + (alpha / rank) * (product[i] as number))
          return [name, float32(weight.dims, data)]
        }),
      ),
  }
}

function matrixOf(graph: Graph, name: string) {
  const weight = graph.initializers.get(name)
  if (weight?.type !== 'float32' || weight.dims.length < 2) {
    const got = weight ? `"${name}", ${weight.type}[${weight.dims.join(', ')}]` : `"${name}"`
    throw new TrainingOptionError('low-rank update', 'names', `float32 matrices of graph "${graph.name}"`, got)
  }
  const [rows = 1] = weight.dims
  const { dims } = weight
  return { dims, rows, columns: sizeOf(dims) / rows, data: weight.data as Float32Array }
}

/** A·B for A [rows, rank] and B [rank, columns], summed up in float64. */
function multiply(a: Tensor, b: Tensor): Float64Array {
  const [rows = 0, rank = 0] = a.dims
  const [, columns = 0] = b.dims
  const [left, right] = [a.data as Float32Array, b.data as Float32Array]
  const product = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < rank; k++) {
      const factor = left[row * rank + k] as number
      for (let column = 0, i = row * columns; column < columns; column++, i++) {
        product[i] = (product[i] as number) + factor * (right[k * columns + column] as number)
      }
    }
  }
  return product
}
