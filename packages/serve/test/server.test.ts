import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createServer, openModel, type Server, type ServerOptions } from '../src/index.js'
import { toyFileTask, toyModel, type ToyOptions, toyTask } from './toy.js'

let server: Server | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A server with the toy model under the name 'letters'. */
async function served(options: ServerOptions = {}, toy: ToyOptions = {}, task = toyTask().task) {
  const { trained, log } = toyModel('toy', toy)
  server = await createServer({ port: 0, watch: 0, models: [openModel('letters', task, trained)], ...options })
  const { url } = server
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const isText = typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: (isText ? body : JSON.stringify(body)) as string,
    })
    return { status: response.status, headers: response.headers, json: (await response.json()) as never }
  }
  return { server, url, post, log }
}

describe('asking', () => {
  it('answers an input, and several in order, of which a bad one spoils no other', async () => {
    const { post } = await served()
    const { status, json } = await post('/models/letters/predict', { input: 'apple' })
    expect([status, json]).toEqual([200, { label: 'vowel', probability: 0.9, by: 'toy', company: 1 }])
    const several = await post('/models/letters/predict', { inputs: ['apple', '?', 7, 'pear'] })
    expect(several.json).toMatchObject({
      answers: [
        { label: 'vowel', company: 3 },
        { error: expect.stringMatching(/begins with a letter/), got: '?' },
        { error: expect.stringMatching(/a text/), got: '7' },
        { label: 'consonant' },
      ],
    })
  })

  it('passes on what can be asked beside inputs, and refuses what cannot', async () => {
    const { post } = await served()
    expect((await post('/models/letters/predict', { input: 'apple', shout: true })).json).toMatchObject({ by: 'TOY' })
    expect(await post('/models/letters/predict', { input: 'apple', shuot: true })).toMatchObject({
      status: 422,
      json: { error: 'options for the task letters: expected shout, got "shuot". Leave it out.' },
    })
    expect(await post('/models/letters/predict', { input: 'apple', shout: 'yes' })).toMatchObject({
      status: 422,
      json: { who: 'option "shout"', expected: 'true or false' },
    })
  })

  it('says why', async () => {
    const { post } = await served()
    const { json } = await post('/models/letters/explain', { input: 'apple', label: 'consonant' })
    expect(json).toEqual({ input: 'apple', label: 'consonant', parts: [{ text: 'a', weight: 1 }] })
    const bad = [{ input: 'apple', label: 7 }, { inputs: ['apple'] }, { input: 7 }]
    for (const body of bad) expect(await post('/models/letters/explain', body)).toMatchObject({ status: 422 })
  })

  it('takes the bytes of a file where queries are files', async () => {
    const { post } = await served({}, {}, toyFileTask())
    const bytes = new TextEncoder().encode('orange')
    const { json } = await post('/models/letters/predict', bytes, { 'Content-Type': 'image/png' })
    expect(json).toMatchObject({ label: 'vowel' })
    const flat = await post('/models/letters', bytes, { 'Content-Type': 'image/png' })
    expect(flat.json).toEqual([
      { label: 'vowel', score: 0.9 },
      { label: 'consonant', score: expect.closeTo(0.1) },
    ])
  })

  it('is asked as the inference API of Hugging Face is', async () => {
    const { post } = await served()
    expect((await post('/models/letters', { inputs: 'apple' })).json).toEqual([
      [
        { label: 'vowel', score: 0.9 },
        { label: 'consonant', score: expect.closeTo(0.1) },
      ],
    ])
    const top = await post('/models/letters', { inputs: ['apple', 'pear'], parameters: { top_k: 1 } })
    expect(top.json).toEqual([[{ label: 'vowel', score: 0.9 }], [{ label: 'consonant', score: 0.9 }]])
    expect(await post('/models/letters', { inputs: 'a', parameters: { top_k: 0 } })).toMatchObject({ status: 422 })
    expect(await post('/models/letters', { text: 'a' })).toMatchObject({ status: 422 })
    expect(await post('/models/letters', { inputs: '?' })).toMatchObject({ status: 422 })
  })

  it('lists its models, and says what each of them is', async () => {
    const { url } = await served()
    const model = { name: 'letters', task: 'letters', verbs: ['predict', 'explain'], takesFiles: false }
    expect(await (await fetch(`${url}/models`)).json()).toEqual({ models: [model] })
    expect(await (await fetch(`${url}/models/letters`)).json()).toEqual({ ...model, about: { by: 'toy' } })
  })
})

describe('what is no such question', () => {
  it.each([
    { what: 'no JSON', body: '{', status: 400, error: /JSON in UTF-8/ },
    { what: 'nothing', body: '', status: 400, error: /got nothing/ },
    { what: 'a list', body: '[1]', status: 422, error: /a field "input"/ },
    { what: 'null', body: 'null', status: 422, error: /a field "input"/ },
    { what: 'both', body: '{"input":"a","inputs":["b"]}', status: 422, error: /a field "input"/ },
    { what: 'a number for a text', body: '{"input":7}', status: 422, error: /expected a text, got 7/ },
    {
      what: 'nested a thousand deep',
      body: `{"input":${'['.repeat(1000)}${']'.repeat(1000)}}`,
      status: 422,
      error: /a text/,
    },
    {
      what: 'nested a million deep',
      body: `{"input":${'['.repeat(1e6)}${']'.repeat(1e6)}}`,
      status: 400,
      error: /JSON in UTF-8/,
    },
    { what: 'a name of a prototype', body: '{"__proto__":{"input":"a"}}', status: 422, error: /a field "input"/ },
  ])('$what', async ({ body, status, error }) => {
    const { post } = await served()
    expect(await post('/models/letters/predict', body)).toMatchObject({
      status,
      json: { error: expect.stringMatching(error) },
    })
  })

  it('another type, another model, another verb, another address', async () => {
    const { url, post } = await served()
    expect(await post('/models/letters/predict', 'apple', { 'Content-Type': 'text/plain' })).toMatchObject({
      status: 415,
    })
    expect(await post('/models/words/predict', { input: 'a' })).toMatchObject({ status: 404, json: { got: '"words"' } })
    expect(await post('/models/letters/recommend', { input: 'a' })).toMatchObject({
      status: 404,
      json: { expected: 'predict or explain' },
    })
    expect((await fetch(`${url}/secrets`)).status).toBe(404)
  })

  it('a fault of the program is not told to strangers', async () => {
    const said: string[] = []
    const { post } = await served({ onEvent: ({ message }) => void said.push(message) })
    const { status, json } = await post('/models/letters/predict', { input: 'boom' })
    expect(status).toBe(500)
    expect(JSON.stringify(json)).not.toMatch(/secret/)
    expect(said.join()).toMatch(/a secret of the program/)
  })
})

describe('who may ask', () => {
  it('on this machine alone it answers under its names alone', async () => {
    const { url } = await served()
    const { port } = new URL(url)
    const under = (host: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const asked = request(
          { port, host: '127.0.0.1', path: '/models', headers: { Host: host, ...headers } },
          (response) => {
            response.resume()
            resolve(response.statusCode)
          },
        )
        asked.on('error', reject).end()
      })
    expect(await under(`localhost:${port}`)).toBe(200)
    expect(await under(`[::1]:${port}`)).toBe(200)
    expect(await under('attacker.example')).toBe(421)
    expect(await under(`attacker.example:${port}`)).toBe(421)
    expect(await under('localhost.attacker.example')).toBe(421)
    expect(await under(`127.0.0.1:${port}`, { Origin: 'https://attacker.example' })).toBe(403)
    expect(await under(`127.0.0.1:${port}`, { Origin: `http://127.0.0.1:${port}` })).toBe(200)
    const response = await fetch(`${url}/models`)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('with a token, only who knows it; health is open', async () => {
    const { url, post } = await served({ token: 'sesame' })
    expect((await post('/models/letters/predict', { input: 'a' })).status).toBe(401)
    expect((await post('/models/letters/predict', { input: 'a' }, { Authorization: 'Bearer open' })).status).toBe(401)
    expect((await post('/models/letters/predict', { input: 'a' }, { Authorization: 'Bearer sesame' })).status).toBe(200)
    expect((await fetch(`${url}/health/live`)).status).toBe(200)
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
  })
})

describe('what is too much', () => {
  it('a body of 100 MB is refused by what it says of itself, and one that does not say is not read to its end', async () => {
    const { url, post } = await served({ bodyLimit: 1000 })
    const before = process.memoryUsage.rss()
    const large = new Uint8Array(100 * 2 ** 20)
    const sent = await post('/models/letters/predict', large).catch((cause: unknown) => cause)
    // It may close the connection while the client still writes.
    expect(sent).toSatisfy((given: { status?: number }) => given instanceof Error || given.status === 413)
    let pieces = 0
    const endless = new ReadableStream({
      pull(controller) {
        pieces++
        controller.enqueue(new Uint8Array(65_536))
      },
    })
    const asked = { method: 'POST', body: endless, duplex: 'half', headers: { 'Content-Type': 'application/json' } }
    const answer = await fetch(`${url}/models/letters/predict`, asked as RequestInit).catch((cause: unknown) => cause)
    expect(answer).toSatisfy((given: { status?: number }) => given instanceof Error || given.status === 413)
    expect(pieces).toBeLessThan(10_000)
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20)
    expect((await post('/models/letters/predict', { input: 'a' })).status).toBe(200)
    const small = await post('/models/letters/predict', { input: 'a'.repeat(2000) })
    expect(small).toMatchObject({ status: 413, json: { expected: 'at most 1000 bytes' } })
  })

  it('many large bodies at once find no room, and small ones do', async () => {
    const { post } = await served({ bodyLimit: 1000, wait: 0, batch: 1 }, { takes: 20 })
    const large = { input: 'a'.repeat(900) }
    const answers = await Promise.all(Array.from({ length: 40 }, () => post('/models/letters/predict', large)))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.json).toMatchObject({ expected: 'at most 16000 bytes of requests at once' })
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(16)
    // What was taken is given back.
    expect((await post('/models/letters/predict', large)).status).toBe(200)
  })

  it.each([
    ['/models/letters/predict', (inputs: readonly string[]) => ({ inputs })],
    ['/models/letters', (inputs: readonly string[]) => ({ inputs })],
    [
      '/v2/models/letters/infer',
      (data: readonly string[]) => ({ inputs: [{ name: 'x', shape: [data.length], datatype: 'BYTES', data }] }),
    ],
  ])('more inputs than it answers at once are counted, and not looked at: %s', async (path, bodyOf) => {
    const { task } = toyTask()
    const looked = vi.spyOn(task.query, 'safeParse')
    const { post } = await served({ queue: 4 }, {}, task)
    looked.mockClear()
    const { status } = await post(path, bodyOf(Array.from({ length: 1000 }, () => 'a')))
    expect(status).toBe(413)
    // The inference API of Hugging Face asks once whether the list is one input.
    expect(looked.mock.calls.length).toBeLessThan(2)
  })

  it('a client that sends slowly is let go', async () => {
    const { url, post } = await served({ receiving: 300 })
    const { port } = new URL(url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write('POST /models/letters/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n')
        socket.write('Content-Length: 1000\r\n\r\n{"in')
      })
      let text = ''
      socket.on('data', (piece) => void (text += String(piece)))
      socket.on('close', () => resolve(text)).on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect((await post('/models/letters/predict', { input: 'a' })).status).toBe(200)
  })

  it('beyond its queue it says when to come again', async () => {
    const { post } = await served({ queue: 4, batch: 2, wait: 0 }, { takes: 100 })
    const asked = Array.from({ length: 12 }, () => post('/models/letters/predict', { input: 'a' }))
    const answers = await Promise.all(asked)
    const refused = answers.filter(({ status }) => status === 429)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.every(({ status }) => status === 200 || status === 429)).toBe(true)
    expect(Number(refused[0]?.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    expect(await post('/models/letters/predict', { inputs: ['a', 'b', 'c', 'd', 'e'] })).toMatchObject({ status: 413 })
  })

  it('after its time a request is given up, and so is work that nobody waits for', async () => {
    const { post, log } = await served({ deadline: 100, wait: 0 }, { takes: 300 })
    expect(await post('/models/letters/predict', { input: 'a' })).toMatchObject({
      status: 504,
      json: { expected: 'an answer within 100 ms' },
    })
    expect(log.signals[0]?.aborted).toBe(true)
  })

  it('who goes away leaves the queue, and ends work of which nobody else waits', async () => {
    const { url, log } = await served({ wait: 0 }, { takes: 300 })
    const client = new AbortController()
    const ask = (signal: AbortSignal | null): Promise<Response> =>
      fetch(`${url}/models/letters/predict`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"input":"a"}',
        signal,
      })
    // Two are under way at once; the next ones wait.
    const first = ask(client.signal)
    while (log.batches.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
    const second = ask(null)
    while (log.batches.length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    const [third, fourth] = [ask(client.signal), ask(null)]
    await new Promise((resolve) => setTimeout(resolve, 50))
    client.abort()
    await Promise.all([expect(first).rejects.toThrow(/aborted/), expect(third).rejects.toThrow(/aborted/)])
    expect([(await second).status, (await fourth).status]).toEqual([200, 200])
    expect(log.signals.map((signal) => signal?.aborted)).toEqual([true, false, false])
    // The third was never asked: the fourth has no company.
    expect(log.batches).toEqual([1, 1, 1])
  })
})

describe('company', () => {
  it('those who come at once are answered together', async () => {
    const { post, log } = await served({ batch: 8, wait: 200 })
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, at) => post('/models/letters/predict', { input: at % 2 ? 'a' : 'b' })),
    )
    expect(answers.map(({ json }) => (json as { label: string }).label)).toEqual(
      Array.from({ length: 16 }, (_, at) => (at % 2 ? 'vowel' : 'consonant')),
    )
    expect(Math.max(...log.batches)).toBe(8)
    expect(log.batches.length).toBeLessThan(8)
  })

  it('other options are another batch', async () => {
    const { post, log } = await served({ wait: 100 })
    const [plain, loud] = await Promise.all([
      post('/models/letters/predict', { input: 'a' }),
      post('/models/letters/predict', { input: 'a', shout: true }),
    ])
    expect([plain.json, loud.json]).toMatchObject([{ by: 'toy' }, { by: 'TOY' }])
    expect(log.batches).toEqual([1, 1])
  })
})
