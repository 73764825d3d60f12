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
  const projected = new Float32Array(features.rows * size).fill(Number.NaN)
  const covariance = new Float64Array(size * size)
  for (let row = 0; row < features.rows; row++) {
    if (!isRead[row]) continue
    const x = data.subarray(row * columns, (row + 1) * columns)
    const along = Float64Array.from({ length: size }, (_, direction) => dot(x, basis, direction * columns))
    projected.set(along, row * size)
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        covariance[a * size + b] = (covariance[a * size + b] as number) + (along[a] as number) * (along[b] as number)
  }
  // The subspace is found; within it the axes of most variance (Rayleigh and Ritz).
  const axes = eigenvectors(covariance, size).slice(0, wanted)
  const found: Matrix = { rows: features.rows, columns: wanted, data: new Float32Array(features.rows * wanted) }
  for (let row = 0; row < features.rows; row++) {
    const own = projected.subarray(row * size, (row + 1) * size)
    axes.forEach((axis, place) => (found.data[row * wanted + place] = dot(own, axis, 0)))
  }
  return found
}

/**
 * Of a symmetric matrix `[size, size]`, which is used up, those of the largest eigenvalues first: cyclic rotations of Jacobi (Golub and
 * Van Loan, "Matrix Computations", 4th edition, section 8.5).
 */
function eigenvectors(matrix: Float64Array, size: number): Float64Array[] {
  const vectors = Array.from({ length: size }, (_, own) =>
    Float64Array.from({ length: size }, (_, at) => Number(at === own)),
  )
  const at = (row: number, column: number): number => matrix[row * size + column] as number
  for (let sweep = 0; sweep < 30; sweep++) {
    let [off, all] = [0, 0]
    for (let row = 0; row < size; row++)
      for (let column = 0; column < size; column++) {
        const square = at(row, column) ** 2
        all += square
        if (row !== column) off += square
      }
    if (off <= 1e-20 * all) break
    for (let p = 0; p < size - 1; p++)
      for (let q = p + 1; q < size; q++) {
        if (at(p, q) === 0) continue
        const theta = (at(q, q) - at(p, p)) / (2 * at(p, q))
        const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
        const cosine = 1 / Math.sqrt(tangent * tangent + 1)
        const sine = tangent * cosine
        const turn = (values: Float64Array, a: number, b: number): void => {
          const [x, y] = [values[a] as number, values[b] as number]
          values[a] = cosine * x - sine * y
          values[b] = sine * x + cosine * y
        }
        for (let k = 0; k < size; k++) turn(matrix, k * size + p, k * size + q)
        for (let k = 0; k < size; k++) turn(matrix, p * size + k, q * size + k)
        const [first, second] = [vectors[p] as Float64Array, vectors[q] as Float64Array]
        for (let k = 0; k < size; k++) {
          const [x, y] = [first[k] as number, second[k] as number]
          first[k] = cosine * x - sine * y
          second[k] = sine * x + cosine * y
        }
      }
  }
  return [...vectors.keys()].sort((a, b) => at(b, b) - at(a, a)).map((own) => vectors[own] as Float64Array)
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
