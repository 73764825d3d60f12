import { existsSync } from 'node:fs'
import { stat, truncate, writeFile } from 'node:fs/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { CacheScene, featuresOf, flipBit, id, key } from '../../test/cache-scene.js'
import { clearCache } from './cache-directory.js'

let scene: CacheScene
beforeEach(async () => {
  scene = await CacheScene.create()
})

describe('a feature space', () => {
  it('finds what was set: at once, after a flush and after reopening', async () => {
    const space = await (await scene.open()).namespace(id)
    expect(await space.getMany([key(1), key(2)])).toEqual([undefined, undefined])
    await space.set(key(1), featuresOf(1))
    await space.set(key(2), new Float32Array(0))
    const expected = [undefined, new Float32Array(0), featuresOf(1), featuresOf(1)]
    const keys = [key(3), key(2), key(1), key(1)]
    expect(await space.getMany(keys)).toEqual(expected)
    await space.flush()
    expect(await space.getMany(keys)).toEqual(expected)
    expect(await (await (await scene.open()).namespace(id)).getMany(keys)).toEqual(expected)
    expect(await space.get(key(1))).toEqual(featuresOf(1))
    expect(await (await (await scene.open()).namespace('encoder/2')).get(key(1))).toBeUndefined()
  })

  it('takes and gives copies', async () => {
    const space = await (await scene.open()).namespace(id)
    const given = featuresOf(1)
    await space.set(key(1), given)
    given.fill(0)
    for (const state of ['pending', 'stored']) {
      const [first, again] = await space.getMany([key(1), key(1)])
      expect(first?.buffer.byteLength, state).toBe(given.byteLength)
      first?.fill(0)
      expect(again, state).toEqual(featuresOf(1))
      expect(await space.get(key(1)), state).toEqual(featuresOf(1))
      await space.flush()
    }
  })

  it('writes a segment about every 4 MiB and keeps what is set during a flush', async () => {
    const space = await (await scene.open()).namespace(id)
    for (let n = 0; n < 2100; n++) await space.set(key(n), featuresOf(n, 1024))
    expect((await stat((await scene.segments())[0] ?? '')).size).toBeGreaterThan(4 * 1024 ** 2)
    const flushing = space.flush()
    await new Promise(setImmediate)
    await space.set(key(5000), featuresOf(5000, 1024))
    await flushing
    await space.flush()
    expect(await scene.segments()).toHaveLength(4)
    const inputs = [...Array(2100).keys(), 5000]
    expect(await scene.found(inputs, 1024)).toEqual(inputs)
  })

  it('writes nothing without need', async () => {
    const space = await (await scene.open()).namespace(id)
    await space.flush()
    expect(existsSync(scene.folder)).toBe(false)
  })

  it('makes one of many tiny segments', async () => {
    const cache = await scene.open()
    await scene.store(cache, [...Array(3000).keys()], 128)
    for (let n = 3000; n < 3070; n++) await scene.store(cache, [n], 128)
    const sizes = await Promise.all((await scene.segments()).map(async (path) => (await stat(path)).size))
    // The large one, one made of 65 (the 65th set it off), the five after that.
    expect(sizes).toHaveLength(7)
    const inputs = [...Array(3070).keys()]
    expect(await scene.found(inputs, 128)).toEqual(inputs)
    const again = await (await cache.namespace(id)).getMany(inputs.map(key))
    expect(again.every((features) => features !== undefined)).toBe(true)
  })
})

describe('damage', () => {
  it('in a payload is one missing entry, recomputed once', async () => {
    await scene.store(await scene.open(), [1, 2, 3])
    const [path = ''] = await scene.segments()
    await flipBit(path, -40)
    const cache = await scene.open()
    const space = await cache.namespace(id)
    expect(await space.getMany([1, 2, 3].map(key))).toEqual([featuresOf(1), undefined, featuresOf(3)])
    expect(cache.damaged).toBe(1)
    await space.set(key(2), featuresOf(2))
    await space.flush()
    expect(await scene.found([1, 2, 3])).toEqual([1, 2, 3])
    expect(scene.notices).toEqual([])
  })

  it.each<[string, (path: string) => Promise<void>]>([
    ['a flipped bit in the index', (path) => flipBit(path, 20)],
    ['a truncated file', (path) => truncate(path, 170)],
    ['an empty file', (path) => truncate(path, 0)],
    ['a file of something else', (path) => writeFile(path, 'the quick brown fox'.repeat(100))],
  ])('%s: the whole segment is missing, and removed', async (_, damage) => {
    const cache = await scene.open()
    await scene.store(cache, [1, 2])
    const [path = ''] = await scene.segments()
    await scene.store(cache, [3])
    await damage(path)
    const reopened = await scene.open()
    const space = await reopened.namespace(id)
    expect(await space.getMany([1, 2, 3].map(key))).toEqual([undefined, undefined, featuresOf(3)])
    expect(reopened.damaged).toBe(1)
    expect(await scene.segments()).toHaveLength(1)
    expect(scene.notices).toEqual([])
  })

  it('is not what a later format version is', async () => {
    await scene.store(await scene.open(), [1])
    const [path = ''] = await scene.segments()
    await flipBit(path, 4)
    const cache = await scene.open()
    expect(await (await cache.namespace(id)).get(key(1))).toBeUndefined()
    expect(cache.damaged).toBe(0)
    expect(await scene.segments()).toEqual([path])
  })

  it('of compaction drops the damaged entry only', async () => {
    const cache = await scene.open()
    for (let n = 0; n < 64; n++) await scene.store(cache, [n])
    await flipBit((await scene.segments())[10] ?? '', -1)
    await scene.store(cache, [64])
    expect(await scene.segments()).toHaveLength(1)
    expect(await scene.found([...Array(65).keys()])).toHaveLength(64)
  })

  it('by another process that deletes segments is a miss', async () => {
    const cache = await scene.open()
    const space = await scene.store(cache, [1, 2])
    expect(await clearCache(scene.directory)).toBeGreaterThan(0)
    expect(await space.getMany([key(1), key(2)])).toEqual([undefined, undefined])
    expect([cache.damaged, cache.state, scene.notices]).toEqual([0, 'on', []])
    await scene.store(cache, [1])
    expect(await scene.found([1, 2])).toEqual([1])
  })
})
