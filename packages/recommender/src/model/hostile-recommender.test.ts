import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ModelFolderError } from '@headstart/core/load'
import { expect, it } from 'vitest'
import { loadRecommender } from './load-recommender.js'

const saved = (name: string): string => fileURLToPath(new URL(`../../test/fixtures/saved/${name}`, import.meta.url))
const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

interface Packed {
  readonly arrays: Record<string, { readonly type: string; readonly offset: number; readonly length: number }>
  readonly config: Record<string, unknown>
  readonly parts: readonly Packed[]
}

/** A saved recommender whose numbers or manifest somebody changed, and whose hashes are right. */
function forged(name: string, change: (numbers: DataView, manifest: { recommender: Packed; popular: Packed }) => void) {
  const folder = saved(name)
  const files = new Map(readdirSync(folder).map((file) => [file, new Uint8Array(readFileSync(join(folder, file)))]))
  const { integrity: _, ...manifest } = JSON.parse(Buffer.from(files.get('headstart.json') as Uint8Array).toString())
  const numbers = files.get('numbers.bin') as Uint8Array
  change(new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength), manifest)
  manifest.files['numbers.bin'] = sha256(numbers)
  const text = JSON.stringify({ ...manifest, integrity: sha256(JSON.stringify(manifest)) })
  files.set('headstart.json', new TextEncoder().encode(text))
  return loadRecommender({ name: 'a forged model', read: async (file) => files.get(file) })
}

/** Every part of a recommender that has an array of that name. */
function partsWith(array: string, packed: Packed): Packed[] {
  return [...(array in packed.arrays ? [packed] : []), ...packed.parts.flatMap((part) => partsWith(array, part))]
}

const names = readdirSync(saved('.')).filter((name) => !name.includes('.'))

it.each(names)('numbers of %s that lead out of their matrix are refused, and nothing is waited for', async (name) => {
  let changed = 0
  for (const [array, value] of [
    ['starts', 2 ** 31 - 1],
    ['starts', -5],
    ['columns', 2 ** 30],
    ['columns', -1],
    ['known', 2 ** 30],
  ] as const) {
    let isThere = false
    const started = performance.now()
    const loading = forged(name, (numbers, { recommender }) => {
      const [part] = partsWith(array, recommender)
      const place = part?.arrays[array]
      if (!place || place.length < 2) return
      isThere = true
      changed++
      numbers.setInt32(place.offset + 4, value, true)
    })
    if (isThere) await expect(loading).rejects.toThrow(ModelFolderError)
    else await (await loading).close()
    expect(performance.now() - started).toBeLessThan(10_000)
  }
  if (/knn|ease|frozen|fine-tuned|best/.test(name)) expect(changed).toBeGreaterThan(0)
})

it.each(['popularity', 'item-knn', 'als', 'ease'])('arrays of %s that are too short are refused', async (name) => {
  await expect(
    forged(name, (_, { popular }) => {
      Object.assign(popular.arrays['scores'] as object, { length: 1 })
    }),
  ).rejects.toThrow(/expected \d+ numbers "scores"/)
})
