import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { namespaceFolder } from '../src/features/cache-directory.js'
import { cacheKey } from '../src/features/cache-key.js'
import { FeatureCache, type FeatureCacheOptions } from '../src/features/feature-cache.js'
import type { FeatureSpace } from '../src/features/feature-space.js'
import { temporaryFolder } from './temporary-folder.js'

export const id = 'encoder/1'
export const key = (n: number): string => cacheKey(id, `input ${n}`)
export const featuresOf = (n: number, size = 8): Float32Array => new Float32Array(size).map((_, i) => n + i / 10)

/** A cache directory of one test, and what can be done to it. */
export class CacheScene {
  readonly notices: string[] = []
  /** Folder of the namespace that the test works in. */
  readonly folder: string

  static async create(): Promise<CacheScene> {
    return new CacheScene(await temporaryFolder())
  }

  constructor(readonly directory: string) {
    this.folder = namespaceFolder(directory, id)
  }

  open(options: FeatureCacheOptions = {}): Promise<FeatureCache> {
    const onNotice = (message: string): void => void this.notices.push(message)
    return FeatureCache.open({ directory: this.directory, onNotice, ...options })
  }

  async segments(folder = this.folder): Promise<string[]> {
    const names = await readdir(folder)
    return names
      .filter((name) => name.endsWith('.segment'))
      .sort()
      .map((name) => join(folder, name))
  }

  /** Stores features of the given inputs in a segment of their own. */
  async store(cache: FeatureCache, inputs: readonly number[], size?: number): Promise<FeatureSpace> {
    const space = await cache.namespace(id)
    for (const n of inputs) await space.set(key(n), featuresOf(n, size))
    await space.flush()
    return space
  }

  /** Which of the inputs a fresh cache finds; what it finds must be right. */
  async found(inputs: readonly number[], size?: number): Promise<number[]> {
    const all = await (await (await this.open()).namespace(id)).getMany(inputs.map(key))
    return inputs.filter((n, place) => {
      const features = all[place]
      if (!features) return false
      const same = Buffer.from(features.buffer).equals(Buffer.from(featuresOf(n, size).buffer))
      expect(same, `input ${n}`).toBe(true)
      return true
    })
  }
}

/** Turns one bit of a file; a negative position counts from its end. */
export async function flipBit(path: string, position: number): Promise<void> {
  const bytes = await readFile(path)
  const at = position < 0 ? bytes.length + position : position
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  await writeFile(path, bytes)
}
