import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { DataError, FileError, toFileError } from '@headstart/core/kit'
import type { RunOptions } from '@headstart/core'
import { sha256 } from '@headstart/core/load'
import type { Plan, Shard } from '../contract/plan.js'
import type { Work } from '../contract/work.js'
import { listName } from '../folder/run-folder.js'
import { fileSource } from '../sources/file-source.js'
import { objectsUnder } from '../sources/http-source.js'
import { isRemote, openSource } from '../sources/open-source.js'
import type { Source } from '../sources/source.js'
import { withTemporaryFolder } from '../sources/temporary-folder.js'
import { type Named, writeListed } from './listed.js'
import { cutAtRows, type RowEnds } from './row-ends.js'
import { tableForm } from './table-form.js'

/** Rows of a shard where nobody says: of a table, and where they are files, each of which takes longer than a row. */
export const usualRows = { table: 4096, files: 256 }

/** Options of `planRun`. */
export interface PlanOptions extends RunOptions {
  /** Rows of a shard. Default: 4096 of a table, 256 where rows are files. */
  readonly shardRows?: number | undefined
}

/**
 * Cuts the queries that lie in a place into shards. A table is read once, for the ends of its rows and the hashes of its shards; what
 * cannot be read in parts, such as a packed table or a folder of files, is listed in the folder of the run.
 * @param out Folder of the run, which is there.
 * @throws DataError where nothing lies there; FileError where it cannot be read.
 */
export async function planRun(place: string, work: Work, out: string, options: PlanOptions = {}): Promise<Plan> {
  const { signal } = options
  const isFolder = isRemote(place) ? isPrefix(place) : await isFolderAt(place)
  const source = openSource(place)
  const form = isFolder || !work.apart ? undefined : await tableForm(source, work.said.options)
  const { shardRows = usualRows.table } = options
  let kind: Plan['source']['kind'] = 'table'
  let header = form?.header ?? new Uint8Array()
  let shards = form && (await cut(source, form.ends, shardRows, header, signal))
  if (form?.headerIsRow && shards) shards = withHeaderRow(shards, header)
  if (!shards) {
    kind = 'list'
    header = new Uint8Array()
    const list = join(out, listName)
    const areFiles = await writeList(source, work, isFolder, list, options)
    const most = options.shardRows ?? (areFiles ? usualRows.files : usualRows.table)
    shards = (await cut(fileSource(list), 'lines', most, header, signal)) ?? []
  }
  const rows = shards.reduce((sum, one) => sum + one.rows, 0)
  if (rows === 0) throw new DataError(place, 'inputs', 'none', 'Check the file.')
  const content = {
    work: work.said,
    source: {
      name: source.path ?? source.name,
      kind,
      header: header.length,
      headerIsRow: kind === 'table' && (form?.headerIsRow ?? false),
      ending: form?.ending ?? '',
    },
    rows,
    shards,
  }
  const id = sha256(JSON.stringify(content)).slice(0, 16)
  return { format: 'headstart-run', formatVersion: 1, id, ...content }
}

async function isFolderAt(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  return found.isDirectory()
}

async function cut(
  source: Source,
  ends: RowEnds,
  most: number,
  header: Uint8Array,
  signal?: AbortSignal,
): Promise<Shard[] | undefined> {
  const hashes: string[] = []
  const begin = (): Hash => createHash('sha256').update(header)
  let hash = begin()
  const onBytes = (bytes: Uint8Array, isEnd: boolean): void => {
    hash.update(bytes)
    if (!isEnd) return
    hashes.push(hash.digest('hex'))
    hash = begin()
  }
  const pieces = await cutAtRows(source.read(undefined, signal), ends, most, header.length, onBytes)
  let first = 0
  return pieces?.map((piece, index) => {
    const shard = { index, ...piece, first, sha256: hashes[index] as string }
    first += piece.rows
    return shard
  })
}

/** With the header for the first row of the first shard. */
function withHeaderRow(shards: readonly Shard[], header: Uint8Array): Shard[] {
  const none = { index: 0, start: header.length, end: header.length, first: 0, rows: 0, sha256: sha256(header) }
  const [head = none, ...others] = shards
  return [{ ...head, rows: head.rows + 1 }, ...others.map((one) => ({ ...one, first: one.first + 1 }))]
}

/** Whether an address is that of all objects of storage under it. */
function isPrefix(address: string): boolean {
  return address.startsWith('s3://') && address.endsWith('/')
}

/** The objects of storage as the files of a folder. */
async function* objectsAsked(prefix: string, signal?: AbortSignal): AsyncGenerator<Named> {
  for await (const { name, bytes } of objectsUnder(prefix, signal))
    yield { query: name, columns: { path: name }, bytes }
}

/** @returns Whether its rows are files, of a folder or by their names: users of a shop are not. */
async function writeList(
  source: Source,
  work: Work,
  isFolder: boolean,
  list: string,
  options: PlanOptions,
): Promise<boolean> {
  let areFiles = false
  const looked = async function* (asked: AsyncIterable<Named>): AsyncGenerator<Named> {
    for await (const one of asked) {
      areFiles ||= typeof one.query === 'string' && (isFolder || !work.apart)
      yield one
    }
  }
  const from = async (path: string): Promise<boolean> => write(await work.read(path, options))
  const write = async (asked: AsyncIterable<Named>): Promise<boolean> => {
    const aside = `${list}.tmp`
    try {
      await pipeline(
        Readable.from(writeListed(looked(asked), { hasFiles: !work.apart, signal: options.signal })),
        createWriteStream(aside),
        { signal: options.signal },
      )
      await rename(aside, list)
      return areFiles
    } catch (error) {
      await rm(aside, { force: true })
      options.signal?.throwIfAborted()
      throw toFileError(error, list, 'write')
    }
  }
  if (source.path !== undefined) return from(source.path)
  if (!work.apart && isFolder) return write(objectsAsked(source.name, options.signal))
  if (!work.apart) {
    const remedy = 'Copy it to a disk that all workers reach.'
    throw new FileError('input', source.name, 'a path: its rows name files beside it', 'an address', remedy)
  }
  if (isFolder) {
    const expected = 'a table: inputs of this kind do not lie in files of their own'
    throw new FileError('input', source.name, expected, 'a folder', 'Name the table in it.')
  }
  // Read as a whole from a file of its own.
  return withTemporaryFolder(tmpdir(), async (folder) => {
    const copy = join(folder, basename(new URL(source.name).pathname) || 'table')
    await pipeline(Readable.from(source.read(undefined, options.signal)), createWriteStream(copy))
    return from(copy)
  })
}
