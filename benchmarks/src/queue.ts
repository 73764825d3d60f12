import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { computeFeatures } from '@headstart/core/kit'
import { textTask, universalSentenceEncoder } from '@headstart/nlp'
import { inThreads, readManifest, runWork, taskWork, throughQueue, type Work } from '@headstart/queue'
import { Redis } from 'ioredis'
import { hasRedis, type RedisServer, redisServer } from '../../packages/queue/test/redis-server.js'
import { atLeast, atMost, type Benchmark, type Figure } from './figure.js'
import { cpuSeconds, secondsOf } from './measure.js'
import { reviews } from './reviews.js'

/** Milliseconds between two kills of a worker; with every third Redis is killed as well, and both are started again. */
const betweenKills = 10_000

/** Options of the benchmark. */
export interface QueueSettings {
  /** Default: 4,000, in which hardly anything is killed. */
  readonly texts?: number
  /** Rows of a shard. Default: 1024, which a worker does between two kills, with few texts so many that there are 4 shards. */
  readonly shardRows?: number
  /** What is measured. Default: all of it. What 'killed' is compared with is made before, unless it lies in the folder. */
  readonly parts?: readonly QueuePart[]
  /** Where runs stay, so that parts can be measured one after the other. Default: none does. */
  readonly folder?: string | undefined
  /** Told of each figure as it is measured: parts take minutes. */
  readonly onFigure?: (figure: Figure) => void
}

export const queueParts = ['alone', 'together', 'killed'] as const
export type QueuePart = (typeof queueParts)[number]

/**
 * Features of many texts: in one process without shards, in shards, in two threads, by two workers, and by two workers that are killed.
 * Seconds of CPU stand beside seconds, for a machine that others use as well.
 */
export function queue({
  texts = 4000,
  shardRows = Math.min(1024, Math.ceil(texts / 4)),
  parts = queueParts,
  folder: kept,
  onFigure = () => {},
}: QueueSettings = {}): Benchmark {
  return {
    title: `Features of ${texts} texts in shards of ${shardRows}`,
    async run() {
      const folder = kept ?? (await mkdtemp(join(tmpdir(), 'headstart-bench-')))
      await mkdir(folder, { recursive: true })
      const path = join(folder, 'texts.csv')
      const inputs = textsOf(texts)
      await writeFile(path, `text\n${inputs.map((text) => `"${text.replaceAll('"', '""')}"\n`).join('')}`)
      const bench = new Bench(folder, path, shardRows)
      try {
        const figures: Figure[] = []
        const add = (measured: readonly Figure[]): void => {
          measured.forEach(onFigure)
          figures.push(...measured)
        }
        if (parts.includes('alone')) add(await bench.alone(inputs))
        if (hasRedis && parts.includes('together')) add(await bench.together(texts))
        if (hasRedis && parts.includes('killed')) add(await bench.killed(texts))
        return figures
      } finally {
        await bench.end()
        if (kept === undefined) await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

/** Sentences of reviews, each made another by a number. */
function textsOf(count: number): string[] {
  const { inputs } = reviews()
  return Array.from({ length: count }, (_, number) => `${inputs[number % inputs.length]} ${number}`)
}

class Bench {
  readonly #folder: string
  readonly #path: string
  readonly #shardRows: number
  readonly #workers = new Set<ChildProcess>()
  #redis: RedisServer | undefined
  #asked: Work | undefined
  #seconds = 0

  constructor(folder: string, path: string, shardRows: number) {
    this.#folder = folder
    this.#path = path
    this.#shardRows = shardRows
  }

  /** One process, with all cores. */
  async alone(inputs: readonly string[]): Promise<Figure[]> {
    const backbone = await universalSentenceEncoder()
    await backbone.embed(inputs.slice(0, 100))
    const bare = (): Promise<unknown> => computeFeatures(backbone, inputs, { cache: undefined })
    // In turns, so that a busy moment of the machine meets both.
    const first = await spentIn(bare)
    const work = await this.#work()
    for (const name of ['warm alone', 'alone', 'threads'])
      await rm(join(this.#folder, name), { recursive: true, force: true })
    await runWork(await this.#some(400), work, { out: join(this.#folder, 'warm alone'), shardRows: 50 })
    const own = await spentIn(() => runWork(this.#path, work, { out: join(this.#folder, 'alone'), ...this.#shards }))
    const last = await spentIn(bare)
    const threads = await spentIn(() =>
      runWork(this.#path, work, {
        out: join(this.#folder, 'threads'),
        ...this.#shards,
        executor: inThreads(2, startThread),
      }),
    )
    await work.close()
    this.#seconds = own.seconds
    const plain = { seconds: (first.seconds + last.seconds) / 2, cpu: (first.cpu + last.cpu) / 2 }
    await backbone.close()
    const bytes = await this.#bytesOf('alone')
    return [
      atMost(
        'shards in one process, beside the network alone: time more',
        100 * (own.seconds / plain.seconds - 1),
        5,
        `${own.seconds.toFixed(1)} s beside ${plain.seconds.toFixed(1)} s, ${(inputs.length / own.seconds).toFixed(0)} texts/s`,
        ' %',
      ),
      // What others do on the machine counts for less here.
      atMost(
        'the same: CPU time more',
        100 * (own.cpu / plain.cpu - 1),
        5,
        `${perText(own.cpu, inputs.length)} a text beside ${perText(plain.cpu, inputs.length)}`,
        ' %',
      ),
      {
        what: 'shards in two threads of one core each, with opening the networks: CPU time a text',
        measured: perText(threads.cpu, inputs.length),
        beside: `${threads.seconds.toFixed(1)} s`,
      },
      { what: 'bytes of a row of results', measured: (bytes / inputs.length).toFixed(0) },
    ]
  }

  /** Two worker processes of one thread each. */
  async together(texts: number): Promise<Figure[]> {
    const { address, work } = await this.#withWorkers()
    const used = this.#memory(address)
    const before = await this.#cpuOfWorkers()
    const seconds = await secondsOf(() => this.#throughQueue('together', address, work))
    const cpu = (await this.#cpuOfWorkers()) - before
    const samples = await used()
    const quiet = samples.filter((sample) => sample.length === 3)
    const workerAt = (share: number): number =>
      Math.max(...(quiet[Math.floor(share * (quiet.length - 1))] ?? []).slice(1))
    const beside = `${seconds.toFixed(1)} s, ${(texts / seconds).toFixed(0)} texts/s`
    const what = 'two workers of one thread each: time'
    return [
      this.#seconds > 0
        ? atMost(`${what}, times that of one process with two threads`, seconds / this.#seconds, 1, beside)
        : { what, measured: beside },
      {
        what: 'the same: CPU time a text, of both workers',
        measured: perText(cpu, texts),
        beside: 'times of one process in shards above: what is more is the queue',
      },
      mostOfRedis(samples),
      atMost(
        "a worker's memory at the end, times that after a third",
        workerAt(1) / workerAt(1 / 3),
        1.1,
        `${workerAt(1 / 3).toFixed(0)} MB, then ${workerAt(1).toFixed(0)} MB`,
      ),
    ]
  }

  /** The same while workers and Redis are killed. */
  async killed(texts: number): Promise<Figure[]> {
    const { address, work } = await this.#withWorkers()
    if (!(await readManifest(join(this.#folder, 'alone'))))
      await runWork(this.#path, work, { out: join(this.#folder, 'alone'), ...this.#shards, resume: true })
    const used = this.#memory(address)
    let [workersKilled, redisKilled] = [0, 0]
    const done = new AbortController()
    const killing = (async (): Promise<void> => {
      for (let time = 1; ; time++) {
        await wait(betweenKills, undefined, { signal: done.signal }).catch(() => {})
        if (done.signal.aborted) return
        const [worker] = this.#workers
        worker?.kill('SIGKILL')
        if (worker) this.#workers.delete(worker)
        workersKilled++
        if (time % 3 === 0) {
          await this.#redis?.kill()
          await this.#redis?.start()
          redisKilled++
        }
        this.#startWorkers(1)
      }
    })()
    const seconds = await secondsOf(() => this.#throughQueue('killed', address, work))
    done.abort()
    await killing
    const samples = await used()
    const [whole, parts] = [await this.#hashesOf('alone'), await this.#hashesOf('killed')]
    const { rows } = JSON.parse(await readFile(join(this.#folder, 'killed/manifest.json'), 'utf8')) as { rows: number }
    const beside = `${workersKilled} workers and Redis ${redisKilled} times killed, ${seconds.toFixed(1)} s`
    const same = parts.filter((part, place) => part === whole[place]).length
    return [
      atLeast('killed: share of the rows that are there once', rows / texts, 1, beside),
      atLeast(
        'killed: share of the parts with the bytes of one process',
        same / whole.length,
        1,
        `${whole.length} parts`,
      ),
      mostOfRedis(samples),
    ]
  }

  /** Redis and two workers, with their network open and their code compiled. */
  async #withWorkers(): Promise<{ readonly address: string; readonly work: Work }> {
    const work = (this.#asked ??= await this.#work())
    if (this.#redis) return { address: this.#redis.address, work }
    this.#redis = await redisServer(this.#folder)
    const { address } = this.#redis
    this.#startWorkers(2)
    const out = join(this.#folder, 'warm')
    await rm(out, { recursive: true, force: true })
    await runWork(await this.#some(400), work, { out, shardRows: 50, executor: throughQueue(address) })
    return { address, work }
  }

  /** Looks at what Redis and each worker have in memory, in MB. */
  #memory(address: string): () => Promise<number[][]> {
    return sampled(async () => [await memoryOf(address), ...(await Promise.all([...this.#workers].map(residentOf)))])
  }

  async end(): Promise<void> {
    for (const worker of this.#workers) worker.kill('SIGKILL')
    await this.#redis?.kill()
    await this.#asked?.close()
  }

  #work(): Promise<Work> {
    return taskWork(textTask, { kind: 'embed', options: {} })
  }

  get #shards(): { readonly shardRows: number } {
    return { shardRows: this.#shardRows }
  }

  async #throughQueue(name: string, address: string, work: Work): Promise<void> {
    const out = join(this.#folder, name)
    await rm(out, { recursive: true, force: true })
    await runWork(this.#path, work, { out, ...this.#shards, executor: throughQueue(address) })
  }

  async #some(rows: number): Promise<string> {
    const path = join(this.#folder, 'some.csv')
    await writeFile(path, `text\n${'Hello.\n'.repeat(rows)}`)
    return path
  }

  #startWorkers(count: number): void {
    const program = fileURLToPath(new URL('../../packages/cli/bin/headstart.js', import.meta.url))
    const address = this.#redis?.address ?? ''
    const args = [program, 'worker', '--queue', address, '--threads', '1', '--lock-seconds', '5']
    for (let number = 0; number < count; number++)
      this.#workers.add(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }))
  }

  /** Seconds of CPU of the workers that are there (Linux), in hundredths. */
  async #cpuOfWorkers(): Promise<number> {
    const stats = await Promise.all([...this.#workers].map(({ pid }) => readFile(`/proc/${pid}/stat`, 'utf8')))
    // After the name in brackets: utime and stime, the 14th and 15th of all.
    const ticks = stats.flatMap((stat) =>
      stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13),
    )
    return ticks.reduce((sum, some) => sum + Number(some), 0) / 100
  }

  async #hashesOf(name: string): Promise<string[]> {
    const folder = join(this.#folder, name, 'parts')
    const names = (await readdir(folder)).toSorted()
    return Promise.all(
      names.map(
        async (part) =>
          `${part} ${createHash('sha256')
            .update(await readFile(join(folder, part)))
            .digest('hex')}`,
      ),
    )
  }

  async #bytesOf(name: string): Promise<number> {
    const folder = join(this.#folder, name, 'parts')
    const sizes = await Promise.all((await readdir(folder)).map(async (part) => (await stat(join(folder, part))).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
}

/** A thread of the command line, with one core. */
function startThread(): Worker {
  const program = new URL('../../packages/cli/dist/main.js', import.meta.url)
  return new Worker(program, { env: { ...process.env, HEADSTART_THREADS: '1', HEADSTART_SPIN: '0' } })
}

function perText(seconds: number, texts: number): string {
  return `${((1000 * seconds) / texts).toFixed(2)} ms`
}

/** Seconds that it takes, and seconds of CPU of this process. */
async function spentIn(work: () => Promise<unknown>): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const before = cpuSeconds()
  const seconds = await secondsOf(work)
  return { seconds, cpu: cpuSeconds() - before }
}

/** Looks every second, until asked for what was seen. */
function sampled<T>(look: () => Promise<T>): () => Promise<T[]> {
  const seen: T[] = []
  const done = new AbortController()
  const looking = (async (): Promise<void> => {
    while (!done.signal.aborted) {
      await look().then(
        (one) => seen.push(one),
        () => {},
      )
      await wait(1000)
    }
  })()
  return async () => {
    done.abort()
    await looking
    return seen
  }
}

function mostOfRedis(samples: readonly (readonly number[])[]): Figure {
  const most = Math.max(...samples.map(([redis = 0]) => redis))
  return atMost('Redis: most memory', most, 50, `${samples.length} looks`, ' MB')
}

/** What Redis uses, in MB. */
async function memoryOf(address: string): Promise<number> {
  const redis = new Redis(address, { retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]) / 1e6
  } finally {
    redis.disconnect()
  }
}

/** What a process has in memory, in MB (Linux, pages of 4 kB). A program that looks it up would take a share of what is measured. */
async function residentOf({ pid }: ChildProcess): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
  return (Number(pages) * 4096) / 1e6
}
