import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runWork, taskWork } from '../src/index.js'
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
