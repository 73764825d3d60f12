import type { Redis } from 'ioredis'
import { QueueError } from '../contract/errors.js'

/** Milliseconds in which a server must answer at first. Later any pause is waited for. */
const patience = 5000

/** Tries to reach a server that went away, about five seconds, where nobody waits for it any more. */
const fewTries = 10

/** What a queue is called in Redis: all runs share it, so that a worker takes shards of any. */
export const queueName = 'headstart'

/** What is known of a server. */
export interface RedisFacts {
  /** Whether it writes down what it is told (append-only file), so that a restart loses nothing. */
  readonly keeps: boolean
}

/**
 * A connection for BullMQ, which waits for a server that went away.
 * @param signal Once it is aborted such a server is waited for no longer: what was asked fails. Default: it always is.
 * @throws QueueError where none answers at first, or one that is no Redis, or wants another password.
 */
export async function connectRedis(address: string, signal?: AbortSignal): Promise<Redis> {
  const shown = address.replace(/\/\/.*@/, '//')
  if (!/^rediss?:\/\//.test(address)) {
    throw new QueueError('input', 'queue', 'an address such as redis://localhost:6379', `"${shown}"`, 'Correct it.')
  }
  const { Redis: Client } = await import('ioredis')
  const first = new Client(address, {
    lazyConnect: true,
    connectTimeout: patience,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let got: Error | undefined
  first.on('error', (error: Error) => (got ??= error))
  try {
    await first.connect()
    await first.ping()
  } catch (cause) {
    const reason = (got ?? (cause as Error)).message || 'no answer'
    const remedy = 'Start one (redis-server --appendonly yes), or leave the queue out: one machine needs none.'
    throw new QueueError('environment', shown, 'a Redis server', reason, remedy, { cause })
  } finally {
    first.disconnect()
  }
  const redis = new Client(address, {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (signal?.aborted && times > fewTries ? null : Math.min(100 * times, 2000)),
  })
  // It is there again sooner or later; what is asked meanwhile waits.
  redis.on('error', () => {})
  return redis
}

/** What the server says of itself. */
export async function factsOf(redis: Redis): Promise<RedisFacts> {
  const said = await redis.info('persistence')
  return { keeps: /^aof_enabled:1/m.test(said) }
}
