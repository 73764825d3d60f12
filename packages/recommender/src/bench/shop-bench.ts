import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import {
  HeadstartError,
  type Bench,
  type BenchExample,
  type BenchMaker,
  type Brought,
  type Move,
} from '@headstart/core'
import {
  ContentIds,
  DataError,
  type FileRow,
  makeFolder,
  OptionError,
  RowFile,
  tableColumns,
  writeFileAtomically,
} from '@headstart/core/kit'
import type { Run } from '@headstart/core'
import { recommenderLearners } from '../learners/recommender-learners.js'
import type { ShopData } from '../methods/shop-data.js'
import type { RecommendQuery } from '../model/recommend-query.js'
import type { Item } from '../shop/catalog.js'
import { readItems } from '../shop/read-items.js'
import { readShop } from '../shop/read-shop.js'
import { ColumnFinder, isUsualName } from '../shop/shop-columns.js'

const names = { data: 'data', interactions: 'interactions.csv', items: 'items.csv', removed: 'removed.csv' }
const columns = { interactions: ['user', 'item', 'timestamp'], items: ['item', 'title', 'category', 'price'] }
/** Learned where nobody chooses: it needs the fewest users. */
const usual = 'ease-text'

/**
 * A shop as cards to choose from: its items, and who took what.
 * @param read The data of a folder, as the task reads them.
 */
export function shopBench(read: (path: string, run: Run) => Promise<ShopData>): BenchMaker<ShopData, RecommendQuery> {
  const [brings, description] = ['card' as const, 'recommendations of a shop']
  return {
    brings,
    description,
    program: [
      "import { loadRecommender } from '@headstart/recommender'",
      "const model = await loadRecommender('./model')",
      "console.log(await model.recommend(['an id', 'another']))",
    ],
    async find(folder) {
      const places = ['', ...(await foldersIn(folder))]
      const found = await Promise.all(
        places.map(async (name) => ((await holdsShop(join(folder, name))) ? [name || '.'] : [])),
      )
      return found.flat()
    },
    async fit(folder, files) {
      const found = await Promise.all(files.map((name) => tableFit(join(folder, name))))
      // Items that nobody took are no shop yet.
      const areTaken = found.some(({ isTaken }) => isTaken)
      return found.map(({ fit }) => (areTaken ? fit : fit / 2))
    },
    async create(folder, data = names.data) {
      const to = join(folder, names.data)
      await makeFolder(to)
      if (data !== names.data)
        for (const name of await filesIn(join(folder, data))) await copyFile(join(folder, data, name), join(to, name))
      const there = await filesIn(to)
      if (!(await holdsShop(to))) await new RowFile(join(to, names.interactions), columns.interactions).write([])
      if (!there.some((name) => name.startsWith('items.')) && !(await holdsShop(to, 1)))
        await new RowFile(join(to, names.items), columns.items).write([])
    },
    open: (folder) => openShop(folder, read),
  }

  function openShop(
    folder: string,
    read: (path: string, run: Run) => Promise<ShopData>,
  ): Bench<ShopData, RecommendQuery> {
    const data = join(folder, names.data)
    const interactions = new RowFile(join(data, names.interactions), columns.interactions.slice(0, 2))
    const removed = new RowFile(join(folder, names.removed), columns.interactions)
    let last: { readonly key: string; readonly examples: readonly BenchExample[]; readonly users: number } | undefined

    /** Of the files, by their sizes and times. */
    async function fingerprint(): Promise<string> {
      const files = await filesIn(data)
      return (await Promise.all(files.map(async (name) => `${name} ${await statOf(join(data, name))}`))).join('\n')
    }
    async function current(): Promise<NonNullable<typeof last>> {
      const key = await fingerprint()
      if (last?.key !== key) {
        const { items, users } = await shopIn(data)
        last = { key, examples: items.map(cardOf), users }
      }
      return last
    }
    const list = async (): Promise<readonly BenchExample[]> => (await current()).examples
    /** Rows that somebody took, with their ids. */
    const taken = async (): Promise<{ id: string; row: FileRow }[]> => {
      const ids = new ContentIds()
      const withIds = (rows: readonly FileRow[]) =>
        rows.map((row) => ({ id: ids.of([row['user'], row['item'], row['timestamp']].join('\n')), row }))
      return [...withIds(await interactions.rows()), ...withIds(await removed.rows())]
    }

    return {
      brings,
      description,
      labels: false,
      methods: methods as never,
      files: { data: names.data },
      list,
      fingerprint,
      async add(brought) {
        const refused: { name: string; message: string }[] = []
        const added: Move[] = []
        let doubles = 0
        for (const one of brought) {
          try {
            const outcome = await addTable(data, one)
            added.push(...outcome.added.map((id) => ({ id, to: { label: null } })))
            doubles += outcome.doubles
          } catch (error) {
            if (!(error instanceof HeadstartError)) throw error
            refused.push({ name: 'name' in one ? one.name : one.text.slice(0, 80), message: error.message })
          }
        }
        return { added, doubles, refused }
      },
      async move(moves) {
        const to = new Map(moves.map((move) => [move.id, move.to]))
        const all = await taken()
        const [now, gone] = [await interactions.rows(), await removed.rows()]
        const nowSet = new Set(now)
        const goes = (id: string, row: FileRow): boolean => (to.has(id) ? to.get(id) !== null : nowSet.has(row))
        const next = all.filter(({ id, row }) => goes(id, row)).map(({ row }) => row)
        const away = all.filter(({ id, row }) => !goes(id, row)).map(({ row }) => row)
        // Where rows come to is written first: killed in between, they are there twice and not gone.
        const writes = [
          async () => (next.length === now.length ? undefined : interactions.write(next)),
          async () => (away.length === gone.length ? undefined : removed.write(away)),
        ]
        for (const write of next.length > now.length ? writes : writes.toReversed()) await write()
        const known = new Set(all.map(({ id }) => id))
        return moves.filter(({ id }) => !known.has(id)).map(({ id }) => id)
      },
      async record(user, items) {
        const known = new Set((await list()).map(({ id }) => id))
        const unknown = items.find((id) => !known.has(id))
        if (unknown !== undefined)
          throw new OptionError('items', 'ids of items of the shop', unknown, 'Choose from its cards.')
        const before = await interactions.rows()
        // One second each, so that their order stays.
        const rows = items.map((item, place) => ({
          user,
          item,
          timestamp: new Date(Date.now() + 1000 * place).toISOString().replace(/\.\d+Z$/, 'Z'),
        }))
        await interactions.write([...before, ...rows])
        const all = await taken()
        return all.slice(before.length, before.length + rows.length).map(({ id }) => ({ id, to: { label: null } }))
      },
      async users() {
        return (await current()).users
      },
      async query(id) {
        return { history: [id], explain: true }
      },
      async snapshot() {
        const place = await mkdtemp(join(tmpdir(), 'headstart-studio-'))
        const then = await fingerprint()
        for (const name of await filesIn(data)) await copyFile(join(data, name), join(place, name))
        const close = (): Promise<void> => rm(place, { recursive: true, force: true })
        const rows = await interactions.rows().catch(() => [])
        return {
          path: place,
          ids: (await list()).map(({ id }) => id),
          fingerprint: then,
          counts: {
            items: (await list()).length,
            events: rows.length,
            users: new Set(rows.map((row) => row['user'])).size,
          },
          read: (run) => read(place, run),
          split: async (whole) => ({ train: { ...whole, heldOut: true }, whole, test: whole, questions: [] }),
          close,
        }
      },
    }
  }
}

const methods = recommenderLearners
  .map(({ name, description, takes }) => ({ name, description, takes }))
  .toSorted((a, b) => Number(b.name === usual) - Number(a.name === usual))

function cardOf({ id, title, category, price, texts = [] }: Item): BenchExample {
  const text = texts.filter((one) => one !== category).join(' ')
  const details = {
    ...(category !== undefined && { category }),
    ...(price !== undefined && { price: String(price) }),
    ...(text !== '' && { text }),
  }
  return { id, label: null, shown: { type: 'card', title: title ?? id, details } }
}

/** The items of a shop, none of one that is still empty, and how many users took some. */
async function shopIn(data: string): Promise<{ readonly items: readonly Item[]; readonly users: number }> {
  const items = new RowFile(join(data, names.items), ['item'])
  const isOurs = (await items.rows().catch(() => undefined))?.length === 0
  const taken = await new RowFile(join(data, names.interactions), ['user', 'item']).rows().catch(() => undefined)
  if (isOurs && taken?.length === 0) return { items: [], users: 0 }
  if (taken?.length === 0) return { items: await readItems(join(data, names.items), {}, () => {}), users: 0 }
  const { catalog, interactions } = await readShop(data)
  return { items: catalog.items, users: interactions.users.length }
}

/** Rows of a table that somebody brings, beside those that are there. */
async function addTable(data: string, one: Brought): Promise<{ added: string[]; doubles: number }> {
  if (!('bytes' in one)) throw new OptionError('example', 'a table of items or interactions', 'a text', 'Drop a file.')
  const place = await mkdtemp(join(tmpdir(), 'headstart-studio-'))
  try {
    const name = basename(one.name)
    const path = join(place, name)
    await writeFile(path, one.bytes)
    const table = new RowFile(path, [])
    const rows = await table.rows().catch((error: Error) => {
      throw new DataError(one.name, 'a table of comma-separated values', error.message, 'Save it as CSV in UTF-8.')
    })
    const [first] = rows
    if (!first) throw new DataError(one.name, 'rows', 'none', 'Add some.')
    const finder = new ColumnFinder(one.name, Object.keys(first), {}, () => {})
    const isTaken = finder.find('user') !== undefined
    const to = new RowFile(
      join(data, isTaken ? names.interactions : names.items),
      isTaken ? ['user', 'item'] : ['item'],
    )
    const before = await to.rows()
    const item = finder.need('item')
    if (before.length === 0 && (!isTaken || item === 'item')) {
      // As it is, with all its columns.
      if (!isTaken) await readItems(path, {}, () => {})
      await writeFileAtomically(to.path, one.bytes)
      return { added: rows.map((row) => row[item] ?? ''), doubles: 0 }
    }
    const user = isTaken ? finder.need('user') : ''
    const rename = (row: FileRow): FileRow => ({
      ...row,
      item: row[item] ?? '',
      ...(isTaken && { user: row[user] ?? '' }),
    })
    const keyOf = (row: FileRow): string => (isTaken ? JSON.stringify(row) : (row['item'] ?? ''))
    const known = new Set(before.map(keyOf))
    const fresh = rows.map(rename).filter((row) => !known.has(keyOf(row)))
    await to.write([...before, ...fresh])
    return { added: fresh.map((row) => row['item'] ?? ''), doubles: rows.length - fresh.length }
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

/** How much of a table is of use: as who took what, or as items of which more is known than their ids. */
async function tableFit(path: string): Promise<{ fit: number; isTaken: boolean }> {
  const columns = await tableColumns(path)
  const finder = new ColumnFinder(path, columns, {}, () => {})
  const has = (role: Parameters<ColumnFinder['find']>[0]): boolean => finder.find(role) !== undefined
  const isTaken = has('user') && has('item')
  const isItems = has('item') && (has('title') || has('price'))
  return { fit: isTaken || isItems ? columns.filter(isUsualName).length / columns.length : 0, isTaken }
}

const tables = [
  /^(interactions|ratings|events|transactions|transactions_train|purchases|clicks)\.\w+(\.gz)?$/,
  /^(items|movies|articles|products|books|catalog)\.\w+(\.gz)?$/,
] as const

/** @param which 0: the table of interactions; 1: that of items. */
async function holdsShop(folder: string, which: 0 | 1 = 0): Promise<boolean> {
  return (await filesIn(folder)).some((name) => tables[which].test(name))
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name)
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
}

async function statOf(path: string): Promise<string> {
  const { size, mtimeMs, ino } = await stat(path)
  return `${size} ${mtimeMs} ${ino}`
}
