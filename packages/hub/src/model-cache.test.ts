import { chmod, mkdir, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.js'
import { fetchModel } from './fetch-model.js'
import { readNetwork } from './read-network.js'
import { loopbackHub } from './test/index.js'
import { commit, files, id, noise, scene } from '../test/scene.js'

afterEach(() => vi.unstubAllEnvs())

describe('the cache', () => {
  it('keeps to its size: what was used longest ago gives way', async () => {
    const { options, directory } = await scene()
    const cache = { directory, maxBytes: 700_000 }
    const fetchAs = async (other: string): Promise<void> => {
      const { endpoint } = await loopbackHub({ id: other, files })
      await fetchModel(other, { ...options, endpoint, cache })
    }
    const age = (name: string, days: number) =>
      utimes(join(directory, name, 'main.json'), new Date(), new Date(Date.now() - days * 864e5))
    await fetchAs('a/first')
    await fetchAs('a/second')
    await age('a--first', 1)
    await age('a--second', 2)
    await fetchAs('a/third')
    expect((await readdir(directory)).sort()).toEqual(['a--first', 'a--third'])
    vi.stubEnv('HEADSTART_MODELS_GB', '0.0001')
    await expect(fetchModel(id, options)).rejects.toThrow(
      /expected a model of at most 0\.0001 GB, the limit of the cache, got 0\.0003\d+ GB/,
    )
    vi.stubEnv('HEADSTART_MODELS_GB', 'many')
    await expect(fetchModel(id, options)).rejects.toThrow(
      /HEADSTART_MODELS_GB: expected a number of gigabytes above 0, got "many"/,
    )
  })

  it('that cannot be written is said', async () => {
    const { options } = await scene()
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(fetchModel(id, { ...options, cache: { directory: join(folder, 'file') } })).rejects.toThrow(
      /expected a folder, got a file in its place \(ENOTDIR\)/,
    )
    if (process.getuid?.() === 0) return
    await chmod(folder, 0o500)
    await expect(fetchModel(id, { ...options, cache: { directory: join(folder, 'models') } })).rejects.toThrow(
      /expected permission to write it, got none/,
    )
  })

  it('is not left through links', async () => {
    const { options, directory } = await scene()
    const outside = await temporaryFolder()
    await mkdir(join(directory, 'some-org--some-model', commit), { recursive: true })
    await symlink(outside, join(directory, 'some-org--some-model', commit, 'onnx'))
    await expect(fetchModel(id, options)).rejects.toThrow(/expected a place inside the cache, got a link to/)
    expect(await readdir(outside)).toEqual([])
  })

  it('is seen to be damaged when a network is read', async () => {
    const { options } = await scene()
    const folder = await fetchModel(id, options)
    await writeFile(join(folder.path, 'onnx/model.onnx'), noise(300_000).reverse())
    await expect(readNetwork(await fetchModel(id, options))).rejects.toThrow(
      /onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, got [0-9a-f]{64}\. It was changed or damaged/,
    )
  })

  it('is not read through links that lead out of it', async () => {
    const { options } = await scene()
    const { path } = await fetchModel(id, options)
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'secret'), files['config.json'])
    await rm(join(path, 'config.json'))
    await symlink(join(outside, 'secret'), join(path, 'config.json'))
    const folder = await fetchModel(id, options)
    await expect(folder.json('config.json')).rejects.toThrow(
      /expected a file inside the cache, got a link that leads out of it/,
    )
  })
})
