import type { Preprocessing } from '@headstart/core'
import { float32 } from '@headstart/onnx'

/** Inputs that are rows of numbers already, for the model's input of this name. */
export function numberRows(input: string): Preprocessing<readonly number[], readonly number[]> {
  return {
    id: 'number-rows/1',
    config: { input },
    files: new Map(),
    contentKey: (row) => JSON.stringify(row),
    prepare: (row) => row,
    cost: (row) => row.length,
    collate: (batch) => ({ [input]: float32([batch.length, batch[0]?.length ?? 0], batch.flat()) }),
  }
}
