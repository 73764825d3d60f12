import type { Matrix } from '@headstart/core'
import { random } from '@headstart/core/kit'

/** Columns above which features are sketched first. */
const widest = 1024
/** Columns of the sketch, and components beyond those asked for. */
const [sketched, spare] = [512, 8]
const rounds = 3
/** Rows after which others get a turn. */
const rowsAtOnce = 500

/**
 * The first principal components of features, `[rows, count]`, by subspace iteration from a random start (Halko, Martinsson and Tropp,
 * "Finding Structure with Randomness", 2011, algorithm 4.4). Very wide features are brought to 512 columns first by a random sign for
 * each and sums of columns, which keeps distances in expectation (Weinberger et al., "Feature Hashing", 2009). Rows of NaN stay such.
 * It gives way to others every few hundred rows.
 */
export async function principalComponents(features: Matrix, count: number, signal?: AbortSignal): Promise<Matrix> {
  const { uniform, below, normal } = random(1)
  const sketch = features.columns > widest ? signsOf(features.columns, uniform, below) : undefined
  const columns = sketch ? sketched : features.columns
  const data = new Float32Array(features.rows * columns)
  const isRead = new Uint8Array(features.rows)
  const mean = new Float64Array(columns)
  let read = 0
  for (let row = 0; row < features.rows; row++) {
    const from = features.data.subarray(row * features.columns, (row + 1) * features.columns)
    if (Number.isNaN(from[0])) continue
    const length = Math.sqrt(from.reduce((sum, value) => sum + value * value, 0)) || 1
    const to = data.subarray(row * columns, (row + 1) * columns)
    for (let column = 0; column < from.length; column++) {
      const at = sketch ? (sketch.places[column] as number) : column
      to[at] =
        (to[at] as number) + ((from[column] as number) / length) * (sketch ? (sketch.signs[column] as number) : 1)
    }
    for (let column = 0; column < columns; column++) mean[column] = (mean[column] as number) + (to[column] as number)
    isRead[row] = 1
    read++
    if (row % rowsAtOnce === 0) await turn(signal)
  }
  const wanted = Math.min(count, columns, Math.max(read - 1, 1))
  for (let column = 0; column < columns; column++) mean[column] = (mean[column] as number) / Math.max(read, 1)
  for (let row = 0; row < features.rows; row++)
    if (isRead[row])
      for (let column = 0; column < columns; column++)
        data[row * columns + column] = (data[row * columns + column] as number) - (mean[column] as number)

  const size = Math.min(wanted + spare, columns)
  // Directions, a row each.
  let basis = Float64Array.from({ length: size * columns }, () => normal())
  orthonormalize(basis, size, columns)
  for (let round = 0; round < rounds; round++) {
    const next = new Float64Array(size * columns)
    for (let row = 0; row < features.rows; row++) {
      if (row % rowsAtOnce === 0) await turn(signal)
      if (!isRead[row]) continue
      const x = data.subarray(row * columns, (row + 1) * columns)
      for (let direction = 0; direction < size; direction++) {
        const at = direction * columns
        const along = dot(x, basis, at)
        for (let column = 0; column < columns; column++)
          next[at + column] = (next[at + column] as number) + along * (x[column] as number)
      }
    }
    orthonormalize(next, size, columns)
    basis = next
  }
  const projected: Matrix = { rows: features.rows, columns: size, data: new Float32Array(features.rows * size) }
  const variance = new Float64Array(size)
  for (let row = 0; row < features.rows; row++) {
    for (let direction = 0; direction < size; direction++) {
      const along = isRead[row]
        ? dot(data.subarray(row * columns, (row + 1) * columns), basis, direction * columns)
        : Number.NaN
      projected.data[row * size + direction] = along
      if (isRead[row]) variance[direction] = (variance[direction] as number) + along * along
    }
  }
  // The subspace is found; its axes come by their variance.
  const order = [...variance.keys()].sort((a, b) => (variance[b] as number) - (variance[a] as number)).slice(0, wanted)
  return {
    rows: features.rows,
    columns: wanted,
    data: Float32Array.from({ length: features.rows * wanted }, (_, at) => {
      const [row, place] = [Math.floor(at / wanted), at % wanted]
      return projected.data[row * size + (order[place] as number)] as number
    }),
  }
}

function signsOf(columns: number, uniform: () => number, below: (n: number) => number) {
  return {
    places: Int32Array.from({ length: columns }, () => below(sketched)),
    signs: Int8Array.from({ length: columns }, () => (uniform() < 0.5 ? -1 : 1)),
  }
}

/** Gram and Schmidt, rows in order. */
function orthonormalize(rows: Float64Array, size: number, columns: number): void {
  for (let row = 0; row < size; row++) {
    const own = rows.subarray(row * columns, (row + 1) * columns)
    for (let before = 0; before < row; before++) {
      const along = dot(own, rows, before * columns)
      for (let column = 0; column < columns; column++)
        own[column] = (own[column] as number) - along * (rows[before * columns + column] as number)
    }
    const length = Math.sqrt(dot(own, own, 0)) || 1
    for (let column = 0; column < columns; column++) own[column] = (own[column] as number) / length
  }
}

function dot(a: Float32Array | Float64Array, b: Float64Array, from: number): number {
  let sum = 0
  for (let column = 0; column < a.length; column++) sum += (a[column] as number) * (b[from + column] as number)
  return sum
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise((resolve) => setImmediate(resolve))
}
