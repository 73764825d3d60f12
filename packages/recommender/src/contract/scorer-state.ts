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

/** The sparse matrix in a state. @throws DataError when it has none. */
export function sparseIn(state: ScorerState): SparseRows {
  const starts = arrayIn(state, 'starts', Int32Array)
  return {
    rows: starts.length - 1,
    columnCount: numberIn(state, 'columnCount'),
    starts,
    columns: arrayIn(state, 'columns', Int32Array),
    values: arrayIn(state, 'values', Float32Array),
  }
}
