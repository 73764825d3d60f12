import { resolve } from 'node:path'
import { defaultCacheDirectory, limitCache, namespaceFolder, ownersOnly } from './cache-directory.js'
import { CacheHealth } from './cache-health.js'
import { OptionError } from '../contract/errors.js'
import type { Store } from '../contract/store.js'
import { makeFolder } from '../kit/make-folder.js'
import { FeatureSpace } from './feature-space.js'

/** Options of `FeatureCache.open`. */
export interface FeatureCacheOptions {
  /** Default: `defaultCacheDirectory()`. */
  readonly directory?: string | undefined
  /** Size of the whole directory from which the segments used longest ago are deleted. Default 2 GiB. */
  readonly maxBytes?: number | undefined
  /** Told, once, when the cache switches itself off because the disk cannot be read or written. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/**
 * Features on disk: what a frozen network computed once, it never computes again. Several processes may use one
 * directory at once. A damaged entry is a missing one. A cache whose disk fails switches itself off; it never fails
 * the work. Nothing stays open: a cache that is no longer used needs no more than a last `flush`.
 */
export class FeatureCache implements Store {
  readonly directory: string
  readonly #health: CacheHealth
  readonly #maxBytes: number
  readonly #spaces = new Map<string, Promise<FeatureSpace>>()

  /** @throws OptionError when `maxBytes` is no number from 0 on */
  static async open(options: FeatureCacheOptions = {}): Promise<FeatureCache> {
    const { directory = defaultCacheDirectory(), maxBytes = 2 ** 31, onNotice } = options
    if (!(maxBytes >= 0)) {
      const expected = 'a number of bytes from 0 on'
      throw new OptionError('option "maxBytes"', expected, String(maxBytes), 'Leave it out for 2 GiB.')
    }
    const path = resolve(directory)
    const health = new CacheHealth(path, onNotice)
    await health.attempt('write', () => makeFolder(path, ownersOnly))
    return new FeatureCache(path, health, maxBytes)
  }

  private constructor(directory: string, health: CacheHealth, maxBytes: number) {
    this.directory = directory
    this.#health = health
    this.#maxBytes = maxBytes
  }

  /** 'read-only' after a failed write: nothing more is stored. 'off' after a failed read: nothing is found, either. */
  get state(): 'on' | 'read-only' | 'off' {
    return this.#health.state
  }

  /** Damaged entries and segments met so far; each counted as missing. */
  get damaged(): number {
    return this.#health.damaged
  }

  /** The features of one namespace, such as one network with its weights and preprocessing. */
  namespace(id: string): Promise<FeatureSpace> {
    const known = this.#spaces.get(id)
    if (known) return known
    const limit = (): Promise<void> => limitCache(this.directory, this.#maxBytes)
    const space = FeatureSpace.open(namespaceFolder(this.directory, id), this.#health, limit)
    this.#spaces.set(id, space)
    return space
  }

  /** Brings all features so far to the disk. */
  async flush(): Promise<void> {
    for (const space of this.#spaces.values()) await (await space).flush()
  }
}
