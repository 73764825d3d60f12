import { InferenceClient } from '@huggingface/inference'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterEach, describe, expect, it } from 'vitest'
import { createServer, openModel, type Server } from '../src/index.js'
import { type Letter, toyFileTask, toyModel, toyTask } from './toy.js'

let server: Server | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** A server with texts under 'letters' and files under 'files'. */
async function served(token?: string): Promise<string> {
  server = await createServer({
    port: 0,
    watch: 0,
    token,
    models: [
      openModel('letters', toyTask().task, toyModel().trained),
      openModel('files', toyFileTask(), toyModel().trained),
    ],
  })
  return server.url
}

const vowel = [
  { label: 'vowel', score: 0.9 },
  { label: 'consonant', score: expect.closeTo(0.1) },
]

describe('@huggingface/inference', () => {
  it('classifies texts, with our token for its own', async () => {
    const client = new InferenceClient('sesame', { endpointUrl: `${await served('sesame')}/models/letters` })
    expect(await client.textClassification({ inputs: 'apple' })).toEqual(vowel)
    expect(await client.textClassification({ inputs: 'pear', parameters: { top_k: 1 } })).toEqual([
      { label: 'consonant', score: 0.9 },
    ])
    await expect(client.textClassification({ inputs: '?' })).rejects.toThrow(
      /expected a text that begins with a letter/,
    )
    const stranger = new InferenceClient('open', { endpointUrl: `${server?.url}/models/letters` })
    await expect(stranger.textClassification({ inputs: 'apple' })).rejects.toThrow(/the token of this server/)
  })

  it('classifies pictures by their bytes, and with parameters as base64', async () => {
    const client = new InferenceClient(undefined, { endpointUrl: `${await served()}/models/files` })
    const picture = new Blob(['apple'], { type: 'image/png' })
    expect(await client.imageClassification({ data: picture })).toEqual(vowel)
    expect(await client.imageClassification({ data: new Blob(['apple']) })).toEqual(vowel)
    const response = await fetch(`${server?.url}/models/files`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ inputs: Buffer.from('apple').toString('base64'), parameters: { top_k: 1 } }),
    })
    expect(await response.json()).toEqual(vowel.slice(0, 1))
  })
})

describe('answers in words', () => {
  it('have the names of the pipelines of Transformers', async () => {
    const { scores: _, ...words } = toyModel().trained
    const named = { ...words, generated: ({ label }: Letter) => ({ translation_text: label }) }
    const models = [openModel('words', toyTask().task, words), openModel('named', toyTask().task, named)]
    server = await createServer({ port: 0, watch: 0, models })
    const ask = async (name: string) => {
      const asked = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"inputs":"apple"}' }
      return (await fetch(`${server?.url}/models/${name}`, asked)).json()
    }
    expect(await ask('words')).toEqual([{ generated_text: 'vowel' }])
    expect(await ask('named')).toEqual([{ translation_text: 'vowel' }])
    const client = new InferenceClient(undefined, { endpointUrl: `${server.url}/models/named` })
    expect(await client.translation({ inputs: 'apple' })).toEqual({ translation_text: 'vowel' })
  })
})

describe('the Open Inference Protocol', () => {
  const infer = async (url: string, name: string, body: unknown, headers: Record<string, string> = {}) => {
    const bytes = body instanceof Uint8Array ? body : JSON.stringify(body)
    const type = { 'Content-Type': 'application/json', ...headers }
    const response = await fetch(`${url}/v2/models/${name}/infer`, {
      method: 'POST',
      headers: type,
      body: bytes as string,
    })
    return { status: response.status, json: (await response.json()) as { outputs: { name: string; data: string[] }[] } }
  }
  const texts = (data: unknown[], shape = [data.length]) => ({ name: 'input', datatype: 'BYTES', shape, data })

  it('says what the server and its models are', async () => {
    const url = await served()
    const get = async (path: string) => (await fetch(`${url}${path}`)).json()
    expect(await get('/v2')).toMatchObject({ name: 'headstart', version: expect.stringMatching(/^\d/) })
    expect(await get('/v2/health/live')).toEqual({ live: true })
    expect(await get('/v2/models/letters/ready')).toEqual({ name: 'letters', ready: true })
    expect(await get('/v2/models/letters/versions/1')).toMatchObject({
      name: 'letters',
      versions: ['1'],
      inputs: [{ name: 'input', datatype: 'BYTES', shape: [-1] }],
    })
    expect((await fetch(`${url}/v2/models/letters/versions/2`)).status).toBe(404)
    expect((await fetch(`${url}/v2/models/words`)).status).toBe(404)
  })

  it('answers tensors with tensors, whose shapes are those of their data', async () => {
    const url = await served()
    const { json } = await infer(url, 'letters', { id: 'mine', inputs: [texts(['apple', 'pear'])] })
    expect(json).toMatchObject({
      model_name: 'letters',
      model_version: '1',
      id: 'mine',
      outputs: [
        { name: 'answer', datatype: 'BYTES', shape: [2] },
        { name: 'labels', datatype: 'BYTES', shape: [2, 2], data: ['vowel', 'consonant', 'consonant', 'vowel'] },
        { name: 'scores', datatype: 'FP64', shape: [2, 2] },
      ],
    })
    expect(JSON.parse(json.outputs[0]?.data[1] ?? '')).toMatchObject({ label: 'consonant', company: 2 })
    const asked = {
      inputs: [texts([['apple'], ['pear']], [2, 1])],
      outputs: [{ name: 'labels' }],
      parameters: { shout: true },
    }
    expect((await infer(url, 'letters', asked)).json.outputs.map(({ name }) => name)).toEqual(['labels'])
  })

  it('refuses as many rows as somebody likes with nothing in them', async () => {
    const url = await served()
    for (const shape of [
      [1e15, 0],
      [3e8, 0],
      [1, 2e9, 0],
    ]) {
      const { status } = await infer(url, 'letters', { inputs: [texts([], shape)] })
      expect(status).toBe(422)
    }
  })

  it('takes files as base64, and any input as bytes behind the JSON', async () => {
    const url = await served()
    const base64 = texts([Buffer.from('apple').toString('base64')])
    expect((await infer(url, 'files', { inputs: [base64] })).json.outputs[1]?.data).toEqual(['vowel', 'consonant'])
    const tensor = Buffer.from('\u0005\0\0\0apple\u0004\0\0\0pear')
    const about = { name: 'x', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: tensor.length } }
    const json = Buffer.from(JSON.stringify({ inputs: [about] }))
    const headers = {
      'Inference-Header-Content-Length': String(json.length),
      'Content-Type': 'application/octet-stream',
    }
    for (const name of ['letters', 'files']) {
      const { outputs } = (await infer(url, name, Buffer.concat([json, tensor]), headers)).json
      expect(outputs[1]?.data).toEqual(['vowel', 'consonant', 'consonant', 'vowel'])
    }
    const short = await infer(url, 'letters', Buffer.concat([json, tensor.subarray(3)]), headers)
    expect(short.status).toBe(422)
  })

  it.each([
    { what: 'no inputs', body: {}, error: /"inputs" with one tensor/ },
    { what: 'two inputs', body: { inputs: [texts(['a']), texts(['b'])] }, error: /expected one tensor/ },
    { what: 'another shape', body: { inputs: [texts(['a'], [2])] }, error: /2 values, as its shape says, got 1/ },
    { what: 'a huge shape', body: { inputs: [texts([], [1e9, 1e6])] }, error: /as its shape says/ },
    { what: 'numbers as texts', body: { inputs: [texts([1])] }, error: /values of the type BYTES, got 1/ },
    { what: 'another type', body: { inputs: [{ ...texts(['a']), datatype: 'STRING' }] }, error: /datatype/ },
    {
      what: 'an output that is not there',
      body: { inputs: [texts(['a'])], outputs: [{ name: 'z' }] },
      error: /got "z"/,
    },
    { what: 'one bad among good', body: { inputs: [texts(['a', '?'])] }, error: /^input 2 of 2: expected a text/ },
  ])('refuses $what', async ({ body, error }) => {
    const { status, json } = await infer(await served(), 'letters', body)
    expect([status, json]).toMatchObject([422, { error: expect.stringMatching(error) }])
  })
})

describe('what a server says of itself', () => {
  it('openapi.json has every address of every model, with the schemas of its task', async () => {
    const url = await served('sesame')
    const headers = { Authorization: 'Bearer sesame' }
    const api = (await (await fetch(`${url}/openapi.json`, { headers })).json()) as {
      openapi: string
      paths: Record<string, { post?: { requestBody: { content: Record<string, { schema?: object }> } } }>
    }
    expect(await new Validator().validate(structuredClone(api))).toMatchObject({ valid: true })
    const addresses = Object.keys(api.paths)
    for (const name of ['letters', 'files'])
      expect(addresses).toEqual(
        expect.arrayContaining([
          `/models/${name}`,
          `/models/${name}/predict`,
          `/models/${name}/explain`,
          `/v2/models/${name}/infer`,
        ]),
      )
    expect(api.paths['/models/letters/predict']?.post?.requestBody.content['application/json']?.schema).toMatchObject({
      oneOf: [
        { required: ['input'], properties: { input: { type: 'string' }, shout: { type: 'boolean' } } },
        { required: ['inputs'], properties: { inputs: { items: { type: 'string' } } } },
      ],
    })
    expect(api.paths['/models/files/predict']?.post?.requestBody.content).toHaveProperty('image/*')
    // Every address that can be got is there.
    for (const [path, { post }] of Object.entries(api.paths))
      if (!post) expect([path, (await fetch(`${url}${path}`, { headers })).status]).toEqual([path, 200])
  })

  it('the figures count requests, batches and swaps, and no names that strangers made up', async () => {
    const url = await served()
    await fetch(`${url}/models/made-up/predict`, { method: 'POST' })
    await infer(url)
    const text = await (await fetch(`${url}/metrics`)).text()
    expect(text).toMatch(
      /headstart_request_seconds_count{route="\/models\/:name\/:verb",model="letters",status="200"} 1/,
    )
    expect(text).toMatch(/headstart_batch_size_count{model="letters"} 1/)
    expect(text).toMatch(/headstart_waiting{model="letters"} 0/)
    expect(text).not.toMatch(/made-up/)
  })
  const infer = (url: string) =>
    fetch(`${url}/models/letters/predict`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"input":"a"}',
    })

  it('the page names no other host, and its browser would ask none', async () => {
    const response = await fetch(await served('sesame'))
    const page = await response.text()
    expect(page).not.toMatch(/https?:\/\//)
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*connect-src 'self'/)
  })
})
