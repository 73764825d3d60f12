import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
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
  it('keeps ids exactly: leading zeros, commas, quotes and emoji', async () => {
    const ids = ['007', '7', 'a,b', 'say "hi"', '🎁', 'x y']
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

  it.each<[string, string, string]>([
    [
      'Shopify',
      'orders_export.csv',
      'Name,Email,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku\n' +
        '#1,ann@example.com,9.80,2024-03-06 10:10:00 +0100,1,Red lamp,4.90,L1\n#1,ann@example.com,,2024-03-06 10:10:00 +0100,2,Blue mug,2.45,M1\n',
    ],
    [
      'WooCommerce',
      'orders.csv',
      'Order ID,Order Date,Customer Email,Product Name,SKU,Quantity,Price\n' +
        '1,2024-03-06 09:10:00,ann@example.com,Red lamp,L1,1,4.90\n1,2024-03-06 09:10:00,ann@example.com,Blue mug,M1,2,2.45\n',
    ],
    [
      'a German spreadsheet',
      'Bestellungen.csv',
      '\ufeffBestellnummer;Datum;Kunde;Artikelnr.;Bezeichnung;Menge;Preis\n' +
        '1;06.03.2024;ann@example.com;L1;Red lamp;1;4,90\n1;06.03.2024;ann@example.com;M1;Blue mug;2;2,45\n',
    ],
  ])('takes the orders that %s exports as they are, one file alone', async (_, name, orders) => {
    const notices: string[] = []
    const path = join(await folderOf({ [name]: orders, 'other.csv': 'a\n' }), name)
    const { catalog, interactions } = await readShop(path, { onNotice: (message) => notices.push(message) })
    expect(catalog.items).toMatchObject([
      { id: 'L1', title: 'Red lamp', price: 4.9 },
      { id: 'M1', title: 'Blue mug', price: 2.45 },
    ])
    expect(interactions).toMatchObject({ users: ['ann@example.com'], clock: 'time', valueKind: 'quantity' })
    expect(notices.at(-1)).toMatch(/no table of items: what is known of them stands beside the interactions\.$/)
  })

  it('takes the only table of a folder for the interactions, whatever its name', async () => {
    const { shop, notices } = await read({ 'Export 2024.CSV': 'user,item\nu,a\n', 'readme.md': 'x' })
    expect(shop.interactions.users).toEqual(['u'])
    expect(notices[0]).toBe('shop: Export 2024.CSV is taken for the interactions.')
  })

  it('does not take the name of a customer for that of an item', async () => {
    const { shop } = await read({ 'interactions.csv': 'user,name,item\nu1,Ann,a\n' })
    expect(shop.catalog.items).toEqual([{ id: 'a' }])
  })

  it('takes spaces around ids and ".0" at their end off, and says so', async () => {
    const { shop, notices } = await read({
      'items.csv': 'item,title\n3,Lamp\n007 ,Mug\n',
      'interactions.csv': 'user,item\n1.0,3.0\n1, 007\n',
    })
    expect(shop.catalog.items.map(({ id }) => id)).toEqual(['3', '007'])
    expect(shop.interactions).toMatchObject({ users: ['1'], item: Int32Array.of(0, 1) })
    expect(notices).toEqual([
      'items.csv: spaces around 1 ids are taken off.',
      'interactions.csv: users: ".0" at the end of 1 ids is taken off: 3.0 is read as 3.',
      'interactions.csv: spaces around 1 ids are taken off.',
      'interactions.csv: ".0" at the end of 1 ids is taken off: 3.0 is read as 3.',
      'interactions.csv: no timestamps: the order of the file is taken for the order in which things happened.',
    ])
  })

  it.each<[string, Readonly<Record<string, string | Uint8Array>>, string]>([
    [
      'no header, and :: between cells',
      { 'ratings.dat': '0::3::5::1605463276\n0::6::2::1605704070\n', 'movies.dat': '3::Lamp: red::a|b\n6::Mug::b\n' },
      'ratings.dat: no header: its columns are taken for user, item, rating, timestamp. If that is wrong, give it a header.',
    ],
    [
      'no header, in CSV',
      { 'interactions.csv': '0,3,2020-11-15,5\n0,6,2020-11-18,2\n', 'items.csv': '3,Lamp: red,a|b\n6,Mug,b\n' },
      'items.csv: no header: its columns are taken for item, title, category. If that is wrong, give it a header.',
    ],
    [
      'gzip',
      {
        'interactions.csv.gz': gzipSync('user,item,timestamp,rating\n0,3,11/15/2020,5\n0,6,11/18/2020 1:00 PM,2\n'),
        'items.jsonl.gz': gzipSync(
          '{"item":3,"title":"Lamp: red","category":["a","b"]}\n{"item":6,"title":"Mug","category":"b"}',
        ),
      },
      'interactions.csv.gz: timestamps in month/day/year.',
    ],
    [
      'UTF-16 by its mark',
      {
        'interactions.csv': Buffer.from(
          '\uFEFFuser,item,timestamp,rating\n0,3,11/15/2020,5\n0,6,11/18/2020,2\n',
          'utf16le',
        ),
        'items.csv': 'item,title,category\n3,Lamp: red,a|b\n6,Mug,b\n',
      },
      'interactions.csv: timestamps in month/day/year.',
    ],
    [
      'windows-1252, in CSV as usual',
      {
        'interactions.csv': 'user,item,timestamp,rating\n0,3,11/15/2020,5\n0,6,11/18/2020,2\n',
        'items.csv': Buffer.from('item,title,category,maker\n3,Lamp: red,a|b,Müller\n6,Mug,b,Köhler\n', 'latin1'),
      },
      'items.csv: it is no UTF-8, and read as windows-1252.',
    ],
    [
      'semicolons, and a comma in numbers',
      {
        'interactions.csv': 'user;item;date;rating\n0;3;15.11.2020;"5,0"\n0;6;2020-11-18 UTC;2,5\n',
        'items.tsv': 'item\ttitle\tcategory\n3\tLamp: red\ta|b\n6\tMug\tb\n',
      },
      'interactions.csv: its cells are separated by ";".',
    ],
    [
      'H&M',
      {
        'transactions_train.csv':
          't_dat,customer_id,article_id,price,rating\n2020-11-15,0,3,0.1,5\n2020-11-18,0,6,0.1,2\n',
        'articles.csv': 'article_id,prod_name,product_type_name\n3,Lamp: red,a|b\n6,Mug,b\n',
      },
      'articles.csv: the column "prod_name" is taken for the title. If that is wrong, name it with the option columns.title (on the command line: --column title=NAME).',
    ],
  ])('reads tables as they come: %s', async (_, files, said) => {
    const { shop, notices } = await read(files)
    expect(shop.catalog.items).toMatchObject([
      { id: '3', title: 'Lamp: red', category: 'a|b' },
      { id: '6', title: 'Mug', category: 'b' },
    ])
    expect(shop.interactions).toMatchObject({ users: ['0'], item: Int32Array.of(0, 1), clock: 'time', bestRating: 5 })
    expect(shop.interactions.time[0] as number).toBeLessThan(shop.interactions.time[1] as number)
    expect(new Date((shop.interactions.time[0] as number) * 1000).toISOString()).toMatch(/^2020-11-15/)
    expect(notices).toContain(said)
  })

  it.each([
    ['2020-11-15 10:20:30 UTC', '15/11/2020 10:20:30', 1605435630],
    ['1605435630000000', '11/15/2020 10:20:30 AM', 1605435630],
    ['2020-11-15T12:20:30.5+02:00', '15.11.2020 10:20:30.5', 1605435630.5],
    ['15-Nov-2020 10:20:30', '15.11.20 10:20:30', 1605435630],
    ['11/15/20 10:20:30 AM', '15. November 2020 10:20:30', 1605435630],
    ['15-11-2020 10:20:30', '15 Nov. 2020 10:20:30', 1605435630],
    ['1. März 1971', '1-Mar-71', 36633600],
  ])('reads %s and %s as one time', async (one, other, time) => {
    const { shop } = await read(interactions(`u,a,${one}\nu,b,${other}`))
    expect([...shop.interactions.time]).toEqual([time, time])
  })

  it.each(['30-Feb-2020', '15-Nox-2020', '15.13.20'])('refuses %s, which is no date', async (date) => {
    await expect(read(interactions(`u,a,${date}`))).rejects.toThrow(/expected a timestamp/)
  })

  it('takes the ratings of a spreadsheet in German for ratings', async () => {
    const { shop } = await read(interactions('K1;a;5;01.02.2024\nK2;b;1;02.02.2024', 'Kunde;Artikel;Bewertung;Datum'))
    expect([...(shop.interactions.value ?? [])]).toEqual([5, 1])
    expect(shop.interactions.bestRating).toBe(5)
  })

  it('reads dates of slashes in the one order that fits all of them', async () => {
    const days = async (rows: string) =>
      [...(await read(interactions(rows))).shop.interactions.time].map((time) => new Date(time * 1000).getUTCDate())
    expect(await days('u,a,03/04/2020\nu,b,13/04/2020')).toEqual([3, 13])
    expect(await days('u,a,03/04/2020\nu,b,04/13/2020')).toEqual([4, 13])
    await expect(days('u,a,13/04/2020\nu,b,04/13/2020')).rejects.toThrow(
      'expected dates in one order, got a month first on line 3, a day first on line 2. Write them as 2020-11-15.',
    )
    const { notices } = await read(interactions('u,a,03/04/2020'))
    expect(notices.join()).toContain('are read with the month first: no date tells')
  })

  it('weighs events, and takes those above 0', async () => {
    const { shop, notices } = await read(
      {
        ...interactions(
          '1,u,view,a,\n2,u,addtocart,b,\n3,u,transaction,c,9\n4,v,dislike,a,',
          'timestamp,visitorid,event,itemid,transactionid',
        ),
      },
      { weights: { view: 2 } },
    )
    expect([...(shop.interactions.value ?? [])]).toEqual([2, 3, 5, -1])
    expect(positives(shop.interactions, 3)).toHaveLength(1)
    expect([...positives(shop.interactions, 3, { threshold: 3 }).items]).toEqual([1, 2])
    expect(notices.join()).toContain(
      'view weighs 2 (1 row), addtocart weighs 3 (1 row), transaction weighs 5 (1 row), dislike weighs -1',
    )
  })

  it('says which items that are to be left out there are not', async () => {
    const { notices } = await read(interactions('u,apple,1\nu,banana,2'), { exclude: ['aple', 'banana'] })
    expect(notices).toContain('shop: there is no item "aple" (the nearest one is "apple") to be left out.')
  })

  it('leaves excluded items out', async () => {
    const { shop, notices } = await read(interactions('u,a,1\nu,b,2'), { exclude: ['b'] })
    expect(shop.catalog.items.map(({ id }) => id)).toEqual(['a', 'c'])
    expect([...shop.interactions.item]).toEqual([0])
    expect(notices).toContain('interactions.csv: 1 row with excluded items is left out.')
  })

  it('takes ratings by their range', async () => {
    const meaning = async (values: readonly (string | number)[]) => {
      const { shop, notices } = await read(
        interactions(values.map((value, row) => `u${row},a,${value}`).join('\n'), 'user,item,rating'),
      )
      const users = [...positives(shop.interactions, 3).users].map((user) => values[user])
      return { users, said: notices.filter((notice) => notice.includes('ratings')).map((notice) => notice.slice(18)) }
    }
    expect(await meaning([0.2, 0.85, 1, 0.5])).toEqual({
      users: [0.85, 1],
      said: ['ratings go up to 1: from 0.8 on they count as liked.', '1 ratings up to 0.2 are dislikes.'],
    })
    expect(await meaning([1, 2, 3])).toEqual({
      users: [3],
      said: ['ratings go up to 3: from 2.4 on they count as liked.', '1 ratings up to 1 are dislikes.'],
    })
    expect(await meaning([1, 5, 6, 7, 5.6])).toMatchObject({ users: [6, 7, 5.6] })
    expect(await meaning([-1, 1, 0])).toEqual({ users: [1], said: ['1 ratings below 0 are dislikes.'] })
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
      'items.csv: the column "ProductId" is taken for the item. If that is wrong, name it with the option columns.item (on the command line: --column item=NAME).',
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
    expect(notices).toContain('items.csv: 1 item of the interactions is not in it, and without texts.')
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
      'items.csv: 1 row without an item is left out.',
      'items.csv: 1 row repeats an item that stands further up; the first one counts.',
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
    expect(notices).toContain('interactions.csv: 1 row without a timestamp is left out.')
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
      said: say('1 row with a negative quantity is a return, and counts for nothing.'),
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
      /expected a column "user", got the columns "a", "item"\. Rename the column of the user, or name it with the option columns\.user/,
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

it('who stops at a bad row ends nothing but its own reading', async () => {
  const rows = Array.from({ length: 60 }, (_, row) => `u${row % 9},i${row % 7}${row === 22 ? '' : `,${1.6e9 + row}`}\n`)
  const folder = await folderOf({
    'items.csv': 'item,title\ni1,one\ni2,two\n',
    'interactions.csv': `user,item,timestamp\n${rows.join('')}`,
  })
  await expect(readShop(folder)).rejects.toThrow('interactions.csv:24: expected 3 cells')
  // An error that nobody is told would end the process now; the test runner says it.
  await new Promise((resolve) => setTimeout(resolve, 20))
})
