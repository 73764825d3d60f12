import { setTimeout as wait } from 'node:timers/promises'
import { HeadstartError, type RunOptions } from '@headstart/core'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
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
  const stop = new AbortController()
  const connection = await connectRedis(options.queue, stop.signal)
  const shards = new OwnShards(options.open, options.onEvent)
  let failure: unknown
  const end = (): void => stop.abort()
  signal?.addEventListener('abort', end)
  const { WaitingError, Worker } = await import('bullmq')
  let busy = false
  const work = async (job: Job<ShardJob>, token?: string): Promise<void> => {
    busy = true
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
    } finally {
      busy = false
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
    const ended = (async () => {
      if (!stop.signal.aborted) await worker.run()
      await worker.close()
    })()
    // What was done lies in the folder of its run: a Redis that is away need not be told.
    await Promise.race([ended, isLeft(connection, () => busy)])
    ended.catch(() => {})
  } finally {
    signal?.removeEventListener('abort', end)
    await shards.close()
    connection.disconnect()
  }
  if (failure !== undefined) throw failure
}

/** Ends when nothing is being done and the connection has ended, as it does where Redis is away and nobody waits for it any more. */
async function isLeft(connection: Redis, isBusy: () => boolean): Promise<void> {
  while (isBusy() || connection.status !== 'end') await wait(100, undefined, { ref: false })
}
