import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { PassThrough, Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { bertFiles, writeFiles } from '@headstart/nlp/test'
import { tinyTranslator, writeTranslator } from '@headstart/translation/test'
import { publish, teachableMachineFiles, vitFiles } from '@headstart/vision/test'
import { InferenceClient } from '@huggingface/inference'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { docsExamples } from '../../../docs-examples.js'
import { headstart } from '../src/headstart.js'
import { program } from './headstart.js'
import { writePictures } from './pictures.js'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'

/** A shop that was saved, and what it answers. */
const shop = fileURLToPath(new URL('../../recommender/test/fixtures/saved/item-knn', import.meta.url))

let scene: Scene
let pictures: string[]
beforeAll(async () => {
  scene = await openScene()
  vi.stubEnv('HEADSTART_OFFLINE', '1')
  await writeFiles(scene.path('tiny-bert'), bertFiles())
  await writeFiles(scene.path('tiny-vit'), vitFiles())
  const data = await scene.write('reviews.csv', csv(reviews(10)))
  pictures = await writePictures(scene.path('shapes/circle'), 'circle', 6)
  await writePictures(scene.path('shapes/stripes'), 'stripes', 6)
  const train = (path: string, task: string, backbone: string, out: string) =>
    scene.run([
      'train',
      path,
      '--task',
      task,
      '--backbone',
      scene.path(backbone),
      '--l2',
      '0.1',
      '--out',
      scene.path(out),
    ])
  expect(await train(data, 'text', 'tiny-bert', 'reviews')).toMatchObject({ code: 0 })
  expect(await train(scene.path('shapes'), 'image', 'tiny-vit', 'pictures')).toMatchObject({ code: 0 })
  vi.unstubAllEnvs()
})
afterAll(() => scene.remove())

const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const end of endings.splice(0)) await end()
})

/** `headstart serve` here, and where it listens. */
async function served(args: readonly string[]) {
  const ending = new AbortController()
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const terminal = { stdin: Readable.from([]), stdout, stderr, signal: ending.signal }
  const code = headstart(['serve', ...args, '--port', '0', '--drain', '0', '--json'], terminal)
  const end = async (): Promise<number> => {
    ending.abort()
    return code
  }
  endings.push(end)
  const listening = new Promise<string>((resolve) => stdout.once('data', (line: Buffer) => resolve(String(line))))
  const line = await Promise.race([listening, code.then(() => Promise.reject(new Error(String(stderr.read()))))])
  const { url } = JSON.parse(line) as { url: string }
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const all = { 'Content-Type': 'application/json', ...headers }
    const response = await fetch(`${url}${path}`, { method: 'POST', headers: all, body: JSON.stringify(body) })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  return { url, post, end, said: () => String(stderr.read() ?? '') }
}

/** What the command line answers. */
async function answered(args: readonly string[]): Promise<Record<string, unknown>> {
  const {
    input: _,
    task: __,
    ...answer
  } = JSON.parse((await scene.run([...args, '--json'])).stdout) as Record<string, unknown>
  return answer
}

/** Answers, and what was asked, are as /openapi.json says, and something else is not. */
async function expectDescribed(url: string, path: string, answers: readonly object[], asked?: object): Promise<void> {
  type Schema = Parameters<typeof z.fromJSONSchema>[0]
  type Content = { content: { 'application/json': { schema: Schema } } }
  const { paths, components } = (await (await fetch(`${url}/openapi.json`)).json()) as {
    paths: Record<string, { post: { requestBody: Content; responses: { 200: Content } } }>
    components: { schemas: Record<string, Schema> }
  }
  const schemaOf = ({ content }: Content): z.ZodType => {
    const { schema } = content['application/json']
    const name = /^#\/components\/schemas\/(.*)$/.exec(String((schema as { $ref?: string }).$ref))?.[1]
    return z.fromJSONSchema(name === undefined ? schema : (components.schemas[name] as Schema))
  }
  const described = paths[path]
  if (!described) throw new TypeError(`${path} is not described`)
  const { requestBody, responses } = described.post
  const answer = schemaOf(responses[200])
  for (const one of answers) expect([path, answer.safeParse(one).error]).toEqual([path, undefined])
  expect(answer.safeParse({ error: 'something else' }).success).toBe(false)
  if (asked === undefined) return
  expect([path, schemaOf(requestBody).safeParse(asked).error]).toEqual([path, undefined])
  expect(schemaOf(requestBody).safeParse({ input: 7 }).success).toBe(false)
}

describe('headstart serve', () => {
  it('answers for texts, pictures and a shop as the commands do, each by its verb, and to other clients', async () => {
    const models = [scene.path('reviews'), `shapes=${scene.path('pictures')}`, `shop=${shop}`]
    const { url, post, end } = await served(models)

    const text = 'Would go there again.'
    const label = (await answered(['predict', scene.path('reviews'), text]))['label']
    expect((await post('/models/reviews/predict', { input: text })).json).toMatchObject({ label })
    const texts = new InferenceClient(undefined, { endpointUrl: `${url}/models/reviews` })
    expect((await texts.textClassification({ inputs: text }))[0]).toMatchObject({ label })

    const picture = pictures[0] as string
    const shape = (await answered(['predict', scene.path('pictures'), picture]))['label']
    const bytes = new Blob([await readFile(picture)], { type: 'image/jpeg' })
    const seen = new InferenceClient(undefined, { endpointUrl: `${url}/models/shapes` })
    expect((await seen.imageClassification({ data: bytes }))[0]).toMatchObject({ label: shape })
    const base64 = Buffer.from(await bytes.arrayBuffer()).toString('base64')
    expect((await post('/models/shapes/predict', { input: { base64 } })).json).toMatchObject({ label: shape })

    const list = await answered(['recommend', shop, '--history', 'i4', '--k', '2'])
    expect((await post('/models/shop/recommend', { input: { history: ['i4'], k: 2 } })).json).toEqual(list)
    const tensor = { name: 'input', datatype: 'BYTES', shape: [1], data: ['{"history":["i4"],"k":2}'] }
    const { json } = await post('/v2/models/shop/infer', { inputs: [tensor] })
    const [answer, labels] = json['outputs'] as { data: string[] }[]
    expect(JSON.parse(answer?.data[0] ?? '')).toEqual(list)
    expect(labels?.data).toEqual((list['recommendations'] as { item: string }[]).map(({ item }) => item))
    expect(await end()).toBe(0)
  })

  it('answers for a bot on the built-in encoder as the command does, and goes on with a conversation', async () => {
    await scene.run(['init', 'chat', scene.path('library')])
    const data = scene.path('library/train.csv')
    const train = ['train', data, '--task', 'chat', '--l2', '0.0001', '--odds', '1', '--out', scene.path('bot')]
    expect(await scene.run(train)).toMatchObject({ code: 0 })
    const { url, post } = await served([scene.path('bot')])
    const text = 'Please hold the atlas for me.'
    const first = (await post('/models/bot/reply', { input: text })).json
    const { confidence, familiarity, alternatives, context, ...said } = await answered([
      'reply',
      scene.path('bot'),
      text,
    ])
    // Of the length of its company the last bits of what a network says depend.
    expect(first).toMatchObject({ ...said, confidence: expect.closeTo(confidence as number, 5) })
    expect(Object.keys(first)).toEqual(expect.arrayContaining(['familiarity', 'alternatives']))
    expect([typeof familiarity, Array.isArray(alternatives), typeof context]).toEqual(['number', true, 'object'])
    const next = { text: 'until May 3', now: '2026-12-01', context: first['context'] }
    const { json } = await post('/models/bot/reply', { input: next })
    expect(json).toMatchObject({ answer: expect.stringMatching(/^Reserved until 2027-05-03/), asks: null })
    const why = (await post('/models/bot/explain', { input: text })).json
    expect(why).toMatchObject({
      label: 'reserve',
      parts: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining('hold') })]),
    })
    const client = new InferenceClient(undefined, { endpointUrl: `${url}/models/bot` })
    expect((await client.textClassification({ inputs: text }))[0]).toMatchObject({ label: 'reserve' })
    await expectDescribed(url, '/models/bot/reply', [first, json])
    await expectDescribed(url, '/models/bot/explain', [why])
  })

  it('answers for a translator as the command does, with its options', async () => {
    await writeTranslator(scene.path('marian'), tinyTranslator({ seed: 2, decoders: 'merged' }))
    const { url, post } = await served([scene.path('marian')])
    const options = { beams: 2, maxLength: 5, keep: ['file'] }
    const { json } = await post('/models/marian/translate', { inputs: ['open the file', 'print'], ...options })
    const answers = json['answers'] as object[]
    const flags = ['--beams', '2', '--max-length', '5', '--keep', 'file']
    expect(answers[0]).toEqual(await answered(['translate', scene.path('marian'), 'open the file', ...flags]))
    const client = new InferenceClient(undefined, { endpointUrl: `${url}/models/marian` })
    const { text } = (await post('/models/marian/translate', { input: 'print' })).json
    expect(await client.translation({ inputs: 'print' })).toEqual({ translation_text: text })
    expect(await post('/models/marian/translate', { input: 'print', beams: 0 })).toMatchObject({ status: 422 })
    expect(await post('/models/marian/explain', { input: 'print' })).toMatchObject({ status: 404 })
    await expectDescribed(url, '/models/marian/translate', [json, ...answers])
  })

  it('describes what it is asked and answers, of each task', async () => {
    const { url, post } = await served([scene.path('reviews'), `shapes=${scene.path('pictures')}`, `shop=${shop}`])
    const base64 = (await readFile(pictures[0] as string)).toString('base64')
    const asked = {
      '/models/reviews/predict': { input: 'Would go there again.' },
      '/models/reviews/explain': { input: 'Would go there again.' },
      '/models/shapes/predict': { input: { base64 } },
      '/models/shapes/explain': { input: { base64 } },
      '/models/shop/recommend': { input: { history: ['i4'], k: 2, explain: true } },
      '/models/shop/explain': { input: { history: ['i4'] } },
    }
    for (const [path, body] of Object.entries(asked)) {
      const { status, json } = await post(path, body)
      expect([path, status]).toEqual([path, 200])
      await expectDescribed(url, path, [json], body)
    }
  })

  it('is asked as docs/serve.md says', async () => {
    const { url, post } = await served([scene.path('reviews'), `shop=${shop}`])
    const bodies = docsExamples('serve.md', 'json').flatMap((block) => block.trim().split('\n'))
    expect(bodies).toHaveLength(3)
    for (const body of bodies) {
      const path = body.includes('history') ? '/models/shop/recommend' : '/models/reviews/predict'
      const { status, json } = await post(path, JSON.parse(body) as object)
      expect([status, Object.keys(json)[0]]).toEqual([200, expect.stringMatching(/label|probability|answers|method/)])
    }
    const [program = ''] = docsExamples('serve.md', 'ts')
    const lines: unknown[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line))
    const [, imported, ...rest] = /^import .*'(.*)'\n([^]*)$/.exec(program.replace('http://127.0.0.1:8000', url)) ?? []
    const work = new Function('InferenceClient', `return (async () => {${rest.join('')}})()`) as (
      c: unknown,
    ) => Promise<void>
    expect(imported).toBe('@huggingface/inference')
    await work(InferenceClient)
    log.mockRestore()
    expect(lines[0]).toMatchObject([{ label: expect.any(String) }, { label: expect.any(String) }])
  })

  it('answers with a model that was trained elsewhere, and says what such a one cannot tell', async () => {
    await publish(scene.path('project'), teachableMachineFiles())
    const { post } = await served([scene.path('project')])
    const base64 = (await readFile(pictures[0] as string)).toString('base64')
    const { json } = await post('/models/project/predict', { input: { base64 } })
    expect(Object.keys(json['probabilities'] as object).toSorted()).toEqual(['cat', 'dog', 'no animal'])
    const unknown = await post('/models/project/predict', { input: { base64 }, unknown: 0.05 })
    expect(unknown).toMatchObject({ status: 422, json: { error: expect.stringMatching(/trained elsewhere/) } })
  })

  it('reads no file and fetches nothing for those who ask', async () => {
    const { post } = await served([`shapes=${scene.path('pictures')}`])
    const paths = [
      pictures[0] as string,
      `file://${pictures[0]}`,
      'http://127.0.0.1:1/a.png',
      '/etc/passwd',
      '../a.jpg',
    ]
    for (const input of paths) {
      const { status, json } = await post('/models/shapes/predict', { input })
      expect([input, status]).toEqual([input, 422])
      expect(json['error']).toMatch(/not read here|Nothing is downloaded here/)
    }
    const bytes = Buffer.from('no picture at all').toString('base64')
    expect(await post('/models/shapes/predict', { input: { base64: bytes } })).toMatchObject({ status: 422 })
  })

  it('wants the token of its environment, and says where everybody may ask', async () => {
    vi.stubEnv('HEADSTART_TOKEN', 'sesame')
    const { post, said } = await served([shop, '--host', '0.0.0.0'])
    const asked = { input: { history: ['i4'] } }
    expect((await post('/models/item-knn/recommend', asked)).status).toBe(401)
    expect((await post('/models/item-knn/recommend', asked, { Authorization: 'Bearer sesame' })).status).toBe(200)
    expect(said()).not.toMatch(/may ask/)
    vi.stubEnv('HEADSTART_TOKEN', '')
    const open = await served([shop, '--host', '0.0.0.0'])
    expect(open.said()).toMatch(/whoever reaches http:\/\/0\.0\.0\.0:\d+ may ask: set HEADSTART_TOKEN/)
  })

  it.each([
    { what: 'no folder', args: ['nowhere'], error: /expected a model folder .*nothing of that name/ },
    {
      what: 'a model of a kind that is not known',
      args: ['newer'],
      error: /expected a model for text, image.*Update headstart/,
    },
    { what: 'the same name twice', args: [shop, shop], error: /each name once, got "item-knn" twice.*NAME=FOLDER/ },
    { what: 'no number', args: [shop, '--batch', 'many'], error: /whole number from 1 on/ },
    { what: 'a host that is none', args: [shop, '--host', '256.0.0.1'], error: /expected an address to listen at/ },
  ])('refuses $what', async ({ args, error }) => {
    await scene.folder('newer', { 'headstart.json': '{"format":"headstart-oracle","formatVersion":1}' })
    const there = args.map((word) => (word === 'newer' ? scene.path(word) : word))
    const { code, stderr } = await scene.run(['serve', ...there, '--port', '0'])
    expect([code, stderr]).toEqual([code === 1 ? 1 : 2, expect.stringMatching(error)])
  })

  // On Windows a signal ends a process without asking it.
  it.skipIf(process.platform === 'win32')(
    'answers what is under way when it is told to end, and its exit code is 0',
    async () => {
      const child = spawn(process.execPath, [
        program,
        'serve',
        `shop=${shop}`,
        '--port',
        '0',
        '--json',
        '--wait',
        '200',
      ])
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
      const line = await new Promise<string>((resolve) =>
        child.stdout.once('data', (said: Buffer) => resolve(String(said))),
      )
      const { url } = JSON.parse(line) as { url: string }
      const asked = Array.from({ length: 5 }, () =>
        fetch(`${url}/models/shop/recommend`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: '{"input":{"history":["i4"]}}',
        }),
      )
      await new Promise((resolve) => setTimeout(resolve, 100))
      child.kill('SIGTERM')
      await vi.waitFor(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(503))
      expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
      expect(await ended).toBe(0)
    },
  )
})
