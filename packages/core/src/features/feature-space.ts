import { randomUUID } from 'node:crypto'
import { rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { namesIn, ownersOnly, segmentSuffix } from './cache-directory.js'
import type { CacheHealth } from './cache-health.js'
import { encodeSegment, readPayloads, readSegmentIndex, type SegmentEntry, type SegmentIndex } from './cache-segment.js'
import { errorCode } from '../kit/file-error.js'
import { writeFileAtomically } from '../kit/atomic-write.js'
import { makeFolder } from '../kit/make-folder.js'

/** Bytes of features after which a segment is written. */
const segmentBytes = 4 * 1024 * 1024
/** Segments below this size are tiny; more than `mostTiny` of them become one. */
const tinyBytes = 1024 * 1024
const mostTiny = 64

interface Location extends SegmentEntry {
  readonly segment: string
}

/**
 * The cached features of one namespace. Features are stored in segment files that never change, so that processes
 * need no locks: each writes segments of its own, and a segment that another one deleted is merely missing.
 */
export class FeatureSpace {
  readonly #folder: string
  readonly #health: CacheHealth
  readonly #onWritten: () => Promise<void>
  readonly #index = new Map<string, Location>()
  /** Size of each known segment, in bytes. */
  readonly #segments = new Map<string, number>()
  /** Segments whose use is on record. */
  readonly #used = new Set<string>()
  readonly #pending = new Map<string, Float32Array>()
  #pendingBytes = 0
  #writing: Promise<void> = Promise.resolve()

  /** Reads the indexes of the folder's segments; `onWritten` is called after each new segment. */
  static async open(folder: string, health: CacheHealth, onWritten: () => Promise<void>): Promise<FeatureSpace> {
    const space = new FeatureSpace(folder, health, onWritten)
    await health.attempt('read', async () => {
      // Names begin with the time of writing: where two segments have a key, the newer is meant. It was recomputed.
      for (const name of await namesIn(folder)) if (name.endsWith(segmentSuffix)) await space.#load(join(folder, name))
    })
    return space
  }

  private constructor(folder: string, health: CacheHealth, onWritten: () => Promise<void>) {
    this.#folder = folder
    this.#health = health
    this.#onWritten = onWritten
  }

  /** Copies of the features at some keys, in their order; undefined where they are missing or damaged. */
  async getMany(keys: readonly string[]): Promise<(Float32Array | undefined)[]> {
    const found: (Float32Array | undefined)[] = keys.map((key) => this.#pending.get(key)?.slice())
    const wanted = new Map<string, { place: number; key: string; location: Location }[]>()
    keys.forEach((key, place) => {
      const location = found[place] ? undefined : this.#index.get(key)
      if (!location) return
      const items = wanted.get(location.segment) ?? []
      items.push({ place, key, location })
      wanted.set(location.segment, items)
    })
    for (const [segment, items] of wanted) {
      const payloads = await this.#read(
        segment,
        items.map(({ location }) => location),
      )
      items.forEach(({ place, key }, i) => {
        found[place] = payloads?.[i]
        if (!found[place] && this.#index.delete(key) && payloads) this.#health.damaged++
      })
    }
    return found
  }

  /** The features at one key, as a copy; undefined where they are missing or damaged. */
  async get(key: string): Promise<Float32Array | undefined> {
    return (await this.getMany([key]))[0]
  }

  /** Keeps a copy of the features for the next segment, which is written about every 4 MiB. */
  async set(key: string, features: Float32Array): Promise<void> {
    if (this.#health.state !== 'on') return
    this.#pendingBytes += features.byteLength - (this.#pending.get(key)?.byteLength ?? 0)
    this.#pending.set(key, features.slice())
    if (this.#pendingBytes >= segmentBytes) await this.flush()
  }

  /** Brings all features so far to the disk. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writePending())
    return this.#writing
  }

  async #load(path: string): Promise<void> {
    const index = await ifThere(readSegmentIndex(path))
    if (index === 'damaged') {
      this.#health.damaged++
      await rm(path, { force: true }).catch(() => {})
    } else if (index && index !== 'other version') {
      this.#add(path, index)
    }
  }

  #add(segment: string, index: SegmentIndex): void {
    let bytes = 0
    for (const [key, entry] of index) {
      this.#index.set(key, { ...entry, segment })
      bytes = entry.offset + 4 * entry.length
    }
    this.#segments.set(segment, bytes)
  }

  /** Payloads of one segment; undefined where another process has deleted it. */
  async #read(segment: string, entries: readonly SegmentEntry[]): Promise<(Float32Array | undefined)[] | undefined> {
    return this.#health.attempt('read', async () => {
      const payloads = await ifThere(readPayloads(segment, entries))
      if (payloads && !this.#used.has(segment)) {
        this.#used.add(segment)
        const now = new Date()
        // The order of deletion is not worth a failure, such as that of a cache which may only be read.
        await utimes(segment, now, now).catch(() => {})
      }
      return payloads
    })
  }

  async #writePending(): Promise<void> {
    const batch = new Map(this.#pending)
    if (batch.size > 0) {
      const written = await this.#write(batch)
      if (written) await this.#health.attempt('write', () => this.#compact().then(() => this.#onWritten()))
    }
    // Features stay readable while they are being written, and those set meanwhile wait for the next segment.
    for (const [key, features] of batch) {
      if (this.#pending.get(key) !== features) continue
      this.#pending.delete(key)
      this.#pendingBytes -= features.byteLength
    }
  }

  async #write(features: ReadonlyMap<string, Float32Array>): Promise<boolean> {
    const segment = join(this.#folder, `${Date.now()}-${randomUUID()}${segmentSuffix}`)
    const index = await this.#health.attempt('write', async () => {
      const { bytes, index } = encodeSegment(features)
      await makeFolder(this.#folder, ownersOnly)
      await writeFileAtomically(segment, bytes)
      return index
    })
    if (index) this.#add(segment, index)
    return index !== undefined
  }

  /** Replaces tiny segments, of which every short run leaves one, by a single one. */
  async #compact(): Promise<void> {
    const tiny = [...this.#segments].filter(([, bytes]) => bytes < tinyBytes).map(([segment]) => segment)
    if (tiny.length <= mostTiny) return
    // No more at once, so that memory stays bounded.
    const old = new Set(tiny.slice(0, mostTiny + 1))
    const keys = [...this.#index].filter(([, { segment }]) => old.has(segment)).map(([key]) => key)
    const features = new Map<string, Float32Array>()
    const found = await this.getMany(keys)
    keys.forEach((key, i) => {
      const values = found[i]
      if (values) features.set(key, values)
    })
    if (!(await this.#write(features))) return
    for (const segment of old) {
      this.#segments.delete(segment)
      await rm(segment, { force: true }).catch(() => {})
    }
  }
}

/** Undefined where the file is gone. */
async function ifThere<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw error
  }
}
