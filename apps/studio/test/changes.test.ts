import { appendFile, chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StudioEvent } from '../src/api/types.js'
import { Studio } from '../src/index.js'
import { emptyFolder, openStudio, tasks } from './open-studio.js'

const rows = [
  { text: 'It came a week late.', label: 'delivery' },
  { text: 'I was charged twice.', label: 'payment' },
  { text: 'The lid, "sealed", was broken.\nTwice.' },
]
const table = (folder: string, name = 'data.csv'): Promise<string> => readFile(join(folder, name), 'utf8')

/** A text project with three examples. */
async function begun(folder: string) {
  const opened = await openStudio(folder, { task: 'text' })
  await opened.client.addRows({ rows })
  const { examples } = await opened.client.examples()
  return { ...opened, ids: examples.map(({ id }) => id), [Symbol.asyncDispose]: () => opened.studio.close() }
}

describe('a project of texts', () => {
  it('is begun in an empty folder, of the kind that is chosen', async () => {
    await using folder = await emptyFolder()
    await using opened = await openStudio(join(folder.path, 'new'))
    const { client } = opened
    const empty = await client.project()
    expect(empty).toMatchObject({ task: null, found: [], writable: true })
    expect(empty.kinds.map(({ task, brings }) => [task, brings])).toEqual([
      ['text', 'text'],
      ['image', 'picture'],
      ['chat', 'text'],
      ['translate', 'text'],
      ['recommend', 'card'],
    ])
    await expect(client.examples()).rejects.toThrow('Choose first what it is about.')
    expect(await client.create({ task: 'text' })).toMatchObject({ task: 'text', brings: 'text', counts: { total: 0 } })
    await expect(client.create({ task: 'image' })).rejects.toThrow('expected a folder that is none yet')
  })

  it('takes data that lie in the folder, and leaves their file alone', async () => {
    await using folder = await emptyFolder()
    const theirs = 'review;sentiment\n"So; good";positive\nBad;negative\n'
    await writeFile(join(folder.path, 'reviews.csv'), theirs)
    await using opened = await openStudio(folder.path)
    const { client } = opened
    expect((await client.project()).found).toEqual([
      { task: 'text', data: 'reviews.csv', fit: 1, kinds: ['classification'] },
      { task: 'chat', data: 'reviews.csv', fit: 0.5, kinds: ['classification'] },
    ])
    await client.create({ task: 'text', data: 'reviews.csv' })
    expect(await table(folder.path)).toBe('text,label\nSo; good,positive\nBad,negative\n')
    expect(await table(folder.path, 'reviews.csv')).toBe(theirs)
  })

  it('keeps what is added, labeled and taken away in the tables that train and next read', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { client, ids } = opened
    expect(await table(folder.path, 'unlabeled.csv')).toBe('text\n"The lid, ""sealed"", was broken.\nTwice."\n')
    const [first, second, third] = ids as [string, string, string]
    expect(await client.setLabels({ changes: [{ id: third, label: 'product' }] })).toMatchObject({ changed: 1 })
    await client.remove({ ids: [first] })
    await client.setLabels({ changes: [{ id: second, label: null }] })
    expect(await table(folder.path)).toBe('text,label\n"The lid, ""sealed"", was broken.\nTwice.",product\n')
    expect(await table(folder.path, 'unlabeled.csv')).toBe('text\nI was charged twice.\n')
    expect((await client.project()).labels).toEqual([
      { name: 'delivery', count: 0 },
      { name: 'payment', count: 0 },
      { name: 'product', count: 1 },
    ])
    expect(await client.addRows({ rows })).toMatchObject({ added: 2, doubles: 1 })
  })

  it('undoes, also after it was closed, and does again', async () => {
    await using folder = await emptyFolder()
    {
      await using opened = await begun(folder.path)
      const [, , third] = opened.ids
      await opened.client.setLabels({ changes: [{ id: third as string, label: 'product' }] })
      await opened.client.rename({ from: 'payment', to: 'money' })
    }
    await using opened = await openStudio(folder.path)
    const { client } = opened
    expect((await client.project()).undo).toBe('payment renamed to money')
    const labels = async () => (await client.examples()).examples.map(({ label }) => label)
    expect(await labels()).toEqual(['delivery', 'money', 'product'])
    expect(await client.undo()).toMatchObject({
      changed: 1,
      undo: '"The lid, "sealed", was broken.\nTwice." labeled product',
    })
    expect(await labels()).toEqual(['delivery', 'payment', 'product'])
    await client.undo()
    expect(await labels()).toEqual(['delivery', 'payment', null])
    await client.redo()
    await client.redo()
    expect(await labels()).toEqual(['delivery', 'money', 'product'])
    await expect(client.redo()).rejects.toThrow('redo: expected something that was done, got nothing.')
  })

  it('ends what a killed studio began, and no more than that', async () => {
    await using folder = await emptyFolder()
    {
      await using opened = await begun(folder.path)
      const [first, second] = opened.ids
      const begins = {
        number: 9,
        what: 'two',
        changes: [first, second].map((id) => ({ id, from: { label: 'x' }, to: { label: 'both' } })),
      }
      await opened.studio.close()
      await appendFile(join(folder.path, 'journal.jsonl'), `${JSON.stringify(begins)}\n{"undo":`)
    }
    await using opened = await openStudio(folder.path)
    const { examples } = await opened.client.examples()
    expect(examples.map(({ label }) => label)).toEqual(['both', 'both', null])
    // What another program does after that stays.
    await opened.studio.close()
    await writeFile(join(folder.path, 'data.csv'), (await table(folder.path)).replace('both', 'other'))
    await using again = await openStudio(folder.path)
    expect((await again.client.examples()).examples.map(({ label }) => label)).toEqual(['other', 'both', null])
  })

  it('are not taken for those of another program, whoever looks meanwhile', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { studio, client, ids } = opened
    const heard = await fetch(`${studio.url}/api/events`)
    const said: string[] = []
    const listening = (async () => {
      for await (const part of heard.body as unknown as AsyncIterable<Uint8Array>)
        said.push(Buffer.from(part).toString())
    })().catch(() => {})
    const looks = Array.from({ length: 20 }, () => client.project())
    for (const label of ['a', 'b', null, 'c', null])
      await client.setLabels({ changes: ids.map((id) => ({ id, label })) })
    await Promise.all(looks)
    await client.project()
    await studio.close()
    await listening
    expect(said.join('')).toContain('"type":"project"')
    expect(said.join('')).not.toContain('Another program')
  })

  it('pages, filters and searches', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { client, ids } = opened
    const found = async (query: Parameters<typeof client.examples>[0]) =>
      (await client.examples(query)).examples.map(({ id }) => ids.indexOf(id))
    expect(await found({ offset: 1, limit: 1 })).toEqual([1])
    expect(await found({ only: 'unlabeled' })).toEqual([2])
    expect(await found({ label: 'payment' })).toEqual([1])
    expect(await found({ search: 'LATE' })).toEqual([0])
    expect(await found({ ids: [ids[2], 'gone', ids[0]].join(',') })).toEqual([2, 0])
    await expect(client.examples({ limit: 0 })).rejects.toThrow('limit')
  })

  it('tells every tab what changed', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { studio, client, ids } = opened
    const ends = new AbortController()
    const tabs = await Promise.all([1, 2].map(() => fetch(`${studio.url}/api/events`, { signal: ends.signal })))
    const heard = tabs.map(async (tab) => {
      const revisions: number[] = []
      for await (const part of tab.body as unknown as AsyncIterable<Uint8Array>) {
        const text = Buffer.from(part).toString()
        for (const [, json] of text.matchAll(/^data: (.*)$/gm)) {
          const event = JSON.parse(json as string) as StudioEvent
          if (event.type === 'project') revisions.push(event.revision)
        }
        if (revisions.length >= 2) return revisions
      }
      return revisions
    })
    const { revision } = await client.setLabels({ changes: [{ id: ids[2] as string, label: 'product' }] })
    for (const revisions of await Promise.all(heard)) expect(revisions.at(-1)).toBe(revision)
    ends.abort()
  })
})

describe('in company', () => {
  it('a second studio on the folder is refused, and the first goes on', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    await expect(Studio.open(folder.path, { tasks, port: 0 })).rejects.toThrow(
      'expected a folder that no other studio has open, got one that another has',
    )
    expect((await opened.client.examples()).total).toBe(3)
  })

  it('what another program writes meanwhile is read, and nothing of either is lost', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { client, ids } = opened
    const before = (await client.project()).revision
    // A column of its own, and a row more.
    await writeFile(
      join(folder.path, 'data.csv'),
      'label,text,source\ndelivery,It came a week late.,shop\npayment,I was charged twice.,mail\nproduct,New one.,mail\n',
    )
    await client.setLabels({ changes: [{ id: ids[0] as string, label: 'lateness' }] })
    expect(await table(folder.path)).toBe(
      'label,text,source\nlateness,It came a week late.,shop\npayment,I was charged twice.,mail\nproduct,New one.,mail\n',
    )
    const { revision, counts } = await client.project()
    expect(revision).toBeGreaterThan(before)
    expect(counts).toEqual({ total: 4, labeled: 3, unlabeled: 1 })
  })

  it('what another program took away is said to be missing', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { client, ids } = opened
    await writeFile(join(folder.path, 'data.csv'), 'text,label\nI was charged twice.,payment\n')
    const changes = ids.map((id) => ({ id, label: 'other' }))
    expect(await client.setLabels({ changes })).toMatchObject({ changed: 2, missing: [ids[0]] })
  })

  it('a data file that another program broke is left as it is, shown as it was, and said', async () => {
    await using folder = await emptyFolder()
    await using opened = await begun(folder.path)
    const { client, ids } = opened
    const broken = 'something,else\n"never closed'
    await writeFile(join(folder.path, 'data.csv'), broken)
    await expect(client.setLabels({ changes: [{ id: ids[0] as string, label: 'x' }] })).rejects.toThrow('data.csv')
    expect(await table(folder.path)).toBe(broken)
    const { counts, notices } = await client.project()
    expect(counts.total).toBe(3)
    expect(notices.join()).toContain('The data cannot be read, and are shown as they were')
    await writeFile(join(folder.path, 'data.csv'), 'text,label\nAgain.,fine\n')
    expect(await client.project()).toMatchObject({ counts: { total: 2 }, notices: [] })
  })

  it('a file is no folder, and is said to be none', async () => {
    await using folder = await emptyFolder()
    const path = join(folder.path, 'reviews.csv')
    await writeFile(path, 'text,label\n')
    await expect(Studio.open(path, { tasks, port: 0 })).rejects.toMatchObject({ name: 'FileError', who: path })
  })

  it('a folder that cannot be written can be looked at', async () => {
    await using folder = await emptyFolder()
    const place = process.getuid?.() === 0 ? '/proc/self' : join(folder.path, 'closed')
    // Whoever is root writes everywhere but there.
    if (place !== '/proc/self') {
      await mkdir(place)
      await chmod(place, 0o555)
    }
    await using opened = await openStudio(place)
    const { client } = opened
    const { writable, notices } = await client.project()
    expect(writable).toBe(false)
    expect(notices[0]).toContain(`${place} cannot be written`)
    await expect(client.create({ task: 'text' })).rejects.toThrow('expected a folder that can be written')
  })
})
