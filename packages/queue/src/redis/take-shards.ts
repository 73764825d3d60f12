import { HeadstartError, type RunOptions } from '@headstart/core'
import { version } from '@headstart/core/kit'
import type { Job } from 'bullmq'
import { QueueError } from '../contract/errors.js'
import type { Plan, Receipt } from '../contract/plan.js'
import type { OpenWork, Work, WorkSaid } from '../contract/work.js'
import { hasPart, readPlan, readReceipt } from '../folder/run-folder.js'
import { executeShard } from '../run/execute-shard.js'
import { connectRedis, queueName, type ShardJob } from './connect.js'

/** Options of `takeShards`. */
export interface TakeShardsOptions extends RunOptions {
  /** Address of the Redis: `redis://localhost:6379`. */
  readonly queue: string
  /** Opens the work of a run on this machine. */
  readonly open: OpenWork
  /** Told of each shard that is done. */
  readonly onDone?: ((receipt: Receipt) => void) | undefined
  /**
   * Seconds without a sign of life after which a worker counts as gone, and its shard is another's. Signs are given between two
   * batches of a network. Default: 30.
   */
  readonly lockSeconds?: number | undefined
}

/** Workers that may die with a shard: by its fault, or because somebody ended them. */
const mostDeaths = 10
/** Runs whose work is kept open. */
const mostOpen = 2

/**
 * Takes shards from the queue, one at a time, until the signal says to take no more: the one that is begun is ended.
 * @throws QueueError where no Redis answers, and where a run is not of this version or of other weights than lie here: its shard goes
 *   back to the queue, for other workers; likewise FileError of a full disk.
 */
export async function takeShards(options: TakeShardsOptions): Promise<void> {
  const { signal, lockSeconds = 30 } = options
  const connection = await connectRedis(options.queue)
  const works = new Works(options)
  let failure: unknown
  const stop = new AbortController()
  const end = (): void => stop.abort()
  signal?.addEventListener('abort', end)
  const { WaitingError, Worker } = await import('bullmq')
  const work = async (job: Job<ShardJob>, token?: string): Promise<void> => {
    try {
      const done = await doShard(job.data, works, options)
      if (done) options.onDone?.(done)
    } catch (cause) {
      if (!(cause instanceof HeadstartError) || cause.fault !== 'environment') throw cause
      // No fault of the shard: another machine may have room, and the right files.
      failure ??= cause
      await job.moveToWait(token)
      end()
      throw new WaitingError()
    }
  }
  const worker = new Worker<ShardJob>(queueName, work, {
    connection: connection as never,
    autorun: false,
    lockDuration: 1000 * lockSeconds,
    stalledInterval: 500 * lockSeconds,
    maxStalledCount: mostDeaths,
    // Seconds of waiting for a shard; what stalled is looked for as often at least.
    drainDelay: 1,
  })
  // Redis is away: it comes again. What fails is in the queue.
  worker.on('error', () => {})
  try {
    stop.signal.addEventListener('abort', () => void worker.close())
    if (signal?.aborted) end()
    else await worker.run()
    await worker.close()
  } finally {
    signal?.removeEventListener('abort', end)
    await works.close()
    connection.disconnect()
  }
  if (failure !== undefined) throw failure
}

async function doShard(
  { run, out, index }: ShardJob,
  works: Works,
  { onEvent }: RunOptions,
): Promise<Receipt | undefined> {
  const plan = await readPlan(out)
  if (!plan) {
    const remedy = 'Mount the folder of the run here under the same path.'
    throw new QueueError('environment', out, 'the folder of a run', 'none', remedy)
  }
  // What was begun anew in that folder is of nobody any more.
  const shard = plan.id === run ? plan.shards[index] : undefined
  if (!shard) return undefined
  const before = await readReceipt(out, run, index)
  if (before && (await hasPart(out, before))) return before
  return executeShard(plan, shard, await works.of(plan), out, { onEvent })
}

/** The work of runs, opened once. */
class Works {
  readonly #options: TakeShardsOptions
  readonly #open = new Map<string, Promise<Work>>()

  constructor(options: TakeShardsOptions) {
    this.#options = options
  }

  /** @throws QueueError where what lies here is not what the run was planned with. */
  async of({ id, work: said }: Plan): Promise<Work> {
    const opening = this.#open.get(id) ?? this.#opened(said)
    // The one used last stands last.
    this.#open.delete(id)
    this.#open.set(id, opening)
    try {
      return await opening
    } catch (cause) {
      this.#open.delete(id)
      throw cause
    } finally {
      await this.#limit()
    }
  }

  async close(): Promise<void> {
    for (const opening of this.#open.values()) await (await opening.catch(() => undefined))?.close()
    this.#open.clear()
  }

  async #opened(said: WorkSaid): Promise<Work> {
    if (said.version !== version) {
      const remedy = 'Install the same version on all machines.'
      throw new QueueError('environment', 'worker', `version ${said.version}, which the run is of`, version, remedy)
    }
    const work = await this.#options.open(said, { onEvent: this.#options.onEvent }).catch((cause: unknown) => {
      // Another machine may have it.
      if (!(cause instanceof HeadstartError)) throw cause
      throw new QueueError('environment', cause.who, cause.expected, cause.got, cause.remedy, { cause })
    })
    if (work.said.fingerprint === said.fingerprint) return work
    await work.close()
    const who = `worker, ${said.model ?? said.task}`
    const remedy = 'Copy the same model to all machines.'
    throw new QueueError('environment', who, `the fingerprint ${short(said)}`, short(work.said), remedy)
  }

  async #limit(): Promise<void> {
    const [oldest] = this.#open
    if (!oldest || this.#open.size <= mostOpen) return
    this.#open.delete(oldest[0])
    await (await oldest[1].catch(() => undefined))?.close()
  }
}

/** Enough of it to be told apart. */
function short({ fingerprint }: WorkSaid): string {
  return `${fingerprint.split('/').at(-1)?.slice(0, 12)}…`
}
