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
