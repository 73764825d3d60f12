import { float32, GraphBuilder, Session } from '@headstart/onnx'
import { float } from '@headstart/onnx/kit'
import { choleskyInverse } from './cholesky-inverse.js'

/** Options of `invertSpd`. */
export interface InvertOptions {
  /** Rows of a block. Default: 256: smaller blocks copy more, larger ones take longer to invert. */
  readonly blockSize?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Overwrites a symmetric positive definite matrix, [n, n] row-major, with its inverse: the block form of the sweep operator
 * (Goodnight, "A tutorial on the SWEEP operator", 1979). For each block k on the diagonal, with D = A(k,k)⁻¹,
 *
 *     A(i,j) -= A(i,k) D A(k,j),   A(i,k) = A(i,k) D,   A(k,k) = -D
 *
 * and in the end A holds minus its inverse. Positive definiteness makes pivoting unnecessary. It is n³ operations, nearly
 * all of them in matrix products that onnxruntime does in single precision; blocks on the diagonal are inverted in double.
 * Only the upper half is computed, and memory is 1.5 times that of the matrix.
 */
export async function invertSpd(
  matrix: Float32Array,
  n: number,
  { blockSize = 256, signal }: InvertOptions = {},
): Promise<void> {
  // Between products there is work for the cores.
  const product = await Session.create(productGraph(), { spin: false })
  try {
    const blocks = Array.from({ length: Math.ceil(n / blockSize) }, (_, block) => ({
      start: block * blockSize,
      rows: Math.min(blockSize, n - block * blockSize),
    }))
    // Block row i from its diagonal on, without gaps, so that a product can run over it.
    const panels = blocks.map(({ start, rows }): Panel => {
      const panel = new Float32Array(rows * (n - start))
      for (let row = 0; row < rows; row++)
        panel.set(matrix.subarray((start + row) * n + start, (start + row + 1) * n), row * (n - start))
      return { start, rows, width: n - start, data: panel }
    })
    for (const [index, pivot] of panels.entries()) {
      signal?.throwIfAborted()
      const column = columnOf(panels, index, n)
      const diagonal = choleskyInverse(
        Float64Array.from(column.subarray(pivot.start * pivot.rows, (pivot.start + pivot.rows) * pivot.rows)),
        pivot.rows,
      )
      // column D, as 0 - column (-D)ᵀ.
      const swept = await run(
        product,
        column,
        n,
        Float32Array.from(diagonal, (value) => -value),
        pivot.rows,
        new Float32Array(n * pivot.rows),
      )
      for (const panel of panels) {
        if (panel === pivot) continue
        const left = column.subarray(panel.start * pivot.rows, (panel.start + panel.rows) * pivot.rows)
        panel.data = await run(
          product,
          left,
          panel.rows,
          swept.subarray(panel.start * pivot.rows),
          panel.width,
          panel.data,
        )
      }
      writeColumn(panels, index, swept, diagonal)
    }
    for (const { start, rows, width, data } of panels) {
      for (let row = 0; row < rows; row++) {
        for (let column = row; column < width; column++) {
          const value = -(data[row * width + column] as number)
          matrix[(start + row) * n + start + column] = value
          matrix[(start + column) * n + start + row] = value
        }
      }
    }
  } finally {
    await product.close()
  }
}

/** Block row: rows from `start` on, columns from `start` to the end. */
interface Panel {
  readonly start: number
  readonly rows: number
  readonly width: number
  data: Float32Array
}

/** minuend - left rightᵀ */
function productGraph() {
  const g = new GraphBuilder('block product')
  const left = g.input('left', 'float32', ['rows', 'inner'])
  const right = g.input('right', 'float32', ['columns', 'inner'])
  const minuend = g.input('minuend', 'float32', ['rows', 'columns'])
  g.output('difference', g.op('Gemm', [left, right, minuend], { transB: 1, alpha: float(-1) }), 'float32', [
    'rows',
    'columns',
  ])
  return g.build()
}

async function run(
  product: Session,
  left: Float32Array,
  rows: number,
  right: Float32Array,
  columns: number,
  minuend: Float32Array,
): Promise<Float32Array> {
  const inner = left.length / rows
  const { difference } = await product.run({
    left: float32([rows, inner], left),
    right: float32([columns, inner], right),
    minuend: float32([rows, columns], minuend),
  })
  return difference?.data as Float32Array
}

/** Block column of the whole symmetric matrix, [n, rows of the block]. */
function columnOf(panels: readonly Panel[], index: number, n: number): Float32Array {
  const { start, rows: size, width, data } = panels[index] as Panel
  const column = new Float32Array(n * size)
  for (const above of panels.slice(0, index)) {
    for (let row = 0; row < above.rows; row++) {
      const from = row * above.width + start - above.start
      column.set(above.data.subarray(from, from + size), (above.start + row) * size)
    }
  }
  for (let row = 0; row < size; row++) {
    for (let place = 0; place < width; place++)
      column[(start + place) * size + row] = data[row * width + place] as number
  }
  return column
}

/** Puts the swept block column, and minus the inverse of the diagonal block, into the upper half. */
function writeColumn(panels: readonly Panel[], index: number, swept: Float32Array, diagonal: Float64Array): void {
  const { start, rows: size, width, data } = panels[index] as Panel
  for (const above of panels.slice(0, index)) {
    for (let row = 0; row < above.rows; row++) {
      const from = (above.start + row) * size
      above.data.set(swept.subarray(from, from + size), row * above.width + start - above.start)
    }
  }
  for (let row = 0; row < size; row++) {
    for (let place = 0; place < width; place++) {
      data[row * width + place] =
        place < size ? -(diagonal[row * size + place] as number) : (swept[(start + place) * size + row] as number)
    }
  }
}
