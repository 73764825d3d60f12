import { createHash } from 'node:crypto'
import type { Catalog } from './catalog.js'
import type { Histories } from './histories.js'

/** A hash of who took what and when, by which interactions are known again; nobody can be read from it. */
export function fingerprintOf({ items }: Catalog, { starts, items: taken, times }: Histories): string {
  const hash = createHash('sha256').update(JSON.stringify(items.map(({ id }) => id)))
  for (const { buffer, byteOffset, byteLength } of [starts, taken, times])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex')
}
