import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { folderOf } from '../../test/temporary-folder.js'
import { categoriesOf } from './catalog.js'
import { positives } from './histories.js'
import { readShop, type ReadShopOptions } from './read-shop.js'

const items = 'item,title\na,Red lamp\nb,Blue mug\nc,Green mug\n'

async function read(files: Readonly<Record<string, string | Uint8Array>>, options: ReadShopOptions = {}) {
  const folder = await folderOf(files)
  const notices: string[] = []
  const shop = await readShop(folder, {
    ...options,
    onNotice: (message) => notices.push(message.replace(`${folder}/`, '').replace(folder, 'shop')),
  })
  return { shop, notices }
}
const interactions = (rows: string, header = 'user,item,timestamp') => ({
  'items.csv': items,
  'interactions.csv': `${header}\n${rows}\n`,
})

describe('readShop', () => {
  it('keeps ids exactly: leading zeros, commas, quotes, spaces and emoji', async () => {
    const ids = ['007', '7', 'a,b', 'say "hi"', '🎁', ' x ']
    const quoted = ids.map((id) => `"${id.replaceAll('"', '""')}"`)
    const { shop } = await read({
      'items.csv': `item,title\n${quoted.map((id) => `${id},Thing`).join('\n')}\n`,
      'interactions.csv': `user,item,timestamp\n${quoted.map((id) => `${id},${id},1`).join('\n')}\n`,
    })
    expect(shop.catalog.items.map(({ id }) => id)).toEqual(ids)
    expect(shop.interactions.users).toEqual(ids)
    expect([...shop.interactions.item]).toEqual([0, 1, 2, 3, 4, 5])
    expect(ids.map((id) => shop.catalog.numberOf(id))).toEqual([0, 1, 2, 3, 4, 5])
    expect(shop.catalog.numberOf('8')).toBeUndefined()
  })

  it('takes titles, other texts, prices and categories of items', async () => {
    const { shop, notices } = await read({
      'items.csv': 'ProductId,Name,Description,Unit Price,category,weight\na,Lamp,"Red, large",9.50,lamps,12\nb,,,,,\n',
      'interactions.csv': 'user,item\nu,a\n',
    })
    expect(shop.catalog.items).toEqual([
      { id: 'a', title: 'Lamp', texts: ['Red, large', 'lamps'], price: 9.5, category: 'lamps' },
      { id: 'b', title: undefined, texts: [], price: undefined, category: undefined },
    ])
    expect(shop.catalog.texts()).toEqual(['Lamp Red, large lamps', ''])
    expect(notices).toContain(
      'items.csv: the column "ProductId" is taken for the item. If that is wrong, name it in columns.item (--column item=NAME).',
    )
    expect(notices).toContain('items.csv: 1 of 2 items have no title: what their text says is not used.')
  })

  it('says nothing of titles where other texts are used, and takes several categories of a cell', async () => {
    const { shop, notices } = await read({
      'items.csv': `item,genres,about\na,Comedy|Drama,x y\nb,"['Drama', ""Sci-Fi, new""]",z\nc,Drama; War,z\n`,
      'interactions.csv': 'user,item\nu,a\n',
    })
    expect(shop.catalog.items.map((item) => categoriesOf(item).slice(-2))).toEqual([
      ['Comedy', 'Drama'],
      ['Drama', 'Sci-Fi, new'],
      ['Drama', 'War'],
    ])
    expect(notices.filter((notice) => notice.includes('title'))).toEqual([])
  })

  it('gives items that the table of items does not hold a place at its end, and says so', async () => {
    const { shop, notices } = await read(interactions('u,a,1\nu,zz,2'))
    expect(shop.catalog.items.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'zz'])
    expect(notices).toContain('items.csv: 1 items of the interactions are not in it; they have no texts.')
  })

  it('does without a table of items, and says so', async () => {
    const { shop, notices } = await read({ 'interactions.csv': 'user,item,timestamp\nu,a,1\n' })
    expect(shop.catalog.size).toBe(1)
    expect(notices).toContain('shop: no table of items, so that nothing is known of them but their ids.')
  })

  it('counts the first of two rows of one item, and leaves rows without ids out', async () => {
    const { shop, notices } = await read({
      'items.csv': 'item,title\na,First\na,Second\n,None\n',
      'interactions.csv': 'user,item\nu,a\n,a\nu,\n',
    })
    expect(shop.catalog.items.map(({ title }) => title)).toEqual(['First'])
    expect(shop.interactions.user).toHaveLength(1)
    expect(notices).toEqual([
      'items.csv: 1 rows without an item are left out.',
      'items.csv: 1 rows repeat an item that stands further up; the first one counts.',
      'interactions.csv: 2 rows without a user or an item are left out.',
      'interactions.csv: no timestamps: the order of the file is taken for the order in which things happened.',
    ])
  })

  it.each([
    ['user,item,timestamp', 'u,a,2023-05-01T10:00:00Z\nu,b,1682935201'],
    ['user,item,date', 'u,a,2023-05-01 10:00\nu,b,1682935201000'],
    ['customer_id,sku,time', 'u,a,1682935200000\nu,b,2023-05-01T12:00:01+02:00'],
  ])('brings times in several writings into seconds, and says so: %s', async (header, rows) => {
    const { shop, notices } = await read(interactions(rows, header))
    expect(shop.interactions.clock).toBe('time')
    expect([...shop.interactions.time]).toEqual([1682935200, 1682935201])
    expect(notices.filter((notice) => notice.includes('in several writings, brought into one: '))).toHaveLength(1)
  })

  it('says in which writing times are', async () => {
    expect((await read(interactions('u,a,2023-05-01'))).notices).toContain('interactions.csv: timestamps in ISO 8601.')
    const { shop, notices } = await read(interactions('u,a,3\nu,b,4'))
    expect(shop.interactions.clock).toBe('order')
    expect(notices).toContain(
      'interactions.csv: timestamps are running numbers: they order the interactions, and say nothing of days.',
    )
  })

  it('takes the order of the file where it has no times', async () => {
    const { shop } = await read(interactions('u,b,\nu,a,'))
    expect(shop.interactions.clock).toBe('order')
    expect([...positives(shop.interactions, 3).at(0).items]).toEqual([1, 0])
  })

  it('warns of a file without times that is sorted by item', async () => {
    const { notices } = await read(interactions('u,a\nv,a\nu,b\nv,b', 'user,item'))
    expect(notices.at(-1)).toBe(
      'interactions.csv: the file is sorted by item, so that its order says nothing of what a user did last. Add timestamps.',
    )
  })

  it('leaves rows without a time out where others have one', async () => {
    const { shop, notices } = await read(interactions('u,a,1682935200\nu,b,'))
    expect([...shop.interactions.item]).toEqual([0])
    expect(notices).toContain('interactions.csv: 1 rows without a timestamp are left out.')
  })

  it('detects what ratings go up to, and quantities', async () => {
    const liked = async (header: string, values: readonly string[]) => {
      const { shop, notices } = await read(
        interactions(values.map((value, row) => `u${row},a,${value}`).join('\n'), `user,item,${header}`),
      )
      const users = [...positives(shop.interactions, 3).users].map((user) => values[user])
      return { users, kind: shop.interactions.valueKind, said: notices.filter((notice) => /count/.test(notice)) }
    }
    const say = (text: string) => [`interactions.csv: ${text}`]
    expect(await liked('rating', ['5', '3.5', '4', '0.5'])).toEqual({
      users: ['5', '4'],
      kind: 'rating',
      said: say('ratings go up to 5: from 4 on they count as liked.'),
    })
    expect(await liked('rating', ['10', '7', '8', ''])).toEqual({
      users: ['10', '8', ''],
      kind: 'rating',
      said: say('ratings go up to 10: from 8 on they count as liked.'),
    })
    expect(await liked('rating', ['1', '0', ''])).toEqual({ users: ['1', ''], kind: 'rating', said: [] })
    expect(await liked('quantity', ['12', '-2', '0'])).toEqual({
      users: ['12'],
      kind: 'quantity',
      said: say('1 rows with a negative quantity are returns, and count for nothing.'),
    })
    expect((await liked('rating', ['', ''])).kind).toBe('none')
  })

  it('reads Parquet, TSV and JSONL alike', async () => {
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'user', data: ['u', 'u', 'v'], type: 'STRING' },
        { name: 'item', data: [1n, 2n, 1n], type: 'INT64' },
        {
          name: 'timestamp',
          data: [new Date(1682935200000), new Date(1682935201000), new Date(1682935202000)],
          type: 'TIMESTAMP',
        },
        { name: 'rating', data: [4.5, 2, 5], type: 'DOUBLE' },
      ],
    })
    const { shop } = await read({
      'interactions.parquet': new Uint8Array(parquet),
      'items.jsonl': '{"item": 1, "title": "One"}\n{"item": 2}\n',
    })
    expect(shop.interactions).toMatchObject({ users: ['u', 'v'], clock: 'time', valueKind: 'rating', bestRating: 5 })
    expect([...shop.interactions.time]).toEqual([1682935200, 1682935201, 1682935202])
    expect([...shop.interactions.item]).toEqual([0, 1, 0])
    expect((await read({ 'interactions.tsv': 'user\titem\nu\ta, "b"\n' })).shop.catalog.items).toEqual([
      { id: 'a, "b"' },
    ])
  })

  it('reads one user and one item', async () => {
    const { shop } = await read({ 'interactions.csv': 'user,item\nu,a\n' })
    expect(positives(shop.interactions, 1)).toHaveLength(1)
  })

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'no interactions',
      { 'items.csv': items },
      /shop: expected a file interactions \(.csv, .*\), got items\.csv\. Add it/,
    ],
    ['an empty folder', {}, /got an empty folder/],
    ['a header alone', { 'interactions.csv': 'user,item\n' }, /expected rows with user and item, got none/],
    [
      'no user',
      { 'interactions.csv': 'a,item\n1,2\n' },
      /expected a column "user", got the columns "a", "item"\. Rename the column of the user, or name it in columns\.user/,
    ],
    [
      'times and running numbers',
      interactions('u,a,1682935200\nu,b,3'),
      /expected timestamps of one kind, got seconds \(1\), running numbers \(1\)/,
    ],
    [
      'a time that is none',
      interactions('u,a,1682935200\nu,b,yesterday'),
      /interactions\.csv:3: expected a timestamp .*, got "yesterday"/,
    ],
    ['a date that does not exist', interactions('u,a,2023-13-41'), /interactions\.csv:2: expected a timestamp/],
    [
      'a rating that is none',
      interactions('u,a,good', 'user,item,rating'),
      /interactions\.csv:2: expected a number in "rating", got "good"/,
    ],
    [
      'a damaged Parquet file',
      { 'interactions.parquet': 'PAR1 no' },
      /interactions\.parquet: expected a Parquet file, got/,
    ],
  ])('says what is wrong: %s', async (_, files, message) => {
    await expect(read(files)).rejects.toThrow(message)
    await expect(read(files)).rejects.toMatchObject({ name: 'DataError', fault: 'input' })
  })

  it('says which column or folder does not exist', async () => {
    await expect(read(interactions('u,a,1'), { columns: { user: 'who' } })).rejects.toThrow(
      'expected a column "who", got the columns "user", "item", "timestamp". Check the name.',
    )
    await expect(readShop(join('no', 'shop'))).rejects.toMatchObject({ name: 'FileError' })
  })
})
