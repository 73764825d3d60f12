import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  answersInPostgres,
  answersInRedis,
  answersOf,
  type KeyedAnswer,
  runWork,
  type ServedAnswers,
  taskWork,
} from '../src/index.js'
import { lettersTask, saveLettersModel } from './letters-task.js'
import { hasPostgres, postgresServer } from './postgres-server.js'
import { hasRedis, redisServer } from './redis-server.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-served-'))
  await saveLettersModel(join(folder, 'model'))
  await writeFile(join(folder, 'data.csv'), 'user,text\nanna,aaaa\nben,bad\n"o\'neil ""x""",bbb\n')
  const work = await taskWork(lettersTask(), { kind: 'ask', model: join(folder, 'model'), options: {} })
  await runWork(join(folder, 'data.csv'), work, { out: join(folder, 'answers') })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function* some(count: number, value: string): AsyncGenerator<KeyedAnswer> {
  for (let number = 0; number < count; number++) yield { key: `k${number}`, answer: { value } }
}

/** What each store does. */
function serves(open: () => ServedAnswers): void {
  it('serves the answers of a run by a column of its source', async () => {
    const served = open()
    expect(await served.replace(answersOf(join(folder, 'answers'), 'user'))).toBe(2)
    expect(await served.get('anna')).toMatchObject({ label: 'vowels', probabilities: { none: expect.any(Number) } })
    expect(await served.get('o\'neil "x"')).toMatchObject({ label: 'none' })
    // Its row could not be read.
    expect(await served.get('ben')).toBeUndefined()
  })

  it('serves those of before until all new ones are there, and then none of before', async () => {
    const served = open()
    await served.replace(some(3000, 'old'))
    async function* interrupted(): AsyncGenerator<KeyedAnswer> {
      yield* some(2000, 'half')
      expect(await served.get('k5')).toEqual({ value: 'old' })
      throw new TypeError('interrupted')
    }
    await expect(served.replace(interrupted())).rejects.toThrow('interrupted')
    expect(await served.get('k2500')).toEqual({ value: 'old' })
    expect(await served.replace(some(2000, 'new'))).toBe(2000)
    expect(await served.get('k5')).toEqual({ value: 'new' })
    expect(await served.get('k2500')).toBeUndefined()
  })
}

describe.skipIf(!hasRedis)('answers in Redis', () => {
  let redis: Redis
  let server: Awaited<ReturnType<typeof redisServer>>
  beforeAll(async () => {
    server = await redisServer(folder)
    redis = new Redis(server.address)
  })
  afterAll(async () => {
    redis.disconnect()
    await server.kill()
  })
  serves(() => answersInRedis(redis, 'lists'))
})

describe.skipIf(!hasPostgres)('answers in PostgreSQL', () => {
  let server: Awaited<ReturnType<typeof postgresServer>>
  beforeAll(async () => {
    server = await postgresServer(folder)
  })
  afterAll(() => server.stop())
  serves(() => answersInPostgres(server.pool, 'the lists'))
})

describe('answers of a run', () => {
  it('are refused without such a column, and where no run is', async () => {
    const all = async (path: string, column: string) => {
      for await (const _ of answersOf(path, column)) return true
      return false
    }
    await expect(all(join(folder, 'answers'), 'who')).rejects.toThrow('expected a column "who"')
    await expect(all(join(folder, 'nothing'), 'user')).rejects.toThrow(
      'expected a finished run, or its Parquet file, got none',
    )
  })
})
