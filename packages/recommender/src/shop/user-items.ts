import type { Histories } from './histories.js'
import type { SparseRows } from '../math/sparse-rows.js'

/** The matrix X of the literature, [users, items]: where the user took the item 1, or how much that counts. Histories must be free of repeats. */
export function userItems({ length, itemCount, starts, items, weights }: Histories): SparseRows {
  return {
    rows: length,
    columnCount: itemCount,
    starts,
    columns: items,
    values: weights ?? new Float32Array(items.length).fill(1),
  }
}
