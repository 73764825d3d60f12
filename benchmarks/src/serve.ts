import { type ChildProcess, spawn } from 'node:child_process'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { dataset, fineTune } from '@headstart/core'
import { loadModel, textTask, universalSentenceEncoder } from '@headstart/nlp'
import { InferenceClient } from '@huggingface/inference'
import autocannon from 'autocannon'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { median, withEmptyCache } from './measure.js'

const program = fileURLToPath(new URL('../../packages/cli/bin/headstart.js', import.meta.url))
const [clients, asked] = [32, 960]

/** What a server gives and takes, on loopback, with the one who asks on the same machine. */
export const serve: Benchmark = {
  title: 'headstart serve, texts on the built-in encoder, who asks on the same machine',
  run: () =>
    withEmptyCache(async (folder) => {
      process.env['HEADSTART_CACHE'] = join(folder, 'cache')
      const heads = await trained(folder)
      const texts = [...(await sentences())]
      return [
        ...(await throughput(heads[0] as string, texts)),
        await manyHeads(heads, texts),
        ...(await swapsAndEnd(folder, heads, texts)),
        ...(await overload(heads[0] as string, texts)),
        ...(await otherClients(heads[0] as string, texts)),
      ]
    }),
}

/** Ten models, each of other halves of the examples. */
async function trained(folder: string): Promise<string[]> {
  const examples = await sampleExamples()
  const backbone = await universalSentenceEncoder()
  const heads: string[] = []
  for (let head = 0; head < 10; head++) {
    const own = examples.filter((_, place) => place % 11 !== head)
    const model = await fineTune(backbone, dataset(own), { l2: 0.01, knowledge: 'none' })
    heads.push(join(folder, `head-${head}`))
    await model.save(heads.at(-1) as string)
  }
  await backbone.close?.()
  return heads
}

async function sampleExamples(): Promise<{ input: string; label: string }[]> {
  const { sample } = textTask
  const files = await sample?.files()
  const lines = new TextDecoder()
    .decode(files?.get(sample?.train ?? ''))
    .trim()
    .split('\n')
    .slice(1)
  return lines.flatMap((line) => {
    const [, label, text] = /^([^,"]+),(.+)$/.exec(line) ?? []
    return label && text ? [{ input: text, label }] : []
  })
}

/** Texts that differ, each asked once. */
async function sentences(): Promise<Set<string>> {
  const words = [...new Set((await sampleExamples()).flatMap(({ input }) => input.split(/\W+/)))].filter(Boolean)
  return new Set(
    Array.from({ length: 20_000 }, (_, n) => {
      const at = (step: number): string =>
        words[(n * 7 + step * step * 13 + ((n / 97) | 0) * step) % words.length] as string
      return `${Array.from({ length: 12 }, (__, step) => at(step + 1)).join(' ')} ${n}`
    }),
  )
}

async function throughput(head: string, texts: readonly string[]): Promise<Figure[]> {
  const names = ['library', 'server', 'alone', 'singly'] as const
  const table = (): Record<(typeof names)[number], number[]> => ({ library: [], server: [], alone: [], singly: [] })
  const rates = table()
  /** Milliseconds of processors for a text, which other work on the machine hardly changes. */
  const work = table()
  const together = await started([head, '--watch', '0'])
  const unbatched = await started([head, '--watch', '0', '--batch', '1', '--wait', '0'])
  const model = await loadModel(head)
  let from = 0
  const next = (count: number): readonly string[] => texts.slice((from += count) - count, from)
  const library = async (some: readonly string[], batch: number): Promise<Load> => {
    const start = performance.now()
    for (let at = 0; at < some.length; at += batch) await model.predict(some.slice(at, at + batch))
    const seconds = (performance.now() - start) / 1000
    return { rate: some.length / seconds, seconds, ok: some.length, refused: 0, other: 0 }
  }
  const own = async (): Promise<number> => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }
  const from32 = (url: string) => (some: readonly string[]) => load(url, some, { connections: clients })
  const of = (url: string) => (): Promise<number> => figureOf(url, 'process_cpu_seconds')
  const ways = {
    library: { count: asked, ask: (some: readonly string[]) => library(some, some.length), spent: own },
    server: { count: asked, ask: from32(together.url), spent: of(together.url) },
    alone: { count: asked / 3, ask: from32(unbatched.url), spent: of(unbatched.url) },
    // What batches are worth to the network itself: nobody who asks it one by one needs more.
    singly: { count: asked / 3, ask: (some: readonly string[]) => library(some, 1), spent: own },
  }
  // Until V8 has compiled what runs often, each in the same way.
  for (const { count, ask } of Object.values(ways)) await ask(next(count))
  // In turns, as other work on the machine comes and goes.
  for (let round = 0; round < 3; round++) {
    for (const name of names) {
      const { count, ask, spent } = ways[name]
      const before = await spent()
      const { rate, ok } = await ask(next(count))
      rates[name].push(rate)
      work[name].push((1000 * ((await spent()) - before)) / ok)
    }
  }
  await Promise.all([together.end(), unbatched.end(), model.close()])
  const rate = (name: keyof typeof rates): number => median(rates[name])
  const ratio = (name: keyof typeof work): string => (median(work[name]) / median(work.library)).toFixed(2)
  return [
    atLeast(
      `${clients} clients with single texts, in texts of the library a second`,
      rate('server') / rate('library'),
      0.8,
      said(rate('library')),
    ),
    atLeast('the same, in those of the server without batches', rate('server') / rate('alone'), 3, said(rate('alone'))),
    {
      what: 'the library in batches, in texts that it is asked one by one',
      measured: (rate('library') / rate('singly')).toFixed(2),
      beside: `${said(rate('singly'))}, for ${ratio('singly')} of the processor time a text`,
    },
    {
      what: 'processor time a text, in that of the library',
      measured: ratio('server'),
      beside: `without batches ${ratio('alone')}; the library takes ${median(work.library).toFixed(2)} ms`,
    },
  ]
}

function said(rate: number): string {
  return `${rate.toFixed(0)} a second`
}

/** A hundred models on one backbone, in the memory of a server of one of them, each asked once. */
async function manyHeads(heads: readonly string[], texts: readonly string[]): Promise<Figure> {
  const memory: number[] = []
  for (const count of [1, 100]) {
    const models = Array.from({ length: count }, (_, n) => `model-${n}=${heads[n % heads.length]}`)
    const server = await started([...models, '--watch', '0'])
    for (let n = 0; n < count; n++) await askOnce(`${server.url}/models/model-${n}/predict`, texts[n] as string)
    memory.push(await memoryOf(server.url))
    await server.end()
  }
  const [one = 0, hundred = 0] = memory
  return atMost('memory of 100 heads on one backbone, in that of one', hundred / one, 1.3, `${megabytes(one)} MB`)
}

/** 10,000 requests while the model is replaced 20 times and the server is told to end, with another beside it to go on. */
async function swapsAndEnd(folder: string, heads: readonly string[], texts: readonly string[]): Promise<Figure[]> {
  const [wanted, swaps] = [10_000, 20]
  const place = join(folder, 'served')
  const models = await Promise.all(heads.slice(0, 2).map((head) => loadModel(head)))
  const swap = async (nth: number): Promise<void> => models[nth % 2]?.save(place)
  await swap(0)
  const first = await started([`m=${place}`, '--watch', '50', '--drain', '500'])
  const second = await started([`m=${place}`, '--watch', '50'])
  let url = first.url
  const tally = { answered: 0, lost: 0, failed: 0, begun: 0 }
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  let swapped = 0
  const client = async (): Promise<void> => {
    while (tally.begun < wanted) {
      const nth = tally.begun++
      if (nth === 9000) {
        void first.end()
        url = second.url
      } else if (nth > 0 && nth % 400 === 0 && swapped < swaps) await swap(++swapped)
      const status = await post(`${url}/models/m/predict`, texts[nth] as string, agent)
      if (status === undefined) tally.lost++
      else if (status >= 500) tally.failed++
      else tally.answered++
    }
  }
  await Promise.all(Array.from({ length: 16 }, client))
  agent.destroy()
  for (const model of models) await model.close()
  const code = await first.ended
  await second.end()
  return [
    atMost(`${wanted} requests, ${swapped} swaps, a SIGTERM: lost`, tally.lost, 0, `${tally.answered} answered`),
    atMost('the same: failed (5xx)', tally.failed, 0, ''),
    atMost('exit code after SIGTERM', code ?? -1, 0, ''),
  ]
}

/** More than ten times as many as it can answer, for eight seconds. */
async function overload(head: string, texts: readonly string[]): Promise<Figure[]> {
  // One at a time, so that ten times as many can be asked from the same machine.
  const server = await started([head, '--watch', '0', '--queue', '32', '--batch', '1', '--wait', '0'])
  const capacity = (await load(server.url, texts.slice(0, asked), { connections: clients })).rate
  const before = await memoryOf(server.url)
  const memory: number[] = []
  const watch = setInterval(() => void memoryOf(server.url).then((now) => memory.push(now)), 500)
  const offered = await load(server.url, texts, {
    connections: 200,
    // A count would be divided among the connections, and the last ones of those that wait would stand for all.
    duration: 8,
    // Who waits in a queue on a busy machine is patient.
    timeout: 30,
    overallRate: Math.ceil(capacity * 15),
  })
  clearInterval(watch)
  await server.end()
  const { ok, refused, other, rate } = offered
  return [
    atLeast('offered, in what it can answer', (ok + refused + other) / offered.seconds / capacity, 10, said(capacity)),
    atLeast(
      'refused with 429 of what is not answered',
      refused / Math.max(1, refused + other),
      1,
      `${ok} answered, ${refused} refused`,
    ),
    atMost('memory while that lasts, in that of before', Math.max(...memory) / before, 1.2, `${megabytes(before)} MB`),
    { what: 'answered meanwhile, in what it can answer', measured: (rate / capacity).toFixed(2) },
  ]
}

/** Clients of others, beside the library's own answers. */
async function otherClients(head: string, texts: readonly string[]): Promise<Figure[]> {
  const server = await started([`m=${head}`, '--watch', '0'])
  await using model = await loadModel(head)
  const some = texts.slice(0, 100)
  const right = (await model.predict(some)).map(({ label }) => label)
  const client = new InferenceClient(undefined, { endpointUrl: `${server.url}/models/m` })
  const hugging: (string | undefined)[] = []
  for (const inputs of some) hugging.push((await client.textClassification({ inputs }))[0]?.label)
  const response = await fetch(`${server.url}/v2/models/m/infer`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ inputs: [{ name: 'input', datatype: 'BYTES', shape: [some.length], data: some }] }),
  })
  const { outputs } = (await response.json()) as { outputs: { name: string; shape: number[]; data: string[] }[] }
  const labels = outputs.find(({ name }) => name === 'labels')
  const width = labels?.shape[1] ?? 1
  const tensors = some.map((_, row) => labels?.data[row * width])
  await server.end()
  const agreed = (given: readonly unknown[]): number => given.filter((label, at) => label === right[at]).length
  return [
    atLeast('answers of @huggingface/inference that are the library’s, of 100', agreed(hugging), 100, ''),
    atLeast('those of a client of the Open Inference Protocol', agreed(tensors), 100, ''),
  ]
}

interface Running {
  readonly url: string
  readonly ended: Promise<number | null>
  end(): Promise<void>
}

/** `headstart serve` as a process of its own. */
async function started(args: readonly string[]): Promise<Running> {
  const child: ChildProcess = spawn(process.execPath, [program, 'serve', ...args, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [line = '{}'] = await Promise.race([
    new Promise<[string]>((resolve) => lines.once('line', (one) => resolve([one]))),
    ended.then(() => []),
  ])
  const { url } = JSON.parse(line) as { url: string }
  return {
    url,
    ended,
    async end() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

interface Load {
  readonly rate: number
  readonly seconds: number
  readonly ok: number
  readonly refused: number
  readonly other: number
}

/** Each text once, from so many clients. */
async function load(url: string, texts: readonly string[], options: Partial<autocannon.Options>): Promise<Load> {
  const { models } = (await (await fetch(`${url}/models`)).json()) as { models: { name: string }[] }
  let next = 0
  const start = performance.now()
  let last = start
  const all: autocannon.Options = {
    url: `${url}/models/${models[0]?.name}/predict`,
    method: 'POST',
    ...(options.duration === undefined && { amount: texts.length }),
    headers: { 'Content-Type': 'application/json' },
    requests: [{ setupRequest: (one) => ({ ...one, body: JSON.stringify({ input: texts[next++ % texts.length] }) }) }],
    ...options,
  }
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const asking = autocannon(all, (error: Error | null, answered) => (error ? reject(error) : resolve(answered)))
    // It ends by a clock that ticks once a second.
    asking.on('response', () => (last = performance.now()))
  })
  const seconds = (last - start) / 1000
  const refused = result.statusCodeStats?.['429']?.count ?? 0
  const ok = result['2xx']
  return { rate: ok / seconds, seconds, ok, refused, other: result.non2xx - refused + result.errors }
}

async function figureOf(url: string, name: string): Promise<number> {
  const figures = await (await fetch(`${url}/metrics`)).text()
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(figures)?.[1])
}

function memoryOf(url: string): Promise<number> {
  return figureOf(url, 'process_resident_memory_bytes')
}

async function askOnce(url: string, text: string): Promise<void> {
  if ((await post(url, text)) !== 200) throw new Error(`${url} does not answer`)
}

/** The status of the answer; undefined where there is none. */
function post(url: string, text: string, agent?: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'Content-Type': 'application/json' } },
      (response) => {
        response.resume()
        response.on('end', () => resolve(response.statusCode)).on('error', () => resolve(undefined))
      },
    )
    sent.on('error', () => resolve(undefined)).end(JSON.stringify({ input: text }))
  })
}

function megabytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0)
}
