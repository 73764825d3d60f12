import { type Matrix, rowOf, zeroMatrix } from '../contract/matrix.js'

/** The rows that are not held out, ascending. */
export function othersThan(fold: readonly number[], rows: number): number[] {
  const held = new Set(fold)
  return Array.from({ length: rows }, (_, row) => row).filter((row) => !held.has(row))
}

/** Matrices of the same columns as one, in order. */
export function stack(parts: readonly Matrix[]): Matrix {
  const columns = parts[0]?.columns ?? 0
  const all = zeroMatrix(
    parts.reduce((sum, { rows }) => sum + rows, 0),
    columns,
  )
  let offset = 0
  for (const { data } of parts) {
    all.data.set(data, offset)
    offset += data.length
  }
  return all
}

/**
 * The last answer for each of `examples` rows, `[examples, outputs]`.
 * @param rows Whom each of the answers is for.
 */
export function lastHeldOut(rows: readonly number[], answers: Matrix, examples: number): Matrix {
  const last = zeroMatrix(examples, answers.columns)
  rows.forEach((row, place) => rowOf(last, row).set(rowOf(answers, place)))
  return last
}
