import type { Backbone } from '../contract/backbone.js'
import { InputError } from '../contract/errors.js'
import { contentKeys } from '../data/if-readable.js'
import { sha256 } from '../kit/sha256.js'

/**
 * Which inputs a model was trained on, so that it is noticed where it is measured on these: a Bloom filter of one hash (Bloom,
 * "Space/Time Trade-offs in Hash Coding with Allowable Errors", 1970), a byte for each input, in base64. On purpose one in 8 of all
 * other inputs is found in it, too: who guesses a single text learns hardly whether it is in there, while many inputs tell for certain.
 */
export type TrainedOn = string

/** Standard deviations above what is found by chance. */
const certain = 4

/** SHA-256 of the content of each input that can be read. */
export async function inputKeys<Input>(
  contentKey: Backbone<Input>['contentKey'],
  inputs: readonly Input[],
): Promise<string[]> {
  const contents = await contentKeys(contentKey, inputs)
  return contents.flatMap((content) => (content instanceof InputError ? [] : [sha256(content)]))
}

/** @param keys See `inputKeys`. */
export function markTrainedOn(keys: readonly string[]): TrainedOn {
  const different = new Set(keys)
  const bytes = new Uint8Array(different.size)
  for (const key of different) {
    const { byte, bit } = placeIn(bytes, key)
    bytes[byte] = (bytes[byte] as number) | bit
  }
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}

/** About how many of these were trained on; 0 where chance finds as many. */
export function countTrainedOn(keys: readonly string[], trainedOn: TrainedOn): number {
  const bytes = Uint8Array.from(atob(trainedOn), (character) => character.charCodeAt(0))
  const different = new Set(keys)
  const found = [...different].filter((key) => {
    const { byte, bit } = placeIn(bytes, key)
    return ((bytes[byte] ?? 0) & bit) > 0
  }).length
  const chance = bytes.reduce((sum, byte) => sum + onesIn(byte), 0) / (8 * bytes.length)
  const expected = chance * different.size
  if (!(found > expected + certain * Math.sqrt(expected * (1 - chance)))) return 0
  return Math.round((keys.length * (found - expected)) / (different.size - expected))
}

/** Says of examples to measure on that they were trained on; undefined where none were. */
export function describeTrainedOn(count: number, examples: number): string | undefined {
  if (count === 0) return undefined
  const many = count === examples ? `All ${examples}` : `About ${count} of the ${examples}`
  return `${many} examples to measure on were trained on as well: what was shown does not measure what was learned. Give examples that the model has not seen.`
}

function placeIn({ length }: Uint8Array, key: string): { readonly byte: number; readonly bit: number } {
  const place = Number.parseInt(key.slice(0, 12), 16) % (8 * length)
  return { byte: place >> 3, bit: 1 << (place & 7) }
}

function onesIn(byte: number): number {
  let ones = 0
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1
  return ones
}
