import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Asked } from '@headstart/core'
import { runWork, taskWork, type Work } from '../src/index.js'
import { remoteSource } from '../src/sources/http-source.js'
import { joined } from '../src/sources/source.js'
import { lettersTask } from './letters-task.js'
import { credentials, openStorage, type Storage } from './storage.js'

let folder: string
let storage: Storage | undefined
const before = { ...process.env }
const csv = `text\n${Array.from({ length: 20 }, (_, number) => `"text ${number}"\n`).join('')}`
const run = async (place: string) =>
  runWork(place, await taskWork(lettersTask(), { kind: 'embed', options: {} }), {
    out: join(folder, 'out'),
    shardRows: 6,
  })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headstart-sources-'))
})
afterEach(async () => {
  await storage?.close()
  storage = undefined
  process.env = { ...before }
  await rm(folder, { recursive: true, force: true })
})

describe('a table in S3-compatible storage', () => {
  beforeEach(async () => {
    storage = await openStorage({ isSigned: true })
    storage.files.set('/bucket/some folder/data.csv', Buffer.from(csv))
    Object.assign(process.env, credentials, { AWS_ENDPOINT_URL: storage.address })
  })

  it('is read in parts, by signed requests', async () => {
    const { manifest } = await run('s3://bucket/some folder/data.csv')
    expect(manifest?.shards.map(({ rows, setAside }) => setAside ?? rows)).toEqual([6, 6, 6, 2])
    // The header and its own bytes of each shard.
    expect(storage?.ranges).toHaveLength(8)
    expect(new Set(storage?.ranges).size).toBe(5)
  })

  it('is refused with another key, or without one, and nothing is begun', async () => {
    process.env['AWS_SECRET_ACCESS_KEY'] = 'another'
    await expect(run('s3://bucket/some folder/data.csv')).rejects.toThrow(
      'expected a file that may be read, got status 403',
    )
    delete process.env['AWS_SECRET_ACCESS_KEY']
    await expect(run('s3://bucket/some folder/data.csv')).rejects.toThrow(
      'AWS_SECRET_ACCESS_KEY in the environment, got none',
    )
  })
})

describe('files at addresses', () => {
  /** Queries that name files, as those of pictures do. */
  const files = async (): Promise<Work> => {
    const work = await taskWork(lettersTask(), { kind: 'embed', options: {} })
    const read = async (asked: Asked<unknown>) =>
      typeof asked.query === 'string' ? { ...asked, query: await readFile(asked.query, 'utf8') } : asked
    return {
      ...work,
      apart: false,
      answer: async (asked, options) => work.answer(await Promise.all(asked.map(read)), options),
    }
  }
  const out = (): string => join(folder, 'out')
  const run = async (place: string) => runWork(place, await files(), { out: out(), shardRows: 2 })

  it('are the objects of S3-compatible storage under a prefix, each read when its shard is done', async () => {
    storage = await openStorage({ isSigned: true })
    Object.assign(process.env, credentials, { AWS_ENDPOINT_URL: storage.address })
    for (const name of ['a.txt', 'b c.txt', 'deep/d&e#1.txt', 'deep/'])
      storage.files.set(`/bucket/all/${name}`, Buffer.from(name))
    storage.files.set('/bucket/all/bad.txt', Buffer.from('bad'))
    storage.files.set('/bucket/other.txt', Buffer.from('other'))
    const { manifest } = await run('s3://bucket/all/')
    expect(manifest).toMatchObject({ rows: 4, poisoned: 1 })
    expect(manifest?.shards.flatMap(({ poisoned }) => poisoned)[0]?.reason).toContain('expected a good text')
    const asked = (await readFile(join(out(), 'inputs.jsonl'), 'utf8')).trim().split('\n')
    expect(asked.map((line) => (JSON.parse(line) as { query: string }).query)).toEqual(
      ['a.txt', 'b c.txt', 'bad.txt', 'deep/d&e%231.txt'].map((name) => `s3://bucket/all/${name}`),
    )
  })

  it('are set aside where they changed since, and rows without them say so', async () => {
    storage = await openStorage()
    storage.files.set('/a.txt', Buffer.from('a'))
    const lines = ['a.txt', 'gone.txt'].map((name) => `${storage?.address}/${name}\n`)
    await writeFile(join(folder, 'table.csv'), `text\n${lines.join('')}`)
    const { manifest } = await run(join(folder, 'table.csv'))
    expect(manifest?.shards[0]?.poisoned).toEqual([
      { row: 1, reason: expect.stringContaining('/gone.txt: expected a file that may be read, got status 404') },
    ])
    Object.assign(process.env, credentials, { AWS_ENDPOINT_URL: storage.address })
    storage.files.set('/bucket/b.txt', Buffer.from('longer'))
    const again = { out: join(folder, 'again'), resume: true }
    await expect(
      runWork('s3://bucket/', await files(), { ...again, executor: () => Promise.resolve() }),
    ).resolves.toMatchObject({ done: 0 })
    storage.files.set('/bucket/b.txt', Buffer.from('short'))
    const { manifest: changed } = await runWork('s3://bucket/', await files(), again)
    expect(changed?.shards[0]?.setAside).toContain('expected the file of 6 bytes that was planned for, got one of 5')
  })
})

describe('a table at an address', () => {
  it('is read in parts, also where the server stumbles', async () => {
    storage = await openStorage()
    storage.files.set('/data.csv', Buffer.from(csv))
    storage.failures = 2
    expect((await run(`${storage.address}/data.csv`)).manifest).toMatchObject({ rows: 20, poisoned: 0 })
    storage.failures = 1
    const source = remoteSource(`${storage.address}/data.csv`)
    expect((await joined(source.read({ start: 5, end: 13 }))).toString()).toBe('"text 0"')
  })

  it('is read as a whole where it is packed', async () => {
    storage = await openStorage()
    storage.files.set('/data.csv.gz', gzipSync(csv))
    expect((await run(`${storage.address}/data.csv.gz`)).manifest).toMatchObject({ rows: 20, poisoned: 0 })
  })

  it('is refused where it is not there, or its server knows no parts', async () => {
    storage = await openStorage({ hasRanges: false })
    await expect(run(`${storage.address}/data.csv`)).rejects.toThrow('got status 404')
    storage.files.set('/data.csv', Buffer.from(csv))
    const { manifest } = await run(`${storage.address}/data.csv`)
    expect(manifest?.shards[0]?.setAside).toContain('expected a server that gives parts of a file, got status 200')
  })
})
