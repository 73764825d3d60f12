import type { Histories } from './histories.js'
import type { SparseRows } from '../math/sparse-rows.js'

/** The matrix X of the literature, [users, items]: 1 where the user took the item. Histories must be free of repeats. */
export function userItems({ length, itemCount, starts, items }: Histories): SparseRows {
  return {
    rows: length,
    columnCount: itemCount,
    starts,
    columns: items,
    values: new Float32Array(items.length).fill(1),
  }
}
