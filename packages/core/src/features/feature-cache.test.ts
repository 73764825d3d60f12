import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { CacheScene, featuresOf, id, key } from '../../test/cache-scene.js'
import { runScript } from '../../test/run-script.js'
import { OptionError } from '../contract/errors.js'
import type { FeatureCache } from './feature-cache.js'

const linux = process.platform === 'linux'
let scene: CacheScene
beforeEach(async () => {
  scene = await CacheScene.create()
})

describe('FeatureCache.open', () => {
  it('has no limit below 0', async () => {
    for (const maxBytes of [-1, Number.NaN]) await expect(scene.open({ maxBytes })).rejects.toThrow(OptionError)
  })
})

describe('a cache that cannot be used', () => {
  /** Works as if there were no cache, and says so once. */
  async function expectOff(cache: FeatureCache, state: 'read-only' | 'off'): Promise<void> {
    const space = await cache.namespace(id)
    for (const n of [1, 2]) {
      await space.set(key(n), featuresOf(n))
      await space.flush()
      expect(await space.get(key(n))).toBeUndefined()
    }
    await cache.flush()
    expect(cache.state).toBe(state)
    expect(scene.notices).toHaveLength(1)
  }

  it('is below a file', async () => {
    await writeFile(join(scene.directory, 'file'), '')
    const cache = await scene.open({ directory: join(scene.directory, 'file', 'cache') })
    await expectOff(cache, 'off')
    expect(scene.notices[0]).toBe(
      'The feature cache cannot be written; the work goes on without it. ' +
        `${cache.directory}: expected a folder, got a file in its place (ENOTDIR). Check the path.`,
    )
  })

  it('is a file', async () => {
    await writeFile(join(scene.directory, 'file'), '')
    await expectOff(await scene.open({ directory: join(scene.directory, 'file') }), 'off')
  })

  it.runIf(linux)('is in /proc', async () => {
    await expectOff(await scene.open({ directory: '/proc/self/cache' }), 'read-only')
  })

  it('has a file in the place of its namespace', async () => {
    await writeFile(scene.folder, '')
    await expectOff(await scene.open(), 'off')
    expect(scene.notices[0]).toContain('cannot be read; the work goes on without it')
  })

  it.runIf(linux)('has no room left, but still gives what it has', async () => {
    await scene.store(await scene.open(), [1, 2])
    const script = `
      import { cacheKey } from './features/cache-key.js'
      import { FeatureCache } from './features/feature-cache.js'
      const [, , directory, id] = process.argv
      const notices = []
      const cache = await FeatureCache.open({ directory, onNotice: (message) => notices.push(message) })
      const space = await cache.namespace(id)
      for (let n = 10; n < 5000; n++) await space.set(cacheKey(id, 'input ' + n), new Float32Array(512))
      await cache.flush()
      const found = await space.getMany([1, 2, 10, 4999].map((n) => cacheKey(id, 'input ' + n)))
      console.log(JSON.stringify({ notices, state: cache.state, found: found.map((one) => one?.length ?? 0) }))`
    const { stdout } = await runScript(script, [scene.directory, id], { fileLimit: 8 })
    expect(JSON.parse(stdout)).toEqual({
      notices: [expect.stringMatching(/^The feature cache cannot be written.*a full disk \(EFBIG\)/)],
      state: 'read-only',
      found: [8, 8, 0, 0],
    })
    expect(await readdir(scene.folder)).toHaveLength(1)
    expect(await scene.found([1, 2])).toEqual([1, 2])
  })
})

describe('several processes', () => {
  it('write at once and lose nothing', async () => {
    const script = `
      import { cacheKey } from './features/cache-key.js'
      import { FeatureCache } from './features/feature-cache.js'
      const [, , directory, id, first] = process.argv
      const space = await (await FeatureCache.open({ directory })).namespace(id)
      for (let n = Number(first); n < Number(first) + 200; n++) {
        await space.set(cacheKey(id, 'input ' + n), new Float32Array(8).map((_, i) => n + i / 10))
        if (n % 2 === 0) await space.flush()
      }
      await space.flush()`
    // The second and third share half of their inputs.
    const run = (first: number): ReturnType<typeof runScript> => runScript(script, [scene.directory, id, String(first)])
    const endings = await Promise.all([0, 200, 300].map(run))
    expect(endings.map(({ code }) => code)).toEqual([0, 0, 0])
    const inputs = [...Array(500).keys()]
    expect(await scene.found(inputs)).toEqual(inputs)
    expect((await readdir(scene.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    expect(scene.notices).toEqual([])
  })

  it.skipIf(process.platform === 'win32')('may be killed in the middle of writing', async () => {
    const script = `
      import { readdirSync } from 'node:fs'
      import { cacheKey } from './features/cache-key.js'
      import { FeatureCache } from './features/feature-cache.js'
      const [, , directory, id, folder] = process.argv
      const space = await (await FeatureCache.open({ directory })).namespace(id)
      await space.set(cacheKey(id, 'input 1'), new Float32Array(8).map((_, i) => 1 + i / 10))
      await space.flush()
      void space.set(cacheKey(id, 'input 2'), new Float32Array(10_000_000))
      for (;;) {
        if (readdirSync(folder).some((name) => name.endsWith('.tmp'))) process.kill(process.pid, 'SIGKILL')
        await new Promise(setImmediate)
      }`
    expect(await runScript(script, [scene.directory, id, scene.folder])).toMatchObject({ signal: 'SIGKILL' })
    expect(await readdir(scene.folder)).toHaveLength(2)
    expect(await scene.found([1, 2])).toEqual([1])
    await scene.store(await scene.open(), [2])
    expect(await scene.found([1, 2])).toEqual([1, 2])
    expect(scene.notices).toEqual([])
  })
})
