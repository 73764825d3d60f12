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

/** Milliseconds that a server may take to start, on a machine that has much else to do. */
const patience = 60_000

/** @param folder Where it writes down what it is told. */
export async function redisServer(folder: string, appendOnly = true): Promise<RedisServer> {
  let child: ChildProcess | undefined
  const kill = async (): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
  /** Whether it came up; not so where its port was taken by then. */
  const startAt = async (port: number): Promise<boolean> => {
    const settings = { port, bind: '127.0.0.1', dir: folder, save: '', appendonly: appendOnly ? 'yes' : 'no' }
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)])
    const started = (child = spawn('redis-server', args, { stdio: 'ignore' }))
    for (const end = performance.now() + patience; performance.now() < end; await wait(50)) {
      if (started.exitCode !== null) return false
      if ((await processAt(port)) === started.pid) return true
    }
    await kill()
    return false
  }
  for (let tries = 0; tries < 5; tries++) {
    const port = await freePort()
    if (!(await startAt(port))) continue
    const start = async (): Promise<void> => {
      for (let again = 0; !(await startAt(port)); again++)
        if (again === 5) throw new Error('redis-server does not start.')
    }
    return { address: `redis://127.0.0.1:${port}`, kill, start }
  }
  throw new Error('redis-server does not start.')
}

/** The process of the server that answers at a port: another's may have taken it. */
async function processAt(port: number): Promise<number | undefined> {
  const client = new Redis(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    return Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1])
  } catch {
    return undefined
  } finally {
    client.disconnect()
  }
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
