import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CacheScene, featuresOf, id, key } from '../../test/cache-scene.js'
import { clearCache, defaultCacheDirectory, namespaceFolder } from './cache-directory.js'

let scene: CacheScene
beforeEach(async () => {
  scene = await CacheScene.create()
})
afterEach(() => vi.unstubAllEnvs())

describe('defaultCacheDirectory', () => {
  it('follows the environment', () => {
    vi.stubEnv('HEADSTART_CACHE', '/data/features')
    vi.stubEnv('XDG_CACHE_HOME', '/xdg')
    expect(defaultCacheDirectory()).toBe('/data/features')
    vi.stubEnv('HEADSTART_CACHE', '')
    expect(defaultCacheDirectory()).toBe(join('/xdg', 'headstart'))
  })

  it.runIf(process.platform === 'linux')('is in the home folder else', () => {
    vi.stubEnv('HEADSTART_CACHE', undefined)
    for (const ignored of [undefined, '', 'relative']) {
      vi.stubEnv('XDG_CACHE_HOME', ignored)
      expect(defaultCacheDirectory()).toBe(join(homedir(), '.cache', 'headstart'))
    }
  })
})

describe('size limit', () => {
  it('deletes what was used longest ago, in any namespace', async () => {
    const cache = await scene.open()
    for (const n of [0, 1, 2]) await scene.store(cache, [n], 1000)
    const other = await cache.namespace('other')
    await other.set(key(9), featuresOf(9, 1000))
    await other.flush()
    const paths = [...(await scene.segments()), ...(await scene.segments(namespaceFolder(scene.directory, 'other')))]
    for (const [i, path] of paths.entries()) await utimes(path, 1000 + i, 1000 + i)
    // Reading marks use, so that the second is the oldest.
    expect(await (await (await scene.open()).namespace(id)).get(key(0))).toEqual(featuresOf(0, 1000))

    await scene.store(await scene.open({ maxBytes: 17_000 }), [3], 1000)
    expect(await scene.found([0, 1, 2, 3], 1000)).toEqual([0, 2, 3])
    await scene.store(await scene.open({ maxBytes: 9_000 }), [4], 1000)
    expect(await scene.found([0, 1, 2, 3, 4], 1000)).toHaveLength(2)
    expect(existsSync(paths.at(-1) ?? '')).toBe(false)
  })

  it('marks use at most once per run', async () => {
    await scene.store(await scene.open(), [1])
    const space = await (await scene.open()).namespace(id)
    const [path = ''] = await scene.segments()
    await space.get(key(1))
    await utimes(path, 1000, 1000)
    await space.get(key(1))
    expect((await stat(path)).mtimeMs).toBe(1_000_000)
  })

  it('removes temporary files that nobody can be writing any more', async () => {
    const cache = await scene.open()
    await scene.store(cache, [1])
    const stale = join(scene.folder, 'a.segment.1.tmp')
    const fresh = join(scene.folder, 'b.segment.2.tmp')
    for (const path of [stale, fresh]) await writeFile(path, 'half')
    await utimes(stale, 1000, 1000)
    await scene.store(cache, [2])
    expect([existsSync(stale), existsSync(fresh)]).toEqual([false, true])
    expect(await scene.found([1, 2])).toEqual([1, 2])
  })
})

describe('clearCache', () => {
  it('deletes the cache and nothing else', async () => {
    await scene.store(await scene.open(), [1], 100)
    await writeFile(join(scene.directory, 'diary.txt'), 'mine')
    await writeFile(join(scene.folder, 'notes.txt'), 'mine')
    await mkdir(join(scene.directory, 'pictures'))
    await writeFile(join(scene.directory, 'pictures', 'x.segment'), 'mine')
    expect(await clearCache(scene.directory)).toBe(456)
    const kept = ['diary.txt', 'pictures', join('pictures', 'x.segment')].map((name) => join(scene.directory, name))
    const left = await readdir(scene.directory, { recursive: true })
    expect(left.map((name) => join(scene.directory, name)).sort()).toEqual(
      [...kept, scene.folder, join(scene.folder, 'notes.txt')].sort(),
    )
    await rm(join(scene.folder, 'notes.txt'))
    await clearCache(scene.directory)
    expect(existsSync(scene.folder)).toBe(false)
    expect(await clearCache(join(scene.directory, 'none'))).toBe(0)
  })
})
