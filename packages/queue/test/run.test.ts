import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { computeFeatures } from '@headstart/core/kit'
import { parquetReadObjects } from 'hyparquet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readManifest, runStore, runWork, taskWork } from '../src/index.js'
import { lettersBackbone, lettersTask, saveLettersModel } from './letters-task.js'

let folder: string
const path = (name: string): string => join(folder, name)
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'headstart-queue-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const embedding = (weight?: number) => taskWork(lettersTask(weight), { kind: 'embed', options: {} })
const texts = Array.from({ length: 25 }, (_, number) => `text ${number}, ${'ae'.repeat(number)}`)
const csv = `id,text\n${texts.map((text, number) => `${number},"${text}\n""quoted"""\n`).join('')}`

async function rowsOf(run: string): Promise<Record<string, unknown>[]> {
  const manifest = await readManifest(run)
  const rows: Record<string, unknown>[] = []
  for (const { file } of manifest?.shards ?? []) {
    const bytes = await readFile(join(run, 'parts', file as string))
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
    rows.push(...(await parquetReadObjects({ file: buffer, utf8: false })))
  }
  return rows
}

async function hashesOf(run: string): Promise<string[]> {
  const names = (await readdir(join(run, 'parts'))).toSorted()
  return Promise.all(
    names.map(
      async (name) =>
        `${name} ${createHash('sha256')
          .update(await readFile(join(run, 'parts', name)))
          .digest('hex')}`,
    ),
  )
}

describe('a table in shards', () => {
  it('gives every row once, with the features that the network gives it', async () => {
    await writeFile(path('data.csv'), csv)
    const { manifest } = await runWork(path('data.csv'), await embedding(), { out: path('out'), shardRows: 4 })
    expect(manifest).toMatchObject({ rows: 25, poisoned: 0 })
    expect(manifest?.shards).toHaveLength(7)
    const rows = await rowsOf(path('out'))
    expect(rows.map(({ row }) => Number(row))).toEqual(texts.map((_, row) => row))
    expect(rows.map(({ id }) => id)).toEqual(texts.map((_, row) => String(row)))
    const expected = await computeFeatures(
      lettersBackbone(),
      texts.map((text) => `${text}\n"quoted"`),
      { cache: undefined },
    )
    const features = rows.flatMap((row) => [...new Float32Array((row['features'] as Uint8Array).slice().buffer)])
    expect(features).toEqual([...expected.data])
  })

  it.each([
    ['data.jsonl', texts.map((text, id) => `${JSON.stringify({ id, text })}\n`).join('')],
    [
      'data.jsonl',
      `${JSON.stringify({ id: 0, text: texts[0] })}\n\n${texts
        .slice(1)
        .map((text, at) => JSON.stringify({ text, id: at + 1 }))
        .join('\n')}`,
    ],
    ['data.tsv', `id\ttext\n${texts.map((text, id) => `${id}\t${text}`).join('\n')}`],
    ['data.csv', `id,text\r\n${texts.map((text, id) => `${id},"${text}"`).join('\r\n')}\r\n`],
    ['data.csv.gz', gzipSync(`id,text\n${texts.map((text, id) => `${id},"${text}"\n`).join('')}`)],
    ['data.json', JSON.stringify(texts.map((text, id) => ({ id, text })))],
    ['semicolons.csv', `id;text\n${texts.map((text, id) => `${id};"${text}"\n`).join('')}`],
    ['backslashes.csv', `id,text\n${texts.map((text, id) => `${id},"${text}\\""\n`).join('')}`],
    ['utf16.csv', Buffer.from(`\uFEFFid,text\n${texts.map((text, id) => `${id},"${text}"\n`).join('')}`, 'utf16le')],
  ])('reads %s as it is read as a whole', async (name, content) => {
    await writeFile(path(name), content)
    const { manifest } = await runWork(path(name), await embedding(), { out: path('out'), shardRows: 4 })
    expect(manifest).toMatchObject({ rows: 25, poisoned: 0 })
    const rows = await rowsOf(path('out'))
    expect(rows.map(({ row, id }) => [Number(row), Number(id)])).toEqual(texts.map((_, row) => [row, row]))
  })

  it('gives the same bytes however it is cut off and gone on with', async () => {
    await writeFile(path('data.csv'), csv)
    await runWork(path('data.csv'), await embedding(), { out: path('whole'), shardRows: 4 })
    const stop = new AbortController()
    const onEvent = ({ type }: { type: string }): void => void (type === 'rows' && stop.abort())
    const cut = await runWork(path('data.csv'), await embedding(), {
      out: path('cut'),
      shardRows: 4,
      signal: stop.signal,
      onEvent,
    })
    expect(cut).toMatchObject({ done: 1 })
    expect(cut.manifest).toBeUndefined()
    const { manifest } = await runWork(path('data.csv'), await embedding(), { out: path('cut'), resume: true })
    expect(manifest?.rows).toBe(25)
    expect(await hashesOf(path('cut'))).toEqual(await hashesOf(path('whole')))
  })

  it('says which rows could not be read, and why, and goes on without them', async () => {
    await writeFile(path('data.csv'), 'text\ngood\nbad\npoison\nfine\nwell\n')
    const { manifest } = await runWork(path('data.csv'), await embedding(), { out: path('out') })
    expect(manifest).toMatchObject({ rows: 5, poisoned: 2 })
    expect(manifest?.shards[0]?.poisoned).toMatchObject([
      { row: 1, reason: `${path('data.csv')}, row 2: expected a good text, got a bad one. Better it.` },
      { row: 2, reason: expect.stringContaining('poison') },
    ])
    const rows = await rowsOf(path('out'))
    expect(rows.map(({ features }) => features !== null)).toEqual([true, false, false, true, true])
  })

  it('sets a shard aside that fails three times, and tries it again when it is gone on with', async () => {
    await writeFile(path('data.csv'), `text\n${'good\n'.repeat(4)}${'poison\n'.repeat(4)}`)
    const { manifest } = await runWork(path('data.csv'), await embedding(), { out: path('out'), shardRows: 4 })
    expect(manifest?.shards[1]).toMatchObject({ index: 1, setAside: expect.stringContaining('poison') })
    expect(await readdir(path('out/parts'))).toHaveLength(1)
    // Whoever had no memory left has some now.
    const work = await embedding()
    const mended = { ...work, answer: async (asked: readonly unknown[]) => asked.map(() => ({ key: 'x' })) }
    const again = await runWork(path('data.csv'), mended, { out: path('out'), resume: true })
    expect(again.manifest?.shards.map(({ setAside }) => setAside)).toEqual([undefined, undefined])
    expect(await readdir(path('out/parts'))).toHaveLength(2)
  })
})

describe('answers of a model in shards', () => {
  it('have a column for each field of an answer', async () => {
    await saveLettersModel(path('model'))
    await writeFile(path('data.csv'), 'id,text\na,aaaa\nb,bbb\n')
    const work = await taskWork(lettersTask(), { kind: 'ask', model: path('model'), options: {} })
    await runWork(path('data.csv'), work, { out: path('out') })
    const rows = await rowsOf(path('out'))
    expect(rows).toMatchObject([
      { id: 'a', text: 'aaaa', predicted_label: 'vowels' },
      { id: 'b', text: 'bbb', predicted_label: 'none' },
    ])
    expect(rows[0]?.['predicted_probability']).toBeGreaterThan(0.5)
  })
})

describe('a run as a feature store', () => {
  it('gives what was computed, so that nothing is computed again', async () => {
    await writeFile(path('data.csv'), csv)
    await runWork(path('data.csv'), await embedding(), { out: path('out'), shardRows: 4 })
    const inputs = [...texts.map((text) => `${text}\n"quoted"`), 'another']
    const backbone = lettersBackbone()
    const events: unknown[] = []
    const features = await computeFeatures(backbone, inputs, {
      cache: await runStore(path('out')),
      onEvent: (event) => void (event.type === 'features' && events.push(event.cached)),
    })
    expect(events[0]).toBe(25)
    expect(features.data).toEqual((await computeFeatures(backbone, inputs, { cache: undefined })).data)
  })

  it('is refused where it is of answers, not finished, or changed', async () => {
    await expect(runStore(path('none'))).rejects.toThrow('expected the folder of a finished run of features, got none')
    await writeFile(path('data.csv'), csv)
    await runWork(path('data.csv'), await embedding(), { out: path('out') })
    const [part = ''] = await readdir(path('out/parts'))
    const file = join(path('out/parts'), part)
    const bytes = await readFile(file)
    bytes[100] = (bytes[100] as number) ^ 1
    await writeFile(file, bytes)
    await expect(runStore(path('out'))).rejects.toThrow('got a changed one')
  })
})

describe('what is refused', () => {
  beforeEach(() => writeFile(path('data.csv'), csv))

  it('is a second run into one folder', async () => {
    await runWork(path('data.csv'), await embedding(), { out: path('out') })
    await expect(runWork(path('data.csv'), await embedding(), { out: path('out') })).rejects.toThrow(/--resume/)
    const [first, second] = await Promise.allSettled([
      runWork(path('data.csv'), await embedding(), { out: path('both'), shardRows: 2 }),
      runWork(path('data.csv'), await embedding(), { out: path('both'), shardRows: 2 }),
    ])
    expect([first.status, second.status].toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await rowsOf(path('both'))).toHaveLength(25)
  })

  it('is a run that is gone on with by another network', async () => {
    await runWork(path('data.csv'), await embedding(), { out: path('out') })
    await expect(runWork(path('data.csv'), await embedding(0.3), { out: path('out'), resume: true })).rejects.toThrow(
      'expected the fingerprint that the run was begun with, got another',
    )
  })

  it('is a shard whose source changed since it was planned', async () => {
    const stop = new AbortController()
    const onEvent = ({ type }: { type: string }): void => void (type === 'rows' && stop.abort())
    await runWork(path('data.csv'), await embedding(), { out: path('out'), shardRows: 4, signal: stop.signal, onEvent })
    await writeFile(path('data.csv'), csv.replace('text 9', 'text 8'))
    const { manifest } = await runWork(path('data.csv'), await embedding(), { out: path('out'), resume: true })
    const aside = manifest?.shards.filter((shard) => shard.setAside !== undefined)
    expect(aside?.map(({ index }) => index)).toEqual([2])
    expect(aside?.[0]?.setAside).toMatch(/that were planned for, got others/)
  })

  it('is data without rows, and a path at which nothing lies', async () => {
    await writeFile(path('empty.csv'), 'text\n')
    await expect(runWork(path('empty.csv'), await embedding(), { out: path('a') })).rejects.toThrow('expected inputs')
    await expect(runWork(path('none.csv'), await embedding(), { out: path('b') })).rejects.toThrow(
      'nothing of that name',
    )
    await mkdir(path('c'))
  })
})
