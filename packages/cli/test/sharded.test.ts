import { mkdir, readdir, readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { parquetRows } from '@headstart/core/kit'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csv, reviews } from './reviews.js'
import { openScene, type Scene } from './scene.js'
import { interactions, items, rows as rowsOfShop } from './shop.js'

let scene: Scene
let data: string
const rows = reviews(12)

beforeAll(async () => {
  scene = await openScene()
  data = await scene.write('data.csv', csv(rows))
})
afterAll(() => scene.remove())

async function tableAt(path: string): Promise<Record<string, unknown>[]> {
  const found: Record<string, unknown>[] = []
  for await (const { cells } of parquetRows(path)) found.push({ ...cells })
  return found
}

describe('headstart embed', () => {
  it('writes features in shards, which a training takes', async () => {
    const out = scene.path('features')
    const embed = ['embed', data, '--task', 'text', '--out', out, '--shard-rows', '10']
    const { code, stdout } = await scene.run([...embed, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ out, rows: 24, poisoned: 0, shards: 3, setAside: [] })
    expect(await readdir(`${out}/parts`)).toHaveLength(3)

    const train = ['train', data, '--task', 'text', '--out', scene.path('model')]
    const cached = await scene.run([...train, '--features', out, '--no-cache', '--json'])
    expect(cached).toMatchObject({ code: 0 })
    const { seconds: _, ...described } = JSON.parse(cached.stdout) as { seconds: number }
    const { seconds: __, ...anew } = JSON.parse((await scene.run([...train, '--no-cache', '--json'])).stdout) as {
      seconds: number
    }
    expect(described).toEqual(anew)
    expect((await scene.run([...train, '--features', scene.path('none')])).stderr).toContain('headstart embed')
  })

  it('has threads where no queue hands shards out', async () => {
    const out = scene.path('threads')
    const queue = ['--queue', 'redis://127.0.0.1:1', '--threads', '2']
    const both = await scene.run(['embed', data, '--task', 'text', '--out', out, ...queue])
    expect(both.stderr).toContain('--threads: expected work without --queue, got both')
    expect(both.code).toBe(2)
  })

  it('goes on where it is told to, and else leaves a run alone', async () => {
    const embed = ['embed', data, '--task', 'text', '--out', scene.path('features')]
    const again = await scene.run(embed)
    expect(again.code).toBe(2)
    expect(again.stderr).toContain('--resume')
    expect(await scene.run([...embed, '--resume'])).toMatchObject({ code: 0 })
  })

  it('says how many shards are done where it is interrupted, and that it can be gone on with', async () => {
    const many = await scene.write('many.csv', csv(Array.from({ length: 8 }, () => rows).flat()))
    const out = scene.path('cut')
    const { existsSync } = await import('node:fs')
    const embed = ['embed', many, '--task', 'text', '--out', out, '--shard-rows', '12']
    const cut = await scene.run(embed, { interruptWhen: () => existsSync(`${out}/shards/0.json`) })
    expect(cut.code).toBe(1)
    expect(cut.stderr).toMatch(/interrupted: \d+ of 16 shards are done. The same with --resume goes on./)
    const { code, stdout } = await scene.run([...embed, '--resume', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 192, shards: 16 })
  })

  it('leaves nothing half-written on a full disk, and goes on when there is room', async () => {
    await mkdir(scene.path('full'))
    const embed = ['embed', data, '--task', 'text', '--out', scene.path('full/out')]
    const { code, stderr } = await scene.run(embed, { fileLimit: 20 })
    expect(code).toBe(1)
    expect(stderr).toMatch(/expected room to write, got a full disk/)
    expect(await readdir(scene.path('full/out/parts'))).toEqual([])
    expect(await scene.run([...embed, '--resume'])).toMatchObject({ code: 0 })
  })

  it('says that no Redis answers', async () => {
    const embed = ['embed', data, '--task', 'text', '--out', scene.path('queued'), '--queue', 'redis://127.0.0.1:1']
    const { code, stderr } = await scene.run(embed)
    expect(code).toBe(1)
    expect(stderr).toContain('expected a Redis server')
    expect((await scene.run(['worker', '--queue', 'redis://127.0.0.1:1'])).stderr).toContain('expected a Redis server')
  })
})

describe('headstart predict', () => {
  it('answers a table in shards, into one Parquet file or a folder', async () => {
    const file = scene.path('answers.parquet')
    const predict = ['predict', scene.path('model'), data, '--shard-rows', '10', '--out']
    expect(await scene.run([...predict, file])).toMatchObject({ code: 0 })
    const answers = await tableAt(file)
    expect(answers.map(({ row, text }) => [Number(row), text])).toEqual(rows.map(({ text }, row) => [row, text]))
    expect(new Set(answers.map((one) => one['predicted_label']))).toEqual(new Set(['negative', 'positive']))
    expect(await scene.names()).not.toContain('answers.parquet.run')
    expect(await scene.run([...predict, scene.path('answers')])).toMatchObject({ code: 0 })
    expect(await readdir(scene.path('answers/parts'))).toHaveLength(3)
  })

  it('records rows that cannot be read, with their reasons', async () => {
    const some = await scene.write('some.jsonl', '{"text":"Good food."}\n{"text":7}\n{"text":"Bad food."}\n')
    const file = scene.path('some.parquet')
    const { code, stdout } = await scene.run(['predict', scene.path('model'), some, '--out', file])
    expect(code).toBe(2)
    expect(stdout).toContain('1 row could not be read')
    expect((await tableAt(file)).map(({ error }) => error !== undefined && error !== null)).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe('headstart recommend --users', () => {
  const listsIn = async (path: string) =>
    (await tableAt(path)).map((one) => ({
      user: one['user'],
      items: (one['predicted_recommendations'] === undefined || one['predicted_recommendations'] === null
        ? []
        : (JSON.parse(String(one['predicted_recommendations'])) as { item: string }[])
      ).map(({ item }) => item),
    }))

  beforeAll(async () => {
    await scene.folder('shop', { 'items.csv': items, 'interactions.csv': interactions })
    const train = ['train', scene.path('shop'), '--task', 'recommend', '--methods', 'item-knn']
    expect(await scene.run([...train, '--out', scene.path('shop-model')])).toMatchObject({ code: 0 })
  })

  it('writes lists for all users of a shop, as each would get one', async () => {
    const recommend = ['recommend', scene.path('shop-model'), '--k', '3', '--category', 'light']
    const file = scene.path('lists.parquet')
    const many = [
      ...recommend,
      '--users',
      scene.path('shop'),
      '--out',
      file,
      '--exclude',
      'i1,i3',
      '--shard-rows',
      '16',
    ]
    const { code, stdout } = await scene.run([...many, '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 40, shards: 3, poisoned: 0 })
    const lists = await listsIn(file)
    expect(lists.map(({ user }) => user)).toEqual(Array.from({ length: 40 }, (_, user) => `u${user}`))
    const history = rowsOfShop
      .filter(([user]) => user === 'u7')
      .map(([, item]) => JSON.stringify(item).replaceAll('\\"', '""'))
    const one = await scene.run([...recommend, '--exclude', 'i1,i3', '--history', history.join(','), '--json'])
    const { recommendations } = JSON.parse(one.stdout) as { recommendations: { item: string }[] }
    expect(lists[7]?.items).toEqual(recommendations.map(({ item }) => item))
    expect(lists.flatMap((list) => list.items)).not.toContain('i1')
  })

  it('says once how a table is read, by the name that was given', async () => {
    const orders = relative('.', await scene.write('orders.csv', 'customer;product\nann;i1\nann;i2\nbob;\n'))
    const out = scene.path('orders-lists.csv')
    const { stdout, stderr } = await scene.run(['recommend', scene.path('shop-model'), '--users', orders, '--out', out])
    expect(stdout).toMatch(/^1 row in .*: 1 shard, /)
    expect(stderr.replaceAll(orders, 'orders.csv').trimEnd().split('\n')).toEqual([
      'note: orders.csv: its cells are separated by ";".',
      expect.stringMatching(/^note: orders\.csv: the column "customer" is taken for the user\./),
      expect.stringMatching(/^note: orders\.csv: the column "product" is taken for the item\./),
      'note: orders.csv: 1 row without a user or an item is left out.',
      expect.stringMatching(/^note: orders\.csv: no timestamps: /),
    ])
  })

  it('writes them as CSV and as JSONL', async () => {
    const recommend = ['recommend', scene.path('shop-model'), '--k', '3', '--users', scene.path('shop'), '--out']
    for (const name of ['lists.parquet', 'lists.csv', 'lists.jsonl'])
      expect(await scene.run([...recommend, scene.path(name), '--shard-rows', '16'])).toMatchObject({ code: 0 })
    const lists = await listsIn(scene.path('lists.parquet'))
    const jsonl = (await readFile(scene.path('lists.jsonl'), 'utf8')).trim().split('\n')
    const read = jsonl.map(
      (line) => JSON.parse(line) as { user: string; predicted_recommendations: { item: string }[] },
    )
    expect(
      read.map(({ user, predicted_recommendations: list }) => ({ user, items: list.map(({ item }) => item) })),
    ).toEqual(lists)
    const [header = [], ...rows] = parse(await readFile(scene.path('lists.csv'), 'utf8')) as string[][]
    const cell = (row: readonly string[], name: string): string => row[header.indexOf(name)] as string
    expect(
      rows.map((row) => ({
        user: cell(row, 'user'),
        items: (JSON.parse(cell(row, 'predicted_recommendations')) as { item: string }[]).map(({ item }) => item),
      })),
    ).toEqual(lists)
    expect(await scene.names()).not.toContain('lists.csv.run')
  })

  it('answers who has no history, whose items left the catalog, and who says more; leaves out what is not in stock', async () => {
    const users = [
      { user: 'new', history: [] },
      { user: 'old', history: ['gone', 'i4'] },
      { user: 'choosy', history: ['i4'], exclude: ['i0'], k: 2 },
      { user: 'odd', history: ['i4'], k: 'many' },
    ]
    const jsonl = await scene.write('users.jsonl', users.map((user) => `${JSON.stringify(user)}\n`).join(''))
    const stock = await scene.write('stock.csv', `item,pieces\ni0,1\ni2,3\ni6,2\ni8,0\n`)
    const file = scene.path('some-lists.parquet')
    const recommend = ['recommend', scene.path('shop-model'), '--users', jsonl, '--out', file, '--stock', stock]
    const { code, stdout } = await scene.run([...recommend, '--stock-column', 'pieces'])
    expect(code).toBe(2)
    expect(stdout).toContain('1 row could not be read')
    const lists = await listsIn(file)
    expect(lists.map(({ user, items }) => [user, items.toSorted()])).toEqual([
      ['new', ['i0', 'i2', 'i6']],
      ['old', ['i0', 'i2', 'i6']],
      ['choosy', ['i2', 'i6']],
      ['odd', []],
    ])
    expect((await tableAt(file))[1]?.['predicted_unknown']).toBe('["gone"]')
  })

  it('asks where the lists go', async () => {
    const { code, stderr } = await scene.run(['recommend', scene.path('shop-model'), '--users', scene.path('shop')])
    expect(code).toBe(2)
    expect(stderr).toContain('option --out: expected a file that ends in .parquet, .csv or .jsonl, or a folder')
  })
})
