import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type {
  Added,
  AddRows,
  Changed,
  ConfirmLabels,
  CheckResult,
  Confusion,
  Curve,
  Example,
  ExamplesPage,
  FeatureMap,
  JobState,
  Limits,
  Misses,
  Project,
  Proposals,
  Replies,
  Run,
  SetLabels,
} from '../src/api/types.js'

const page = fileURLToPath(new URL('../dist/page', import.meta.url))
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
}

/** What it holds. All of it can be changed while it runs. */
export interface Pretended {
  project: Project
  examples: Example[]
  confusion: Confusion | null
  limits: Limits | null
  misses: Misses | null
  replies: readonly Replies[]
  /** What is guessed of texts that are written; undefined where labels are classes. */
  guess: string | undefined
  curve: Curve | null
  check: CheckResult | null
  runs: Run[]
  map: FeatureMap
  components: Float32Array
  /** Examples whose labels were said to be right. */
  confirmed: string[]
  /** Names of files that were brought. */
  brought: string[]
}

/**
 * A studio without models, that answers as it is told, for what the page makes of answers: states that training would take minutes to
 * reach. What the real one answers is tested in `walk.test.ts`.
 * @param at Port; 0 for any that is free.
 */
export async function pretendStudio(held: Pretended, at = 0): Promise<Pretender> {
  const streams = new Set<ServerResponse>()
  const server = createServer((request, response) => void answer(held, streams, request, response))
  await new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return {
    address: `http://127.0.0.1:${port}/`,
    port,
    listening: () => streams.size,
    tell: () => {
      held.project = { ...held.project, revision: held.project.revision + 1 }
      for (const stream of streams) send(stream, { type: 'project', revision: held.project.revision })
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

export interface Pretender {
  readonly address: string
  readonly port: number
  /** Number of tabs that listen to what it tells. */
  listening(): number
  /** Tells every tab that something is otherwise. */
  tell(): void
  close(): void
}

async function answer(
  held: Pretended,
  streams: Set<ServerResponse>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://studio')
  const json = (value: unknown): void => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(value))
  }
  if (!url.pathname.startsWith('/api/')) return file(url.pathname, response)
  const path = url.pathname.slice('/api/'.length)
  const posted = request.method === 'POST'
  const body = posted && !path.startsWith('files') ? await bodyOf(request) : undefined
  if (path === 'events') {
    response.setHeader('content-type', 'text/event-stream')
    send(response, { type: 'project', revision: held.project.revision })
    streams.add(response)
    response.on('close', () => streams.delete(response))
    return
  }
  const changed = (): Changed => {
    count(held)
    for (const stream of streams) send(stream, { type: 'project', revision: held.project.revision })
    return { revision: held.project.revision, changed: 1, missing: [], undo: null, redo: null }
  }
  if (path === 'project') return json(held.project)
  if (path === 'examples' && posted) {
    const { rows } = body as AddRows
    const added = rows.map(({ text, label }, place): Example => {
      return { id: `added-${held.examples.length + place}`, label: label ?? null, shown: { type: 'text', text } }
    })
    held.examples.push(...added)
    const { revision } = changed()
    const done: Added = { revision, added: added.length, ids: added.map(({ id }) => id), doubles: 0, refused: [] }
    return json(done)
  }
  if (path === 'examples') return json(found(held, url.searchParams))
  if (path.endsWith('/picture')) {
    response.setHeader('content-type', 'image/svg+xml')
    const hue = [...path].reduce((sum, letter) => sum + letter.charCodeAt(0) * 37, 0) % 360
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3" width="640" height="480"><rect width="4" height="3" fill="hsl(${hue} 45% 72%)"/><circle cx="2" cy="1.6" r=".8" fill="hsl(${hue} 55% 38%)"/></svg>`
    response.end(svg)
    return
  }
  if (path === 'labels') {
    for (const { id, label } of (body as SetLabels).changes) {
      const place = held.examples.findIndex((example) => example.id === id)
      const example = held.examples[place]
      if (example) held.examples[place] = { ...example, label }
    }
    return json(changed())
  }
  if (path === 'replies' && posted) {
    const now = body as Replies
    held.replies = [...held.replies.filter(({ label }) => label !== now.label), now]
    changed()
    return json(held.replies)
  }
  if (path === 'files') {
    held.brought.push(url.searchParams.get('name') ?? '')
    const { revision } = changed()
    const done: Added = { revision, added: 1, ids: [], doubles: 0, refused: [] }
    return json(done)
  }
  if (path === 'confirm') {
    const { ids, right = true } = body as ConfirmLabels
    held.confirmed = [...held.confirmed.filter((id) => !ids.includes(id)), ...(right ? ids : [])]
    return json(changed())
  }
  if (path === 'next') {
    const waiting = held.examples.filter(({ label }) => label === null)
    const proposals: Proposals = {
      revision: held.project.revision,
      left: waiting.length,
      proposals: waiting.slice(0, Number(url.searchParams.get('count'))).map((example, place) => ({
        example,
        guess:
          held.guess === undefined
            ? { label: held.project.labels[place % 3]?.name ?? 'a', probability: 0.41 }
            : { label: held.guess, probability: null },
        why: 'Your model is least sure of this one.',
      })),
    }
    return json(proposals)
  }
  if (path === 'look/components') return void response.end(Buffer.from(held.components.buffer))
  if (path === 'train' || path === 'cancel' || (path === 'check' && posted)) return json(held.project.job)
  const answers: Readonly<Record<string, unknown>> = {
    runs: held.runs,
    check: held.check,
    'look/confusion': held.confusion,
    'look/limits': held.limits,
    'look/misses': held.misses,
    replies: held.replies,
    'look/map': held.map,
    'look/curve': held.curve,
    try: tried(held, (body as { query?: unknown } | undefined)?.query),
    explain: explained(held, (body as { query?: unknown } | undefined)?.query),
    take: {
      model: `${held.project.folder}/model`,
      formats: [
        { name: 'onnx', description: 'one ONNX file, from texts to probabilities', ending: '.onnx' },
        { name: 'transformers', description: 'a folder that Transformers.js opens', ending: null },
        { name: 'web', description: 'a page to try it on, with all that it needs', ending: null },
      ],
      typescript:
        "import { loadModel } from '@headstart/nlp'\n\nconst model = await loadModel('./model')\nconsole.log(await model.predict(['Where is my parcel?']))",
      ask: `npx headstart predict ${held.project.folder}/model "Where is my parcel?"`,
      serve: `npx headstart serve ${held.project.folder}/model`,
      request: `curl http://127.0.0.1:4600/models/model/predict -d '{"input":"Where is my parcel?"}'`,
    },
  }
  if (path in answers) return json(answers[path])
  response.statusCode = 404
  json({ error: { message: `The pretended studio has no ${path}.`, kind: 'missing' } })
}

function tried(held: Pretended, query: unknown): unknown {
  if (held.project.brings === 'card') {
    const { history = [] } = (query ?? {}) as { history?: readonly string[] }
    const titled = held.examples.map(({ id, shown }) => ({ item: id, title: shown.type === 'card' ? shown.title : id }))
    const because = titled.filter(({ item }) => history.includes(item)).map((one) => ({ ...one, drop: 0.2, place: 4 }))
    const recommendations = titled
      .filter(({ item }) => !history.includes(item))
      .slice(history.length * 3, history.length * 3 + 10)
      .map((one, place) => ({ ...one, score: 1 / (place + 1), because }))
    return { answers: [{ method: '', answer: { recommendations }, said: '' }], milliseconds: 3 }
  }
  if (held.guess !== undefined) {
    const answer = { label: held.guess, problems: ['The placeholder {n} is missing.'] }
    return { answers: [{ method: '', answer, said: held.guess }], milliseconds: 120 }
  }
  const [first, second, third] = held.project.labels.map(({ name }) => name)
  if (held.project.converses) {
    const { text, context = { turn: 0 } } = (query ?? {}) as { text?: string; context?: { turn: number } }
    const turn = context.turn + 1
    const answer = { label: first, probability: 0.83, reply: `${turn}: you said ${text}`, context: { turn } }
    return { answers: [{ method: '', answer, said: '' }], milliseconds: 3 }
  }
  const probabilities = { [first ?? 'a']: 0.83, [second ?? 'b']: 0.12, [third ?? 'c']: 0.05 }
  const answer = { label: first, probability: 0.83, probabilities, known: true, familiarity: 0.7, nearest: first }
  return { answers: [{ method: '', answer, said: first }], milliseconds: 7 }
}

function explained(held: Pretended, query: unknown): unknown {
  const words = String(typeof query === 'string' ? query : '').match(/\S+\s*/g) ?? []
  return {
    label: held.project.labels[0]?.name ?? '',
    method: 'omission',
    parts: words.map((text, place) => ({ text, weight: [0.1, -0.3, 1.2, 0.01, 0.6][place % 5] })),
    overlay: null,
    nearest: held.examples.slice(0, 4).map(({ id }, place) => ({ id, label: 'a', likeness: 0.8 - place * 0.1 })),
    notes: [],
  }
}

function count(held: Pretended): void {
  const names = [
    ...new Set([...held.project.labels.map(({ name }) => name), ...held.examples.flatMap(({ label }) => label ?? [])]),
  ]
  const labels = names.map((name) => ({ name, count: held.examples.filter(({ label }) => label === name).length }))
  const labeled = held.examples.filter(({ label }) => label !== null).length
  const counts = { total: held.examples.length, labeled, unlabeled: held.examples.length - labeled }
  held.project = { ...held.project, labels, counts, revision: held.project.revision + 1 }
}

function found({ project, examples }: Pretended, query: URLSearchParams): ExamplesPage {
  const [ids, label, search] = [query.get('ids')?.split(','), query.get('label'), query.get('search')?.toLowerCase()]
  const matching = examples.filter(
    (example) =>
      (!ids || ids.includes(example.id)) &&
      (!label || example.label === label) &&
      (query.get('only') !== 'unlabeled' || example.label === null) &&
      (!search || JSON.stringify(example.shown).toLowerCase().includes(search)),
  )
  const offset = Number(query.get('offset') ?? 0)
  return {
    revision: project.revision,
    total: matching.length,
    examples: matching.slice(offset, offset + Number(query.get('limit') ?? 100)),
  }
}

async function file(path: string, response: ServerResponse): Promise<void> {
  const name = path === '/' ? 'index.html' : path.slice(1)
  const bytes = await readFile(join(page, name)).catch(() => undefined)
  response.statusCode = bytes ? 200 : 404
  response.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream')
  response.end(bytes)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return JSON.parse(Buffer.concat(parts).toString() || 'null')
}

function send(stream: ServerResponse, event: { type: string; revision?: number; job?: JobState }): void {
  stream.write(`data: ${JSON.stringify(event)}\n\n`)
}
