import { HeadstartError, type RunOptions } from '@headstart/core'
import type { Job } from 'bullmq'
import type { Receipt } from '../contract/plan.js'
import type { OpenWork } from '../contract/work.js'
import { OwnShards, type ShardJob } from '../run/own-shards.js'
import { connectRedis, queueName } from './connect.js'

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

/**
 * Takes shards from the queue, one at a time, until the signal says to take no more: the one that is begun is ended.
 * @throws QueueError where no Redis answers, and where a run is not of this version or of other weights than lie here: its shard goes
 *   back to the queue, for other workers; likewise FileError of a full disk.
 */
export async function takeShards(options: TakeShardsOptions): Promise<void> {
  const { signal, lockSeconds = 30 } = options
  const connection = await connectRedis(options.queue)
  const shards = new OwnShards(options.open, options.onEvent)
  let failure: unknown
  const stop = new AbortController()
  const end = (): void => stop.abort()
  signal?.addEventListener('abort', end)
  const { WaitingError, Worker } = await import('bullmq')
  const work = async (job: Job<ShardJob>, token?: string): Promise<void> => {
    try {
      const done = await shards.do(job.data)
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
    await shards.close()
    connection.disconnect()
  }
  if (failure !== undefined) throw failure
}
