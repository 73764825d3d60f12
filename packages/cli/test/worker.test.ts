import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { hasRedis, redisServer } from '../../queue/test/redis-server.js'
import { program } from './headstart.js'

it.runIf(hasRedis)('headstart worker ends when it is told to, though Redis is away', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headstart-cli-'))
  const redis = await redisServer(folder)
  const worker = spawn(process.execPath, [program, 'worker', '--queue', redis.address], { stdio: 'ignore' })
  const ended = once(worker, 'exit')
  try {
    const port = new URL(redis.address).port
    const clients = (): string => spawnSync('redis-cli', ['-p', port, 'client', 'list']).stdout.toString()
    // It waits for shards.
    while (!clients().includes('cmd=bzpopmin')) await wait(100)
    await redis.kill()
    worker.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
  } finally {
    worker.kill('SIGKILL')
    await redis.kill()
    await rm(folder, { recursive: true, force: true })
  }
})
