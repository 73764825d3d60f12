import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'

/** Whether Debian's redis-server is installed. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0
if (!hasRedis) console.warn('Tests of the queue are left out: redis-server is not installed.')

/** A server of a test's own. */
export interface RedisServer {
  readonly address: string
  /** Kills it, as a machine that loses its power. */
  kill(): Promise<void>
  /** Starts it again, on what it wrote down. */
  start(): Promise<void>
}

/** @param folder Where it writes down what it is told. */
export async function redisServer(folder: string, appendOnly = true): Promise<RedisServer> {
  const port = await freePort()
  const address = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const server: RedisServer = {
    address,
    async kill() {
      const ended = new Promise((resolve) => child?.once('exit', resolve))
      child?.kill('SIGKILL')
      await ended
    },
    async start() {
      const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: appendOnly ? 'yes' : 'no' }
      child = spawn(
        'redis-server',
        Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
        { stdio: 'ignore' },
      )
      for (let tries = 0; tries < 100; tries++) {
        const client = new Redis(address, { lazyConnect: true, retryStrategy: () => null })
        client.on('error', () => {})
        const isUp = await client.connect().then(
          () => client.ping().then(() => true),
          () => false,
        )
        client.disconnect()
        if (isUp) return
        await wait(50)
      }
      throw new Error('redis-server does not start.')
    },
  }
  await server.start()
  return server
}

/** A port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
