import { DataError, type JsonObject, type JsonValue } from '@headstart/core/load'
import type { SparseRows } from '../math/sparse-rows.js'

/** Numbers as a file holds them. */
export type NumberArray = Uint8Array | Int32Array | Float32Array | Float64Array

/** What a scorer was fitted to, as data. */
export interface ScorerState {
  /** Which scorer it is: a key of the table in `load-scorer.ts`. */
  readonly kind: string
  readonly config: JsonObject
  /** Arrays that several states share are saved once. */
  readonly arrays?: Readonly<Record<string, NumberArray>> | undefined
  /** Whole files by name, such as a network's `.onnx`; a name stands for the same bytes in all states of a model. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined
  /** The scorers that it is made of. */
  readonly parts?: readonly ScorerState[] | undefined
}

/** The numbers of that name. @throws DataError when the state has none of that type. */
export function arrayIn<T extends NumberArray>(
  state: ScorerState,
  name: string,
  type: { new (length: number): T; readonly name: string },
): T {
  const found = state.arrays?.[name]
  if (found?.[Symbol.toStringTag] === type.name) return found as T
  throw unfit(state, `"${name}" as ${type.name}`, found?.[Symbol.toStringTag])
}

/** The number of that name. @throws DataError when the state has none. */
export function numberIn(state: ScorerState, name: string): number {
  const found = state.config[name]
  if (typeof found === 'number') return found
  throw unfit(state, `a number "${name}"`, found)
}

/** The text of that name. @throws DataError when the state has none. */
export function textIn(state: ScorerState, name: string): string {
  const found = state.config[name]
  if (typeof found === 'string') return found
  throw unfit(state, `a text "${name}"`, found)
}

function unfit({ kind }: ScorerState, expected: string, got: JsonValue | undefined): DataError {
  return new DataError(
    `saved scorer "${kind}"`,
    expected,
    got === undefined ? 'none' : JSON.stringify(got),
    'Train the model again.',
  )
}

/** A sparse matrix as numbers of a state. */
export function sparseArrays({
  starts,
  columns,
  values,
}: SparseRows): Record<'starts' | 'columns' | 'values', NumberArray> {
  return { starts, columns, values }
}

/**
 * The sparse matrix in a state, with a row for each item.
 * @throws DataError when it has none, or one that leads out of itself.
 */
export function sparseIn(state: ScorerState, items: number, columnCount = numberIn(state, 'columnCount')): SparseRows {
  const [starts, columns] = [arrayIn(state, 'starts', Int32Array), arrayIn(state, 'columns', Int32Array)]
  const values = arrayIn(state, 'values', Float32Array)
  const rises = starts.every((start, row) => start >= (row === 0 ? 0 : (starts[row - 1] as number)))
  const isInside = numbersBelow(columnCount)
  if (
    starts.length !== items + 1 ||
    starts[0] !== 0 ||
    starts.at(-1) !== columns.length ||
    columns.length !== values.length ||
    // Whoever turns it around makes a row of each column, and a column without numbers is of no use.
    columnCount > Math.max(items, columns.length) ||
    numberIn(state, 'columnCount') !== columnCount ||
    !rises ||
    !columns.every(isInside)
  )
    throw unfit(state, `a matrix of ${items} rows and ${columnCount} columns`, 'other numbers')
  return { rows: items, columnCount, starts, columns, values }
}

/** Numbers of items. @throws DataError when there are none, or they are of no items. */
export function itemsIn(state: ScorerState, name: string, items: number): Int32Array {
  const found = arrayIn(state, name, Int32Array)
  if (found.every(numbersBelow(items))) return found
  throw unfit(state, `"${name}" below ${items}`, 'other numbers')
}

/** Numbers of that name, so many as are said. @throws DataError when there are none, or others. */
export function rowsIn<T extends NumberArray>(
  state: ScorerState,
  name: string,
  type: { new (length: number): T; readonly name: string },
  length: number,
): T {
  const found = arrayIn(state, name, type)
  if (found.length === length) return found
  throw unfit(state, `${length} numbers "${name}"`, found.length)
}

/** A whole number of that name from 1 on. @throws DataError for another. */
export function countIn(state: ScorerState, name: string, most: number): number {
  const found = numberIn(state, name)
  if (Number.isInteger(found) && found >= 1 && found <= most) return found
  throw unfit(state, `a whole number "${name}" from 1 to ${most}`, found)
}

function numbersBelow(limit: number): (value: number) => boolean {
  return (value) => value >= 0 && value < limit
}
