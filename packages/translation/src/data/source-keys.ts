import { inputKeys } from '@headstart/core/kit'
import type { Pair } from './pair.js'

/** The sources of pairs, as keys by which it is told whether a translator was trained on them. */
export function sourceKeys(pairs: readonly Pair[]): Promise<string[]> {
  return inputKeys(
    (source: string) => source,
    pairs.map(({ source }) => source),
  )
}
