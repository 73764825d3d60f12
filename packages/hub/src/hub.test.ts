import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fetchModel } from './fetch-model.js'
import { listen } from './test/index.js'
import { files, id, scene, text, wanted } from '../test/scene.js'

afterEach(() => vi.unstubAllEnvs())

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
    [
      401,
      {},
      undefined,
      /expected a model that everybody may read on 127\.0\.0\.1:\d+, got status 401\. Check the name; for a private model set HF_TOKEN\./,
    ],
    [
      401,
      {},
      'secret',
      /expected a model that the token may read .*got status 401\. Check the name, and whether the token in HF_TOKEN may read it\./,
    ],
    [403, { 'x-error-code': 'GatedRepo' }, 'secret', /got status 403\. Accept its terms at http:/],
    [
      404,
      {},
      undefined,
      /some-org\/some-model: expected something of that name on 127\.0\.0\.1:\d+, got status 404\. Check the name/,
    ],
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
    [
      'to a file of this disk',
      'file:///etc/passwd',
      /expected a redirect to https, got one to "file:\/\/\/etc\/passwd"/,
    ],
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

  it.each(['../outside/config.json', '/etc/config.json', 'a/../../config.json', 'C:\\config.json', 'onnx//model.onnx'])(
    'may not list a file called %s',
    async (name) => {
      const { options } = await scene({ files: { ...files, [name]: text('{}') } })
      await expect(fetchModel(id, options)).rejects.toThrow(
        /expected names of files inside the model, got ".*"\. Do not use this model\./,
      )
    },
  )

  it('out of reach is said', async () => {
    const { options, hub } = await scene()
    const { origin, server } = await listen(() => {})
    await new Promise((resolve) => void server.close(resolve))
    await expect(fetchModel(id, { ...options, endpoint: origin })).rejects.toThrow(
      /got no connection \(ECONNREFUSED\)\. Check the network and its proxy \(HTTPS_PROXY\), try again later, or give the path of a folder\./,
    )
    await expect(fetchModel(id, { ...options, endpoint: 'huggingface' })).rejects.toThrow(
      /HF_ENDPOINT: expected an address/,
    )
    expect(hub.seen).toEqual([])
  })

  it('is not asked where the network is forbidden', async () => {
    const { options, hub } = await scene()
    vi.stubEnv('HEADSTART_OFFLINE', '1')
    await expect(fetchModel(id, options)).rejects.toThrow(
      /some-org\/some-model: expected a model in the cache, got none, and HEADSTART_OFFLINE, which forbids the network\. Fetch it where/,
    )
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
