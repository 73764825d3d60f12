import type { Dimension, Graph } from '../graph/graph.js'

/** A shape of known sizes. */
export type Dims = readonly number[]

/** Part of an axis: elements `start` to `end` (exclusive), every `step`-th. */
export interface Cut {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step?: number
}

/** The shape to which shapes broadcast (ONNX, "Broadcasting"): aligned at the last axis, where 1 fits any size. */
export function broadcast(...shapes: readonly Dims[]): number[] {
  const rank = Math.max(...shapes.map((dims) => dims.length))
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((dims) => dims[axis - rank + dims.length] ?? 1)
    return sizes.find((size) => size !== 1) ?? 1
  })
}

/** The whole numbers from `start` up to `end` (exclusive). */
export function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index)
}

/** The size along an axis that the shape has. */
export function at(dims: Dims, axis: number): number {
  return dims.at(axis) as number
}

/** A cut in bounds of its axis, as ONNX's Slice understands it. */
export function bounded({ axis, start, end, step = 1 }: Cut, size: number): Required<Cut> {
  const clamp = (bound: number, low: number, high: number) =>
    Math.min(Math.max(bound < 0 ? bound + size : bound, low), high)
  return step > 0
    ? { axis, start: clamp(start, 0, size), end: clamp(end, 0, size), step }
    : { axis, start: clamp(start, 0, size - 1), end: clamp(end, -1, size - 1), step }
}

/** Neighboring axes as one, where all of them are reduced or none is; axes of size 1 as part of any neighbor. */
export function mergeAxes(dims: Dims, axes: readonly number[]): { merged: number[]; reduced: number[] } {
  const merged: number[] = []
  const reduced: number[] = []
  let last: boolean | undefined
  for (const [axis, dim] of dims.entries()) {
    if (dim === 1) continue
    const isReduced = axes.includes(axis)
    if (isReduced === last) merged.push((merged.pop() ?? 1) * dim)
    else {
      if (isReduced) reduced.push(merged.length)
      merged.push(dim)
    }
    last = isReduced
  }
  return { merged, reduced }
}

/** What a graph says of the shape of a weight or an input. */
export function shapeOf(graph: Graph, name = ''): readonly Dimension[] | undefined {
  return graph.initializers.get(name)?.dims ?? graph.inputs.find((input) => input.name === name)?.dims
}

/**
 * The shape of what is repeated to a shape, when that becomes another shape: where axes are split or joined, it must be
 * repeated along all of them or none. Undefined where it is along some.
 * @param narrow What is repeated along its axes of size 1, of as many axes as `from`.
 */
export function reshapedNarrow(narrow: Dims, from: Dims, to: Dims): Dims | undefined {
  if (narrow.length !== from.length) return undefined
  const result: number[] = []
  let [i, j] = [0, 0]
  while (i < from.length || j < to.length) {
    const [start, first] = [i, j]
    let [before, after] = [from[i++] ?? 1, to[j++] ?? 1]
    while (before !== after) {
      if (before < after) before *= from[i++] ?? 1
      else after *= to[j++] ?? 1
      if (i > from.length || j > to.length) return undefined
    }
    const group = narrow.slice(start, i)
    if (group.every((dim, axis) => dim === from[start + axis])) result.push(...to.slice(first, j))
    else if (group.every((dim) => dim === 1)) result.push(...to.slice(first, j).map(() => 1))
    else return undefined
  }
  return result
}

/** Whether a permutation moves one axis, or several that stay together, past the others. */
export function isOneMove(perm: readonly number[]): boolean {
  const first = perm.findIndex((axis, index) => axis !== index)
  const moved = perm.slice(first, perm.findLastIndex((axis, index) => axis !== index) + 1)
  const blocks = moved.filter((axis, index) => index === 0 || axis !== (moved[index - 1] as number) + 1)
  return first < 0 || blocks.length <= 2
}
