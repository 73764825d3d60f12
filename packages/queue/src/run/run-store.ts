import type { Store, StoredFeatures } from '@headstart/core'
import { parquetReadObjects } from 'hyparquet'
import { QueueError } from '../contract/errors.js'
import type { Manifest } from '../contract/plan.js'
import { readManifest } from '../folder/run-folder.js'
import { readPart } from '../results/read-part.js'

/** Parts whose features are in memory. */
const mostInMemory = 4

type Part = Manifest['shards'][number]

/** Where the features of a key lie. */
interface Place {
  readonly part: Part
  readonly row: number
}

/**
 * The features of a run as a store (`cache` of `fineTune` and of a run; on the command line `--features`): what it has is not
 * computed again. What it has not is computed as ever, and kept where `beside` says.
 * @param beside Default: nowhere.
 * @throws QueueError for a folder without a finished run of features; DataError for a part that was changed.
 */
export async function runStore(folder: string, beside?: Store): Promise<Store> {
  const manifest = await readManifest(folder)
  if (manifest?.work.kind !== 'embed') {
    const got = manifest ? 'one of answers' : 'none'
    throw new QueueError('input', folder, 'the folder of a finished run of features', got, 'Make one: headstart embed.')
  }
  const parts = await Parts.open(folder, manifest)
  return {
    async namespace(id): Promise<StoredFeatures> {
      const other = await beside?.namespace(id)
      const isOwn = id === manifest.work.fingerprint
      return {
        async getMany(keys) {
          const found = isOwn ? await parts.getMany(keys) : keys.map(() => undefined)
          const missing = keys.filter((_, at) => found[at] === undefined)
          if (missing.length === 0 || !other) return found
          const others = (await other.getMany(missing)).values()
          return found.map((one) => one ?? others.next().value)
        },
        set: async (key, values) => other?.set(key, values),
        flush: async () => other?.flush(),
      }
    },
  }
}

class Parts {
  readonly #folder: string
  readonly #places = new Map<string, Place>()
  readonly #inMemory = new Map<Part, Promise<readonly Uint8Array[]>>()

  static async open(folder: string, { shards }: Manifest): Promise<Parts> {
    const parts = new Parts(folder)
    for (const part of shards) {
      if (part.file === undefined) continue
      const keys = await readPart(folder, part, (bytes) => columnOf(bytes, 'key'))
      keys.forEach((key, row) => key && parts.#places.set(Buffer.from(key).toString('hex'), { part, row }))
    }
    return parts
  }

  private constructor(folder: string) {
    this.#folder = folder
  }

  async getMany(keys: readonly string[]): Promise<(Float32Array | undefined)[]> {
    const found: (Float32Array | undefined)[] = []
    for (const key of keys) {
      const place = this.#places.get(key)
      const bytes = place && (await this.#features(place.part))[place.row]
      found.push(bytes && new Float32Array(bytes.slice().buffer))
    }
    return found
  }

  #features(part: Part): Promise<readonly Uint8Array[]> {
    const known = this.#inMemory.get(part)
    if (known) return known
    const [oldest] = this.#inMemory.keys()
    if (this.#inMemory.size >= mostInMemory && oldest !== undefined) this.#inMemory.delete(oldest)
    const features = readPart(this.#folder, part, (bytes) => columnOf(bytes, 'features'))
    this.#inMemory.set(part, features)
    return features
  }
}

async function columnOf(file: ArrayBuffer, name: string): Promise<Uint8Array[]> {
  const rows = await parquetReadObjects({ file, columns: [name], utf8: false })
  return rows.map((row) => row[name] as Uint8Array)
}
