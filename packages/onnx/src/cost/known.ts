import type { Node } from '../graph/graph.js'
import { sizeOf, type Tensor } from '../graph/tensor.js'

/** What is known of a value without computing it. */
export interface Known {
  readonly dims: readonly number[]
  /** Its elements, where they are few numbers that were computed of shapes and constants alone. */
  readonly values?: readonly number[] | undefined
  /** Whether those are fractions, which a division does not round. */
  readonly isReal?: boolean | undefined
}

/** An input of a node; undefined where an optional one is left out. */
export type Input = Known | undefined

/**
 * What an operator makes of what is known of its inputs, for each of its outputs; undefined where that takes more than shapes: numbers that
 * only a run computes.
 */
export type ShapeRule = (node: Node, inputs: readonly Input[]) => readonly (Known | undefined)[] | undefined

/** Most elements of a value that is followed by its elements: the shape of something, or what one is put together from. */
export const mostValues = 1024

export function known(dims: readonly number[], values?: readonly number[], isReal?: boolean): Known {
  return values !== undefined && values.length <= mostValues ? { dims, values, ...(isReal && { isReal }) } : { dims }
}

/** Number of elements; of an input that is left out, none. */
export function countOf(input: Input): number {
  return input ? sizeOf(input.dims) : 0
}

/** Its only element. */
export function scalarOf(input: Input): number | undefined {
  return input?.values?.length === 1 ? input.values[0] : undefined
}

/** Whole numbers that older versions of an operator have as an attribute, and newer ones as an input; undefined: neither. */
export function listOf(node: Node, name: string, input: Input): readonly number[] | undefined {
  const attribute = node.attributes[name]
  return attribute?.kind === 'ints' ? attribute.value : input?.values
}

/** Whether a list is given by an input whose elements nobody knows yet. */
export function isHidden(input: Input): boolean {
  return input !== undefined && input.values === undefined
}

/** Of a tensor whose elements are there. */
export function ofTensor({ type, dims, data }: Tensor): Known {
  // Halves are bits here.
  const isFew = data.length <= fewest && type !== 'string' && !type.endsWith('float16')
  const values = isFew ? Array.from(data as ArrayLike<number | bigint>, Number) : undefined
  return known(dims, values, type.includes('float'))
}

/** Most elements of a value that is not put together of others. */
export const fewest = 64

/** Dims with another size along an axis, which may be counted from the end; as they are, where there is no such axis. */
export function resized(dims: readonly number[], axis: number, size: number): number[] {
  const place = axis < 0 ? axis + dims.length : axis
  return dims.map((own, at) => (at === place ? size : own))
}
