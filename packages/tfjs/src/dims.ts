import type { Dimension } from '@headstart/onnx'

/** The shape that element-wise operations give (numpy's broadcasting). */
export function broadcastDims(...shapes: readonly (readonly Dimension[])[]): Dimension[] {
  const rank = Math.max(0, ...shapes.map((dims) => dims.length))
  return Array.from({ length: rank }, (_, axis) =>
    shapes.map((dims) => dims[axis - rank + dims.length] ?? 1).reduce(broadcastDim),
  )
}

function broadcastDim(a: Dimension, b: Dimension): Dimension {
  if (a === b || b === 1) return a
  if (a === 1) return b
  // One that is known only when the graph runs is 1 or the same.
  if (typeof a === 'number') return a
  return typeof b === 'number' ? b : ''
}

/** The product, where every factor is known. */
export function productOf(dims: readonly Dimension[]): number | undefined {
  let product = 1
  for (const dim of dims) {
    if (typeof dim === 'string') return undefined
    product *= dim
  }
  return product
}

/** Whether two sizes are known to be the same. */
export function isSame(a: Dimension | undefined, b: Dimension | undefined): boolean {
  return a === b && a !== '' && a !== undefined
}

/** A function of sizes, where all of them are known. */
export function known(sizes: readonly Dimension[], compute: (...sizes: number[]) => number): Dimension {
  return sizes.every((size) => typeof size === 'number') ? compute(...(sizes as readonly number[])) : ''
}

/** An axis counted from the end as one counted from the front. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}
