import { chmod, mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import type { Progress } from '@headstart/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.js'
import { fetchModel, type FetchOptions } from './fetch-model.js'
import { openModel } from './open-model.js'
import { readNetwork } from './read-network.js'
import { type HubContents, listen, loopbackHub, type LoopbackHub, sendRange } from './test/index.js'

const id = 'some-org/some-model'
const commit = 'c'.repeat(40)
const text = (content: string): Uint8Array => new TextEncoder().encode(content)
const noise = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, place) => (place * 7919) % 251)

const files = {
  'config.json': text('{"model_type":"bert"}'),
  'tokenizer.json': noise(9000),
  'tokenizer_config.json': text('{}'),
  '1_Pooling/config.json': text('{"pooling_mode_cls_token":true}'),
  'README.md': text('read me'),
  'pytorch_model.bin': noise(50_000),
  'onnx/model.onnx': noise(300_000),
  'onnx/model_quantized.onnx': noise(70_000),
}
const wanted = ['1_Pooling/config.json', 'config.json', 'onnx/model.onnx', 'tokenizer.json', 'tokenizer_config.json']

afterEach(() => vi.unstubAllEnvs())

async function scene(contents: Partial<HubContents> = {}): Promise<{ hub: LoopbackHub; directory: string; options: FetchOptions }> {
  const hub = await loopbackHub({ id, files, ...contents })
  const directory = await temporaryFolder()
  return { hub, directory, options: { endpoint: hub.endpoint, cache: { directory }, retryDelay: 1, timeout: 60_000 } }
}

/** The path of the partial file of the network. */
const partialOf = (directory: string): string => join(directory, 'some-org--some-model', commit, 'onnx/.model.onnx.partial')

describe('fetchModel', () => {
  it('fetches what is needed to use the network, and nothing else', async () => {
    const { options, hub, directory } = await scene()
    const progress: Progress[] = []
    const folder = await fetchModel(id, { ...options, onProgress: (one) => progress.push(one) })
    expect(folder.id).toBe(id)
    expect(folder.names).toEqual(wanted)
    for (const name of wanted) expect(Buffer.from(await folder.read(name)).equals(files[name as keyof typeof files]), name).toBe(true)
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
    const newer = await loopbackHub({ id, files: { ...files, 'config.json': text('{"model_type":"roberta"}') }, commit: 'd'.repeat(40) })
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
      response.writeHead(start ? 206 : 200, { 'content-length': 300_000 - start, ...(start && { 'content-range': `bytes ${start}-299999/300000` }) })
      response.write(files['onnx/model.onnx'].subarray(start, start + 40_000), () => setTimeout(() => response.destroy(), 20))
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
    expect(hub.seenByStore.filter(({ path }) => path.includes('onnx')).map(({ range }) => range)).toEqual(['bytes=5000-', undefined])

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
    await expect(fetchModel(id, options)).rejects.toThrow(/some-model, onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, as announced, got [0-9a-f]{64}/)
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
    await expect(fetchModel(id, options)).rejects.toThrow(/onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, as announced/)
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
    await expect(fetchModel(id, { ...options, timeout: 50 })).rejects.toThrow(/expected an answer from 127\.0\.0\.1:\d+, got no connection \(UND_ERR_HEADERS_TIMEOUT\)\. Check the network/)
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

describe('the hub', () => {
  it('is asked again after 429 and 5xx, when it says', async () => {
    const { options, hub } = await scene()
    const answers = [429, 503, 500]
    const notices: string[] = []
    const times: number[] = []
    hub.interfere = (_, response) => {
      times.push(performance.now())
      const status = answers.shift()
      if (status === undefined) return undefined
      response.writeHead(status, status === 429 ? { 'retry-after': '1' } : {}).end()
      return true
    }
    await fetchModel(id, { ...options, onNotice: (message) => notices.push(message) })
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(990)
    expect(notices).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ asks to wait 1 s \(status 429\)\.$/)])
  })

  it('is not waited for longer than two minutes', async () => {
    const { options, hub } = await scene()
    hub.interfere = (_, response) => {
      response.writeHead(429, { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() }).end()
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(/got status 429\. Try again in 3(600|599) seconds\./)
    expect(hub.seen).toHaveLength(1)
  })

  it.each([
    [401, {}, undefined, /expected a model that everybody may read on 127\.0\.0\.1:\d+, got status 401\. Check the name; for a private model set HF_TOKEN\./],
    [401, {}, 'secret', /expected a model that the token may read .*got status 401\. Check the name, and whether the token in HF_TOKEN may read it\./],
    [403, { 'x-error-code': 'GatedRepo' }, 'secret', /got status 403\. Accept its terms at http:/],
    [404, {}, undefined, /some-org\/some-model: expected something of that name on 127\.0\.0\.1:\d+, got status 404\. Check the name/],
    [418, {}, undefined, /got status 418\. Try again later/],
  ])('says %i', async (status, headers, token, message) => {
    const { options, hub } = await scene()
    hub.interfere = (_, response) => {
      response.writeHead(status, headers as Record<string, string>).end('<html>')
      return true
    }
    await expect(fetchModel(id, { ...options, token })).rejects.toThrow(message)
    await expect(fetchModel(id, { ...options, token })).rejects.not.toThrow(/secret/)
    expect(hub.seen).toHaveLength(2)
  })

  it('gets the token, and nobody else', async () => {
    const { options, hub } = await scene({ token: 'secret' })
    vi.stubEnv('HF_TOKEN', 'secret')
    await fetchModel(id, options)
    expect(new Set(hub.seen.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer secret']))
    expect(new Set(hub.seenByStore.map(({ authorization }) => authorization))).toEqual(new Set([undefined]))
  })

  it('gets no token from a redirect that leads back to it', async () => {
    const { options, hub } = await scene({ token: 'secret' })
    hub.interfereInStore = (_, response) => {
      response.writeHead(302, { location: `${hub.endpoint}/back` }).end()
      return true
    }
    await expect(fetchModel(id, { ...options, token: 'secret' })).rejects.toThrow(/status 401/)
    expect(hub.seen.find(({ path }) => path === '/back')).toMatchObject({ authorization: undefined })
  })

  it.each([
    ['in a circle', '/some-org/some-model/resolve/loop', /expected a file within 5 redirects, got more of them/],
    ['to a file of this disk', 'file:///etc/passwd', /expected a redirect to https, got one to "file:\/\/\/etc\/passwd"/],
  ])('may not redirect %s', async (_, location, message) => {
    const { options, hub } = await scene()
    hub.interfere = (request, response) => {
      if (!request.url?.includes('/resolve/')) return undefined
      response.writeHead(307, { location }).end()
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(message)
  })

  it.each([
    ['no JSON', '<html>', /expected a list of files from 127\.0\.0\.1:\d+, got something else/],
    ['JSON of another kind', '{"sha":"main"}', /got the field "sha" of another kind/],
  ])('may not answer with %s', async (_, body, message) => {
    const { options, hub } = await scene()
    hub.interfere = (_request, response) => {
      response.end(body)
      return true
    }
    await expect(fetchModel(id, options)).rejects.toThrow(message)
  })

  it.each(['../outside/config.json', '/etc/config.json', 'a/../../config.json', 'C:\\config.json', 'onnx//model.onnx'])('may not list a file called %s', async (name) => {
    const { options } = await scene({ files: { ...files, [name]: text('{}') } })
    await expect(fetchModel(id, options)).rejects.toThrow(/expected names of files inside the model, got ".*"\. Do not use this model\./)
  })

  it('out of reach is said', async () => {
    const { options, hub } = await scene()
    const { origin, server } = await listen(() => {})
    await new Promise((resolve) => void server.close(resolve))
    await expect(fetchModel(id, { ...options, endpoint: origin })).rejects.toThrow(/got no connection \(ECONNREFUSED\)\. Check the network and its proxy \(HTTPS_PROXY\), try again later, or give the path of a folder\./)
    await expect(fetchModel(id, { ...options, endpoint: 'huggingface' })).rejects.toThrow(/HF_ENDPOINT: expected an address/)
    expect(hub.seen).toEqual([])
  })

  it('is not asked where the network is forbidden', async () => {
    const { options, hub } = await scene()
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    await expect(fetchModel(id, options)).rejects.toThrow(/some-org\/some-model: expected a model in the cache, got none, and HEADSTART_OFFLINE, which forbids the network\. Fetch it where/)
    expect(hub.seen).toEqual([])
  })

  it('is reached through the proxy of the environment', async () => {
    const { options, hub } = await scene()
    const asked: string[] = []
    const { server, origin } = await listen((_, response) => void response.writeHead(400).end())
    server.on('connect', (request, socket) => {
      asked.push(request.url ?? '')
      const target = new URL(`http://${request.url}`)
      const onward = connect(Number(target.port), target.hostname, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(onward).pipe(socket)
      })
      onward.on('error', () => socket.destroy())
      socket.on('error', () => onward.destroy())
    })
    vi.stubEnv('HTTP_PROXY', origin)
    vi.stubEnv('http_proxy', origin)
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    expect((await fetchModel(id, options)).names).toEqual(wanted)
    expect(new Set(asked).has(new URL(hub.endpoint).host)).toBe(true)
  })
})

it.each(['', '../outside', '/etc/passwd', 'a/b/c', 'a--b'])('%j is no id', async (name) => {
  const { options, hub } = await scene()
  await expect(fetchModel(name, options)).rejects.toThrow(/expected an id on the hub, such as org\/name, got "/)
  expect(hub.seen).toEqual([])
})

it('a mirror may lie below a path', async () => {
  const { options, hub } = await scene()
  const mirror = await listen((request, response) => {
    response.writeHead(307, { location: hub.endpoint + (request.url ?? '').replace('/mirror', '') }).end()
  })
  expect((await fetchModel(id, { ...options, endpoint: `${mirror.origin}/mirror/` })).names).toEqual(wanted)
})

describe('a list of files', () => {
  it('is asked for again where the connection breaks off', async () => {
    const { options, hub } = await scene()
    let cuts = 0
    hub.interfere = (_, response) => {
      if (cuts++ >= 2) return undefined
      response.writeHead(200, { 'content-length': 1000 })
      response.write('{"sha":', () => setTimeout(() => response.destroy(), 20))
      return true
    }
    expect((await fetchModel(id, options)).names).toEqual(wanted)
  })
})

describe('a model', () => {
  it.each<[string, Partial<HubContents>, RegExp]>([
    ['that generates texts', { pipeline: 'text-generation' }, /expected an encoder, got a model for text-generation/],
    ['without a network', { files: { 'config.json': text('{}'), 'model.safetensors': noise(10) } }, /expected the network onnx\/model\.onnx, got no ONNX file\. Choose a model that is published for Transformers\.js/],
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
    await expect(fetchModel(id, options)).rejects.toThrow(/expected a network of at most [\d.]+ GB, which is what this machine can load, got 9000\.0 GB\. Choose a smaller model/)
    expect(hub.seen).toHaveLength(1)
  })
})

describe('the cache', () => {
  it('keeps to its size: what was used longest ago gives way', async () => {
    const { options, directory } = await scene()
    const cache = { directory, maxBytes: 700_000 }
    const fetchAs = async (other: string): Promise<void> => {
      const { endpoint } = await loopbackHub({ id: other, files })
      await fetchModel(other, { ...options, endpoint, cache })
    }
    const age = (name: string, days: number) => utimes(join(directory, name, 'main.json'), new Date(), new Date(Date.now() - days * 864e5))
    await fetchAs('a/first')
    await fetchAs('a/second')
    await age('a--first', 1)
    await age('a--second', 2)
    await fetchAs('a/third')
    expect((await readdir(directory)).sort()).toEqual(['a--first', 'a--third'])
    vi.stubEnv('HEADSTART_MODELS_GB', '0.0001')
    await expect(fetchModel(id, options)).rejects.toThrow(/expected a model of at most 0\.0001 GB, the limit of the cache, got 0\.0003\d+ GB/)
    vi.stubEnv('HEADSTART_MODELS_GB', 'many')
    await expect(fetchModel(id, options)).rejects.toThrow(/HEADSTART_MODELS_GB: expected a number of gigabytes above 0, got "many"/)
  })

  it('that cannot be written is said', async () => {
    const { options } = await scene()
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(fetchModel(id, { ...options, cache: { directory: join(folder, 'file') } })).rejects.toThrow(/expected a folder, got a file in its place \(ENOTDIR\)/)
    if (process.getuid?.() === 0) return
    await chmod(folder, 0o500)
    await expect(fetchModel(id, { ...options, cache: { directory: join(folder, 'models') } })).rejects.toThrow(/expected permission to write it, got none/)
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
    await expect(readNetwork(await fetchModel(id, options))).rejects.toThrow(/onnx\/model\.onnx: expected a file with the hash [0-9a-f]{64}, got [0-9a-f]{64}\. It was changed or damaged/)
  })

  it('is not read through links that lead out of it', async () => {
    const { options } = await scene()
    const { path } = await fetchModel(id, options)
    const outside = await temporaryFolder()
    await writeFile(join(outside, 'secret'), files['config.json'])
    await rm(join(path, 'config.json'))
    await symlink(join(outside, 'secret'), join(path, 'config.json'))
    const folder = await fetchModel(id, options)
    await expect(folder.json('config.json')).rejects.toThrow(/expected a file inside the cache, got a link that leads out of it/)
  })
})
