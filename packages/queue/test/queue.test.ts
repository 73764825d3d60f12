import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenWork, runWork, takeShards, taskWork, throughQueue } from '../src/index.js'
import { lettersTask } from './letters-task.js'
import { freePort, hasRedis, type RedisServer, redisServer } from './redis-server.js'

let folder: string
let redis: RedisServer
const path = (name: string): string => join(folder, name)
const children: ChildProcess[] = []
const open: OpenWork = (said, run) => taskWork(lettersTask(), said, run)
const work = () => taskWork(lettersTask(), { kind: 'embed', options: {} })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-queue-'))
  const lines = Array.from({ length: 60 }, (_, number) => `text ${number}\n`)
  await writeFile(path('data.csv'), `text\n${lines.join('')}`)
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await redis?.kill()
  await rm(folder, { recursive: true, force: true })
})

/** A worker process; its clock goes so many hours before or behind. */
function worker(pause = 0, hours = 0): ChildProcess {
  const clock = `data:text/javascript,const now = Date.now; Date.now = () => now() + ${hours * 3_600_000}`
  const script = fileURLToPath(new URL('worker.ts', import.meta.url))
  const args = ['--import', 'tsx', '--import', clock, script, redis.address, String(pause)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  children.push(child)
  return child
}

async function partsOf(run: string): Promise<string[]> {
  const names = (await readdir(join(run, 'parts'))).toSorted()
  return Promise.all(
    names.map(async (name) => `${name}\n${(await readFile(join(run, 'parts', name))).toString('base64')}`),
  )
}

describe('a queue', () => {
  it('that is not there is said, and where one can be had', async () => {
    const address = `redis://127.0.0.1:${await freePort()}`
    const running = runWork(path('data.csv'), await work(), { out: path('out'), executor: throughQueue(address) })
    await expect(running).rejects.toThrow(/expected a Redis server, got .*ECONNREFUSED.*Start one/)
    await expect(takeShards({ queue: address, open })).rejects.toThrow('expected a Redis server')
    await expect(takeShards({ queue: 'localhost', open })).rejects.toThrow('expected an address such as redis://')
  })
})

describe.skipIf(!hasRedis)('shards through Redis', () => {
  beforeEach(async () => {
    redis = await redisServer(folder)
  })

  const through = (options: Partial<Parameters<typeof runWork>[2]> = {}) =>
    work().then((opened) =>
      runWork(path('data.csv'), opened, {
        out: path('out'),
        shardRows: 5,
        executor: throughQueue(redis.address),
        ...options,
      }),
    )

  it('give what one process gives, byte for byte', async () => {
    await runWork(path('data.csv'), await work(), { out: path('alone'), shardRows: 5 })
    const stop = new AbortController()
    const workers = [1, 2].map(() => takeShards({ queue: redis.address, open, signal: stop.signal }))
    const { manifest } = await through()
    stop.abort()
    await Promise.all(workers)
    expect(manifest).toMatchObject({ rows: 60, poisoned: 0 })
    expect(await partsOf(path('out'))).toEqual(await partsOf(path('alone')))
    expect(await readFile(path('out/manifest.json'), 'utf8')).toBe(await readFile(path('alone/manifest.json'), 'utf8'))
  })

  it('are left by a worker that is told to stop while Redis is away, when what it began is done', async () => {
    const interruption = new AbortController()
    const running = through({ signal: interruption.signal })
    const left = worker(300)
    const exited = once(left, 'exit')
    // The second shard, which takes it more than a second.
    const { port } = new URL(redis.address)
    const active = (): string =>
      spawnSync('redis-cli', ['-p', port, 'lrange', 'bull:headstart:active', '0', '-1']).stdout.toString()
    while (!/-1$/m.test(active())) await wait(20)
    await redis.kill()
    left.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    interruption.abort()
    expect((await running).done).toBe(2)
  }, 60_000)

  it('are all done once while workers are killed, Redis too, and clocks disagree', async () => {
    await runWork(path('data.csv'), await work(), { out: path('alone'), shardRows: 5 })
    const running = through()
    for (const hours of [0, 30]) {
      const killed = worker(100, hours)
      await wait(1800)
      killed.kill('SIGKILL')
    }
    await redis.kill()
    await wait(300)
    await redis.start()
    worker(0, -30)
    expect((await running).manifest).toMatchObject({ rows: 60, poisoned: 0 })
    expect(await partsOf(path('out'))).toEqual(await partsOf(path('alone')))
  })

  it('are handed out again where Redis forgot them, which is said before', async () => {
    await redis.kill()
    redis = await redisServer(folder, false)
    const notices: string[] = []
    const running = through({ onEvent: (event) => void (event.type === 'notice' && notices.push(event.message)) })
    await expect.poll(() => notices, { timeout: 60_000 }).toEqual([expect.stringContaining('no append-only file')])
    await redis.kill()
    await redis.start()
    const stop = new AbortController()
    const taking = takeShards({ queue: redis.address, open, signal: stop.signal })
    expect((await running).manifest?.rows).toBe(60)
    stop.abort()
    await taking
  })

  it('go back where a worker has another network, or another version, for one that has the right one', async () => {
    const running = through()
    const other = takeShards({ queue: redis.address, open: (said, run) => taskWork(lettersTask(0.7), said, run) })
    await expect(other).rejects.toThrow(/expected the fingerprint .* Copy the same model to all machines/)
    const plan = await readFile(path('out/plan.json'), 'utf8')
    await writeFile(path('out/plan.json'), plan.replace('"version":"', '"version":"9.'))
    await expect(takeShards({ queue: redis.address, open })).rejects.toThrow(
      /expected version 9.*, which the run is of/,
    )
    await writeFile(path('out/plan.json'), plan)
    const none: OpenWork = () => taskWork(lettersTask(), { kind: 'ask', model: path('nothing'), options: {} })
    await expect(takeShards({ queue: redis.address, open: none })).rejects.toThrow('nothing')
    const stop = new AbortController()
    const right = takeShards({ queue: redis.address, open, signal: stop.signal })
    expect((await running).manifest).toMatchObject({ rows: 60, poisoned: 0 })
    stop.abort()
    await right
  })

  it('go back where a worker has a full disk, for one that has room', async () => {
    const running = through({ shardRows: 60 })
    const script = fileURLToPath(new URL('worker.ts', import.meta.url))
    const full = ['-c', 'trap "" XFSZ; ulimit -f 1; exec "$@"', 'bash', process.execPath, '--import', 'tsx', script]
    // What tsx keeps for others would be cut off as well.
    const env = { ...process.env, TSX_DISABLE_CACHE: '1' }
    const child = spawn('bash', [...full, redis.address], { stdio: ['ignore', 'ignore', 'pipe'], env })
    children.push(child)
    let said = ''
    child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
    await new Promise((resolve) => child.once('close', resolve))
    expect(said).toContain('expected room to write, got a full disk')
    expect(await readdir(path('out/parts'))).toEqual([])
    const stop = new AbortController()
    const right = takeShards({ queue: redis.address, open, signal: stop.signal })
    expect((await running).manifest).toMatchObject({ rows: 60, poisoned: 0 })
    stop.abort()
    await right
  })

  it('stay with a worker for as long as it works on them', async () => {
    const done: number[] = []
    const stop = new AbortController()
    const slow: OpenWork = async (said, run) => {
      const opened = await open(said, run)
      // Longer than a worker may be silent.
      return { ...opened, answer: (...asked) => wait(7000).then(() => opened.answer(...asked)) }
    }
    const onDone = ({ index }: { index: number }): void => void done.push(index)
    const workers = [1, 2].map(() =>
      takeShards({ queue: redis.address, open: slow, signal: stop.signal, lockSeconds: 3, onDone }),
    )
    expect((await through({ shardRows: 30 })).manifest?.rows).toBe(60)
    stop.abort()
    await Promise.all(workers)
    expect(done.toSorted()).toEqual([0, 1])
  })

  it('that fail three times are set aside, the others done', async () => {
    await writeFile(path('data.csv'), `text\n${'good\n'.repeat(5)}${'poison\n'.repeat(5)}${'fine\n'.repeat(5)}`)
    const stop = new AbortController()
    const taking = takeShards({ queue: redis.address, open, signal: stop.signal })
    const { manifest } = await through()
    stop.abort()
    await taking
    expect(manifest?.shards.map(({ setAside }) => setAside)).toEqual([undefined, 'poison', undefined])
  })

  it('that are not begun are taken back where the run is interrupted, and done when it is gone on with', async () => {
    const [interruption, stop, over] = [new AbortController(), new AbortController(), new AbortController()]
    let asked = 0
    const slow: OpenWork = async (said, run) => {
      const opened = await open(said, run)
      const pause = async (): Promise<void> => {
        if (++asked !== 2) return
        // The first is done, the second begun.
        interruption.abort()
        await once(over.signal, 'abort')
      }
      return { ...opened, answer: (...some) => pause().then(() => opened.answer(...some)) }
    }
    const taking = takeShards({ queue: redis.address, open: slow, signal: stop.signal })
    const { done, manifest } = await through({ signal: interruption.signal })
    expect(manifest).toBeUndefined()
    expect(done).toBeGreaterThan(0)
    over.abort()
    await expect.poll(async () => (await readdir(path('out/shards'))).length, { timeout: 60_000 }).toBe(2)
    // All others were taken back.
    await wait(500)
    expect(await readdir(path('out/shards'))).toHaveLength(2)
    expect((await through({ resume: true })).manifest?.rows).toBe(60)
    stop.abort()
    await taking
  })
})
