import { DataError } from '@headstart/core/load'
import * as z from 'zod'
import { arrayIn, rowsIn, type ScorerState } from '../contract/scorer-state.js'
import { Histories } from '../shop/histories.js'
import { type KeptHistories, keySize, packKeys, unpackKeys } from '../shop/kept-histories.js'

const config = z.object({
  itemCount: z.int().positive(),
  meanWeight: z.number().positive(),
  threshold: z.number(),
  dislikedTo: z.number().optional(),
  valueKind: z.enum(['rating', 'quantity', 'event', 'none']),
  clock: z.enum(['time', 'order']),
})

/** What users did, as numbers of a file. */
export function stateOfKept({ histories, keys, dislikedTo, ...kept }: KeptHistories): ScorerState {
  const { itemCount, starts, items, times, weights } = histories
  const { meanWeight, threshold, valueKind, clock } = kept
  return {
    kind: 'histories',
    config: { itemCount, meanWeight, threshold, valueKind, clock, ...(dislikedTo !== undefined && { dislikedTo }) },
    arrays: { starts, items, times, ...(weights && { weights }), keys: packKeys(keys) },
  }
}

/** @throws DataError for numbers that are no histories of a catalog. */
export function keptFrom(state: ScorerState, catalogSize: number): KeptHistories {
  const { itemCount, ...kept } = config.parse(state.config)
  const starts = arrayIn(state, 'starts', Int32Array)
  const items = arrayIn(state, 'items', Int32Array)
  const users = starts.length - 1
  const rises = starts.every((start, user) => start >= (user === 0 ? 0 : (starts[user - 1] as number)))
  const isWhole = starts[0] === 0 && rises && starts.at(-1) === items.length && itemCount <= catalogSize
  if (!isWhole || !items.every((item) => item >= 0 && item < itemCount))
    throw new DataError(
      'kept histories',
      `items below ${itemCount}, by user`,
      'other numbers',
      'Train the model again.',
    )
  const times = rowsIn(state, 'times', Float64Array, items.length)
  const weights = state.arrays?.['weights'] && rowsIn(state, 'weights', Float32Array, items.length)
  const keys = unpackKeys(rowsIn(state, 'keys', Uint8Array, users * keySize))
  const numbers = Int32Array.from({ length: users }, (_, user) => user)
  return { ...kept, keys, histories: new Histories(itemCount, starts, items, times, numbers, weights) }
}
