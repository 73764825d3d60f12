import type { Matrix } from '../contract/matrix.js'
import { neighborsOf } from '../head/nearest-head.js'

/** The nearest other examples of each, the nearest first, by the cosine as seen from the mean of all. */
export interface Nearest {
  /** Number of neighbors of each: as many as asked for, or all others. */
  readonly count: number
  /** `[n, count]` each, row-major. */
  readonly rows: Int32Array
  readonly cosines: Float32Array
}

/** @param features `[n, featureSize]` */
export async function nearestOthers(
  features: Matrix,
  wanted: number,
  signal: AbortSignal | undefined,
): Promise<Nearest> {
  const count = Math.min(wanted, features.rows - 1)
  // Each finds itself, too.
  const found = await neighborsOf(features, features, count + 1, signal)
  const [rows, cosines] = [new Int32Array(features.rows * count), new Float32Array(features.rows * count)]
  for (let row = 0; row < features.rows; row++) {
    let to = row * count
    for (let at = row * (count + 1); at < (row + 1) * (count + 1) && to < (row + 1) * count; at++) {
      const other = Number(found.rows[at])
      if (other === row) continue
      rows[to] = other
      cosines[to++] = found.cosines[at] as number
    }
  }
  return { count, rows, cosines }
}
