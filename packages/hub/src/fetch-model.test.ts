import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Progress } from '@headstart/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fetchModel } from './fetch-model.js'
import { openModel } from './open-model.js'
import { type HubContents, loopbackHub, sendRange } from './test/index.js'
import { commit, files, id, noise, partialOf, scene, text, wanted } from '../test/scene.js'

afterEach(() => vi.unstubAllEnvs())

describe('fetchModel', () => {
  it('fetches what is needed to use the network, and nothing else', async () => {
    const { options, hub, directory } = await scene()
    const progress: Progress[] = []
    const folder = await fetchModel(id, { ...options, onProgress: (one) => progress.push(one) })
    expect(folder.id).toBe(id)
    expect(folder.names).toEqual(wanted)
    for (const name of wanted)
      expect(Buffer.from(await folder.read(name)).equals(files[name as keyof typeof files]), name).toBe(true)
    const total = wanted.reduce((sum, name) => sum + files[name as keyof typeof files].length, 0)
    expect(progress.at(-1)).toEqual({ done: total, total })
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).toSorted((a, b) => a - b))
    expect(hub.seenByStore).toHaveLength(2)
    expect(folder.path.startsWith(directory)).toBe(true)
  })

  it('asks nobody where the model is in the cache', async () => {
    const { options, hub } = await scene()
    await fetchModel(id, options)
    const asked = hub.seen.length
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    expect((await openModel(id, options)).names).toEqual(wanted)
    expect(hub.seen).toHaveLength(asked)
  })

  it('adds another number format, of the same version', async () => {
    const { options, hub } = await scene()
    await fetchModel(id, options)
    const { names } = await fetchModel(id, { ...options, dtype: 'q8' })
    expect(names).toContain('onnx/model_quantized.onnx')
    expect(hub.seen.filter(({ path }) => path.startsWith('/api/'))).toHaveLength(1)
    expect(hub.seenByStore).toHaveLength(3)
  })

  it('fetches the newest version with refresh, and deletes the old one', async () => {
    const { options, directory } = await scene()
    await fetchModel(id, options)
    const newer = await loopbackHub({
      id,
      files: { ...files, 'config.json': text('{"model_type":"roberta"}') },
      commit: 'd'.repeat(40),
    })
    const folder = await fetchModel(id, { ...options, endpoint: newer.endpoint, refresh: true })
    expect(await folder.json('config.json')).toEqual({ model_type: 'roberta' })
    expect(await readdir(join(directory, 'some-org--some-model'))).toEqual(['d'.repeat(40), 'main.json'])
  })
})

describe('a download', () => {
  it('goes on where it broke off, in the same run', async () => {
    const { options, hub } = await scene()
    let cuts = 0
    hub.interfereInStore = (request, response) => {
      const start = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0)
      if (!request.url?.includes('onnx') || cuts++ >= 7) return undefined
      response.writeHead(start ? 206 : 200, {
        'content-length': 300_000 - start,
        ...(start && { 'content-range': `bytes ${start}-299999/300000` }),
      })
      response.write(files['onnx/model.onnx'].subarray(start, start + 40_000), () =>
        setTimeout(() => response.destroy(), 20),
      )
      return true
    }
    const folder = await fetchModel(id, options)
    expect(Buffer.from(await folder.read('onnx/model.onnx')).equals(files['onnx/model.onnx'])).toBe(true)
    const ranges = hub.seenByStore.filter(({ path }) => path.includes('onnx')).map(({ range }) => range)
    const starts = ranges.map((range) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0))
    expect(starts).toHaveLength(8)
    // What was on its way when a connection ended is asked for again.
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
    expect(starts.at(-1)).toBeGreaterThan(40_000)
  })

  it('goes on where an earlier run was killed', async () => {
    const { options, hub, directory } = await scene()
    await mkdir(dirname(partialOf(directory)), { recursive: true })
    await writeFile(partialOf(directory), files['onnx/model.onnx'].subarray(0, 123_456))
    const folder = await fetchModel(id, options)
    expect(hub.seenByStore.map(({ range }) => range)).toContain('bytes=123456-')
    expect(Buffer.from(await folder.read('onnx/model.onnx')).equals(files['onnx/model.onnx'])).toBe(true)
  })

  it('begins again where the rest does not fit, or the server gives no parts', async () => {
    const { options, hub, directory } = await scene()
    await mkdir(dirname(partialOf(directory)), { recursive: true })
    await writeFile(partialOf(directory), noise(5000).reverse())
    const folder = await fetchModel(id, options)
    expect(Buffer.from(await folder.read('onnx/model.onnx')).equals(files['onnx/model.onnx'])).toBe(true)
    expect(hub.seenByStore.filter(({ path }) => path.includes('onnx')).map(({ range }) => range)).toEqual([
      'bytes=5000-',
      undefined,
    ])

    const other = await scene()
    other.hub.interfereInStore = (request, response) => {
      response.writeHead(200).end(request.url?.includes('onnx') ? files['onnx/model.onnx'] : files['tokenizer.json'])
      return true
    }
    await mkdir(dirname(partialOf(other.directory)), { recursive: true })
    await writeFile(partialOf(other.directory), noise(5000))
    expect((await fetchModel(id, other.options)).names).toEqual(wanted)
  })

  it('of other contents than announced is refused, and not kept', async () => {
    const { options, hub, directory } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      sendRange(request, response, noise(300_000).reverse())
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(
      /some-model, onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, as announced, got [0-9a-f]{64}/,
    )
    expect(await readdir(dirname(partialOf(directory)))).toEqual([])
    hub.interfereInStore = undefined
    expect((await fetchModel(id, options)).names).toEqual(wanted)
  })

  it('of a small file is checked as well', async () => {
    const { options, hub } = await scene()
    hub.interfere = (request, response) => {
      if (!request.url?.endsWith('/config.json')) return undefined
      response.end('{"model_type":"evil"}')
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(/config\.json: expected a file with the hash [0-9a-f]{40}/)
  })

  it('is checked by what the hub says where it redirects, too', async () => {
    const { options, hub } = await scene()
    hub.interfere = (request, response) => {
      if (!request.url?.startsWith('/api/')) return undefined
      response.end(JSON.stringify({ sha: commit, siblings: wanted.map((rfilename) => ({ rfilename })) }))
      return true
    }
    hub.interfereInStore = (request, response) => {
      sendRange(request, response, noise(300_000).reverse())
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(
      /onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, as announced/,
    )
    hub.interfereInStore = undefined
    expect((await fetchModel(id, options)).names).toEqual(wanted)
  })

  it('that is slow and goes on is waited for', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      response.writeHead(200, { 'content-length': 300_000 })
      const send = (start: number): void => {
        response.write(files['onnx/model.onnx'].subarray(start, start + 100_000))
        if (start < 200_000) setTimeout(() => send(start + 100_000), 300)
        else response.end()
      }
      send(0)
      return true
    }
    expect((await fetchModel(id, { ...options, timeout: 20_000 })).names).toEqual(wanted)
    expect(hub.seenByStore.filter(({ path }) => path.includes('onnx'))).toHaveLength(1)
  })

  it('that never ends is given up', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      response.writeHead(200)
      const more = (): void => void (response.destroyed || response.write(noise(65_536), () => setImmediate(more)))
      more()
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(/expected 300000 bytes, as announced, got \d+/)
  })

  it('that stands still is given up after some attempts', async () => {
    const { options, hub } = await scene()
    hub.interfereInStore = () => true
    await expect(fetchModel(id, { ...options, timeout: 50 })).rejects.toThrow(
      /expected an answer from 127\.0\.0\.1:\d+, got no connection \(UND_ERR_HEADERS_TIMEOUT\)\. Check the network/,
    )
    expect(hub.seenByStore).toHaveLength(5)
  })

  it('stops when its signal aborts, and keeps what it has', async () => {
    const { options, hub, directory } = await scene()
    const stop = new AbortController()
    hub.interfereInStore = (request, response) => {
      if (!request.url?.includes('onnx')) return undefined
      response.writeHead(200, { 'content-length': 300_000 })
      response.write(files['onnx/model.onnx'].subarray(0, 100_000))
      return true
    }
    const fetching = fetchModel(id, { ...options, signal: stop.signal })
    const sizeOf = async (): Promise<number> => (await stat(partialOf(directory)).catch(() => undefined))?.size ?? 0
    await vi.waitUntil(async () => (await sizeOf()) === 100_000, { timeout: 60_000 })
    stop.abort()
    await expect(fetching).rejects.toThrow(/abort/)
    expect((await readFile(partialOf(directory))).length).toBe(100_000)
  })
})

describe('a model', () => {
  it.each<[string, Partial<HubContents>, RegExp]>([
    ['that generates texts', { pipeline: 'text-generation' }, /expected an encoder, got a model for text-generation/],
    [
      'without a network',
      { files: { 'config.json': text('{}'), 'model.safetensors': noise(10) } },
      /expected the network onnx\/model\.onnx, got no ONNX file\. Choose a model that is published for Transformers\.js/,
    ],
  ])('%s is refused before anything is fetched', async (_, contents, message) => {
    const { options, hub } = await scene(contents)
    await expect(fetchModel(id, options)).rejects.toThrow(message)
    expect(hub.seen).toHaveLength(1)
  })

  it('too large for memory is refused before anything is fetched', async () => {
    const { options, hub } = await scene()
    hub.interfere = (_, response) => {
      response.end(JSON.stringify({ sha: commit, siblings: [{ rfilename: 'onnx/model.onnx', size: 9e12 }] }))
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(
      /expected a network of at most [\d.]+ GB, which is what this machine can load, got 9000\.0 GB\. Choose a smaller model/,
    )
    expect(hub.seen).toHaveLength(1)
  })
})
