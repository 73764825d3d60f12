import { sha256 } from '@headstart/core/load'
import type { Histories } from './histories.js'
import type { Interactions } from './interactions.js'

/** Bytes of the hash by which a user is known again: among ten million users two are alike once in 400,000 shops. */
export const keySize = 8

/**
 * What users did, as a model keeps it that can be updated: what is like what changes with all that a user took before. Users
 * stand there by a hash of their ids, which hides an id only as long as nobody can guess it.
 */
export interface KeptHistories extends Meaning {
  /** As they were learned from. */
  readonly histories: Histories
  /** `[users]`: see `userKey`. */
  readonly keys: readonly string[]
  /** What a weight of 1 in `histories` was before weights were brought to a mean of 1. */
  readonly meanWeight: number
}

/** What a row says, decided when the model was trained: a few new rows would say otherwise. */
export interface Meaning extends Pick<Interactions, 'valueKind' | 'clock' | 'dislikedTo'> {
  /** The least value that counts as liked. */
  readonly threshold: number
}

/** By what a user is known again. */
export function userKey(id: string): string {
  return sha256(id).slice(0, 2 * keySize)
}

/** Keys as bytes of a file, and back. */
export function packKeys(keys: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(keys.length * keySize)
  keys.forEach((key, user) => {
    for (let k = 0; k < keySize; k++) bytes[user * keySize + k] = Number.parseInt(key.slice(2 * k, 2 * k + 2), 16)
  })
  return bytes
}

export function unpackKeys(bytes: Uint8Array): string[] {
  const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
  return Array.from({ length: bytes.length / keySize }, (_, user) => {
    let key = ''
    for (let k = 0; k < keySize; k++) key += digits[bytes[user * keySize + k] as number]
    return key
  })
}
