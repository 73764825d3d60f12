import { valuesRead, type Graph, type Node } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'

/** What a weight does in its network, as far as training is concerned. */
export type WeightRole =
  /** Multiplies activations as a matrix or a convolution; what follows decides how it is initialized. */
  | { readonly kind: 'kernel'; readonly fanIn: number; readonly fanOut: number; readonly rectified: boolean }
  /** Added to every example. */
  | { readonly kind: 'bias' }
  /** Multiplies channels one by one: of a normalization, usually. */
  | { readonly kind: 'scale' }
  /** Rows that are looked up. */
  | { readonly kind: 'embedding' }
  /** Slope of a leaky rectifier. */
  | { readonly kind: 'slope' }
  /** Running mean or variance of a batch normalization: measured, not trained. */
  | { readonly kind: 'mean' | 'variance' }

/**
 * The roles of a graph's float32 weights, read off the operators that use them. Weights without a role (a number, a
 * table of sinusoids, a shape) are constants.
 */
export function weightRoles(graph: Graph): Map<string, WeightRole> {
  const consumers = graph.consumers()
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

type Consumers = ReadonlyMap<string, readonly Node[]>

/** The role by the first reader that gives one; through operators that only move numbers. */
function roleOf(name: string, dims: readonly number[], consumers: Consumers): WeightRole | undefined {
  for (const node of consumers.get(name) ?? []) {
    const [output = ''] = node.outputs
    const moved =
      node.opType === 'Identity'
        ? roleOf(output, dims, consumers)
        : node.opType === 'Transpose'
          ? roleOf(output, transposed(dims, node), consumers)
          : undefined
    const role = moved ?? roleIn(node, node.inputs.indexOf(name), dims, consumers)
    if (role) return role
  }
  return undefined
}

function transposed(dims: readonly number[], { attributes }: Node): readonly number[] {
  const perm = attributes['perm']
  return perm?.kind === 'ints' ? perm.value.map((axis) => dims[axis] ?? 1) : dims.toReversed()
}

function roleIn(node: Node, input: number, dims: readonly number[], consumers: Consumers): WeightRole | undefined {
  const kernel = (fanIn: number, fanOut: number): WeightRole => {
    return { kind: 'kernel', fanIn, fanOut, rectified: isRectified(node, consumers) }
  }
  const [rows = 1, columns = 1] = dims.slice(-2)
  if (node.domain === 'com.microsoft' && node.opType === 'Attention')
    return ([undefined, kernel(rows, columns), { kind: 'bias' }] as const)[input]
  switch (node.opType) {
    case 'MatMul':
      if (dims.length < 2) return undefined
      return input === 1 ? kernel(rows, columns) : kernel(columns, rows)
    case 'FusedGemm':
    case 'FusedMatMul':
    case 'Gemm': {
      if (input === 2) return { kind: 'bias' }
      // Features run along the rows of the second factor and along the columns of the first, unless it is transposed.
      const flipped = flag(node, input === 1 ? 'transB' : 'transA') !== (input === 0)
      return flipped ? kernel(columns, rows) : kernel(rows, columns)
    }
    case 'Conv':
    case 'FusedConv':
      if (input === 3) return undefined
      return input === 1 ? convolution(dims, 0, group(node), kernel) : { kind: 'bias' }
    case 'ConvTranspose':
      return input === 1 ? convolution(dims, 1, group(node), kernel) : { kind: 'bias' }
    case 'Gather':
      return input === 0 && dims.length === 2 ? { kind: 'embedding' } : undefined
    case 'PRelu':
      return input === 1 ? { kind: 'slope' } : undefined
    case 'BatchNormalization':
    case 'LayerNormalization':
    case 'InstanceNormalization':
    case 'GroupNormalization':
      return ([undefined, { kind: 'scale' }, { kind: 'bias' }, { kind: 'mean' }, { kind: 'variance' }] as const)[input]
    case 'RMSNormalization':
    case 'SimplifiedLayerNormalization':
      return input === 1 ? { kind: 'scale' } : undefined
    case 'SkipLayerNormalization':
      return ([undefined, undefined, { kind: 'scale' }, { kind: 'bias' }, { kind: 'bias' }] as const)[input]
    case 'SkipSimplifiedLayerNormalization':
      return ([undefined, undefined, { kind: 'scale' }, { kind: 'bias' }] as const)[input]
    case 'EmbedLayerNormalization':
      if (input >= 2 && input <= 4) return { kind: 'embedding' }
      return input === 5 ? { kind: 'scale' } : input === 6 ? { kind: 'bias' } : undefined
    case 'BiasGelu':
    case 'FastGelu':
      return input === 1 ? { kind: 'bias' } : undefined
    case 'MultiHeadAttention':
      return input === 3 ? { kind: 'bias' } : undefined
    case 'Add':
    case 'Sub':
      return isChannels(dims) ? { kind: 'bias' } : undefined
    case 'Mul':
    case 'Div':
      return isChannels(dims) ? { kind: 'scale' } : undefined
    default:
      return undefined
  }
}

/** `[outputs, inputs / group, ...kernel]`, or with the first two the other way round (ConvTranspose). */
function convolution(
  dims: readonly number[],
  outputs: 0 | 1,
  groups: number,
  kernel: (fanIn: number, fanOut: number) => WeightRole,
): WeightRole {
  const window = sizeOf(dims.slice(2))
  const [out, inn] = [dims[outputs] ?? 1, dims[1 - outputs] ?? 1]
  return outputs === 0 ? kernel(inn * window, (out / groups) * window) : kernel((inn / groups) * window, out * window)
}

/** One number for each channel: all other axes are 1. */
function isChannels(dims: readonly number[]): boolean {
  return dims.filter((dim) => dim > 1).length === 1
}

/** Operators that stand between a kernel and its activation and keep what it gives about as large. */
const between = new Set(['Add', 'BatchNormalization', 'Identity', 'Reshape', 'Squeeze'])
/** Activations that let half of the numbers through. */
const rectifiers = new Set(['Relu', 'LeakyRelu', 'PRelu', 'Clip', 'HardSwish', 'Elu', 'Gelu'])

/** Whether the next activation after the node is a rectifier. */
function isRectified(node: Node, consumers: Consumers): boolean {
  for (const reader of consumers.get(node.outputs[0] ?? '') ?? []) {
    if (rectifiers.has(reader.opType)) return true
    if (between.has(reader.opType) && isRectified(reader, consumers)) return true
  }
  return false
}

function flag({ attributes }: Node, name: string): boolean {
  const attribute = attributes[name]
  return attribute?.kind === 'int' && attribute.value !== 0
}

function group({ attributes }: Node): number {
  const attribute = attributes['group']
  return attribute?.kind === 'int' ? attribute.value : 1
}

/** The weights that a set of nodes reads, in the graph's order. */
export function weightsOf(graph: Graph, nodes: readonly Node[]): string[] {
  const read = new Set(nodes.flatMap(valuesRead))
  return [...graph.initializers.keys()].filter((name) => read.has(name))
}
