import { intOf } from '../graph/attributes.js'
import type { Node } from '../graph/graph.js'
import { sizeOf } from '../graph/tensor.js'
import type { StandardOperator } from './operator-names.js'

/** What is known of an operator beside its derivative. Every entry of the table says all of it. */
export interface Facts {
  /**
   * What its outputs hold: numbers that it computed; those of its first input, moved, repeated or left out; those of all
   * its inputs; or no more than the shape of what it reads.
   */
  readonly data: 'computed' | 'moved' | 'joined' | 'shape'
  /** What a weight does that it reads. */
  readonly weights: RoleOfWeight
  /**
   * What it is behind a kernel, whose first weights depend on the activation: one that lets half of the numbers through,
   * an operator that keeps them about as large and has the activation behind it, or the end of the search.
   */
  readonly afterKernel: 'rectifier' | 'before activation' | 'other'
  /** Undefined for an operator on floating-point numbers, or on any. */
  readonly quantized: Quantized | undefined
}

/** An operator that reads or writes whole numbers which stand for others. */
export interface Quantized {
  readonly gives: 'quantized' | 'numbers'
  /**
   * The operator on numbers that it stands for, where its inputs are one or two values, each with scale and zero point,
   * then scale and zero point of what comes out.
   */
  readonly float?: { readonly opType: StandardOperator; readonly operands: 1 | 2 }
}

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

/** A weight at an input of a node. */
export interface WeightUse {
  readonly node: Node
  readonly input: number
  readonly dims: readonly number[]
  /** Whether the next activation behind the node is a rectifier. */
  rectified(): boolean
  /** The role of what the node makes of the weight, a weight of that shape. */
  passedOn(dims: readonly number[]): WeightRole | undefined
}

/** The role of a weight where it is used, or undefined: it is a constant there. */
export type RoleOfWeight = (use: WeightUse) => WeightRole | undefined

/** An operator that computes, and has no weights. */
export const computed: Facts = {
  data: 'computed',
  weights: () => undefined,
  afterKernel: 'other',
  quantized: undefined,
}
export const moved: Facts = { ...computed, data: 'moved' }
export const joined: Facts = { ...computed, data: 'joined' }
export const shape: Facts = { ...computed, data: 'shape' }
export const rectifier: Facts = { ...computed, afterKernel: 'rectifier' }
export const beforeActivation: Facts = { ...computed, afterKernel: 'before activation' }

/** A quantized operator; `operands` are the values of which it computes what `opType` does of numbers. */
export function quantized(gives: Quantized['gives'], opType?: StandardOperator, operands: 1 | 2 = 1): Facts {
  return { ...computed, quantized: { gives, ...(opType && { float: { opType, operands } }) } }
}

type PlainKind = Exclude<WeightRole['kind'], 'kernel'>

/** Roles by the place of an input; undefined where a weight has none. */
export function byInput(...kinds: readonly (PlainKind | undefined)[]): RoleOfWeight {
  return ({ input }) => {
    const kind = kinds[input]
    return kind && { kind }
  }
}

/** x, scale, bias, and of batch normalization the running statistics */
export const normalization = byInput(undefined, 'scale', 'bias', 'mean', 'variance')

/** One number for each channel: all other axes are 1. */
export function ofChannels(kind: PlainKind): RoleOfWeight {
  return ({ dims }) => (dims.filter((dim) => dim > 1).length === 1 ? { kind } : undefined)
}

/** A table of rows that are looked up. */
export const table: RoleOfWeight = ({ input, dims }) =>
  input === 0 && dims.length === 2 ? { kind: 'embedding' } : undefined

/** A factor of MatMul. */
export const matrix: RoleOfWeight = (use) => {
  const [rows = 1, columns = 1] = use.dims.slice(-2)
  if (use.dims.length < 2) return undefined
  return use.input === 1 ? kernel(use, rows, columns) : kernel(use, columns, rows)
}

/** A factor of Gemm, either of which may be transposed, or what is added. */
export const factors: RoleOfWeight = (use) => {
  const { node, input } = use
  if (input === 2) return { kind: 'bias' }
  const [rows = 1, columns = 1] = use.dims.slice(-2)
  // Features run along the rows of the second factor and along the columns of the first, unless it is transposed.
  const flipped = (intOf(node, input === 1 ? 'transB' : 'transA', 0) !== 0) !== (input === 0)
  return flipped ? kernel(use, columns, rows) : kernel(use, rows, columns)
}

/** The matrix by which queries, keys and values are projected, and its bias. */
export const projection: RoleOfWeight = (use) => {
  const [rows = 1, columns = 1] = use.dims.slice(-2)
  if (use.input === 1) return kernel(use, rows, columns)
  return use.input === 2 ? { kind: 'bias' } : undefined
}

/**
 * The kernel of a convolution, and its bias.
 * @param outputs Axis of the outputs: kernels are `[outputs, inputs / group, ...kernel]`, or with the first two the other way
 *   round (ConvTranspose).
 */
export function convolution(outputs: 0 | 1): RoleOfWeight {
  return (use) => {
    const { node, input, dims } = use
    if (input !== 1) return input === 3 ? undefined : { kind: 'bias' }
    const groups = intOf(node, 'group', 1)
    const window = sizeOf(dims.slice(2))
    const [out, inn] = [dims[outputs] ?? 1, dims[1 - outputs] ?? 1]
    return outputs === 0
      ? kernel(use, inn * window, (out / groups) * window)
      : kernel(use, (inn / groups) * window, out * window)
  }
}

/** Of a recurrent layer: matrices `[directions, gates · size, inputs]` of input and state, a bias, and weights of the cell in the gates. */
export const recurrentWeights: RoleOfWeight = (use) => {
  const [, outputs = 1, inputs = 1] = use.dims
  if (use.input === 1 || use.input === 2) return kernel(use, inputs, outputs)
  return use.input === 3 ? { kind: 'bias' } : use.input === 7 ? { kind: 'scale' } : undefined
}

function kernel(use: WeightUse, fanIn: number, fanOut: number): WeightRole {
  return { kind: 'kernel', fanIn, fanOut, rectified: use.rectified() }
}
