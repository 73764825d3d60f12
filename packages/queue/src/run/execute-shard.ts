import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Asked, HeadstartError, InputError, type RunOptions } from '@headstart/core'
import { DataError, toFileError, writeFileAtomically } from '@headstart/core/kit'
import { sha256 } from '@headstart/core/load'
import type { Plan, Receipt, Shard } from '../contract/plan.js'
import type { Cells, Work } from '../contract/work.js'
import { readListed } from '../plan/listed.js'
import { parquetPart } from '../results/parquet-part.js'
import { fileSource } from '../sources/file-source.js'
import { openSource } from '../sources/open-source.js'
import { joined } from '../sources/source.js'
import { withTemporaryFolder } from '../sources/temporary-folder.js'
import { atItsAddress, withCopies } from '../sources/with-copies.js'
import { hasPart, listName, partsName, writeReceipt } from '../folder/run-folder.js'

/** Rows of a shard that may fail by themselves; more is no matter of rows. */
const mostPoisoned = 32

/**
 * Does one shard, and writes its result and its receipt into the folder of the run. The result is named after its content, written
 * aside and renamed, so that a shard that is done twice gives one file.
 * @throws DataError where its source was changed since it was planned.
 */
export async function executeShard(
  plan: Plan,
  shard: Shard,
  work: Work,
  out: string,
  options: RunOptions = {},
): Promise<Receipt> {
  const asked = await askedIn(plan, shard, work, out, options)
  // Where rows mean the same in a file of their own, an address is a text like any other; else it names a file.
  const outs = work.apart
    ? await answered(work, asked, options)
    : await withCopies(asked, options.signal, (copies) => answered(work, copies, options))
  const rows = asked.map(({ query, columns }, at) => {
    const out = atItsAddress(outs[at] as Cells | InputError, work.apart ? undefined : query)
    return { row: shard.first + at, columns, out: named(out, plan, shard.first + at) }
  })
  const bytes = parquetPart(rows)
  const hash = sha256(bytes)
  const done: Receipt = {
    run: plan.id,
    index: shard.index,
    rows: rows.length,
    file: `${String(shard.index).padStart(6, '0')}-${hash.slice(0, 16)}.parquet`,
    sha256: hash,
    bytes: bytes.length,
    poisoned: rows.flatMap(({ row, out }) => (out instanceof InputError ? [{ row, reason: out.message }] : [])),
  }
  if (!(await hasPart(out, done))) await writeFileAtomically(join(out, partsName, done.file as string), bytes)
  await writeReceipt(out, done)
  return done
}

/** A row that cannot be read, by the name of its source in place of that of a file that is gone by now. */
function named(out: Cells | InputError, { source }: Plan, row: number): Cells | InputError {
  if (!(out instanceof InputError) || source.kind === 'list') return out
  return new InputError(`${source.name}, row ${row + 1}`, out.expected, out.got, out.remedy, { cause: out })
}

async function askedIn(
  { source }: Plan,
  { start, end, index, sha256: planned }: Shard,
  work: Work,
  out: string,
  options: RunOptions,
): Promise<Asked<unknown>[]> {
  const { signal } = options
  const from = source.kind === 'list' ? fileSource(join(out, listName)) : openSource(source.name)
  const header = await joined(from.read({ start: 0, end: source.header }, signal))
  const bytes = await joined(from.read({ start, end }, signal))
  if (sha256(header, bytes) !== planned) {
    const remedy = 'Begin again, in another folder.'
    throw new DataError(from.name, `the bytes ${start} to ${end} that were planned for`, 'others', remedy)
  }
  if (source.kind === 'list') return collected(readListed(bytes.toString('utf8')))
  return withTemporaryFolder(tmpdir(), async (folder) => {
    const file = join(folder, `shard${source.ending}`)
    await writeFile(file, Buffer.concat([header, bytes])).catch((error: unknown) => {
      throw toFileError(error, file, 'write')
    })
    const asked = await collected(await work.read(file, options))
    // A first row that tells the columns is one of the first shard.
    return source.headerIsRow && index > 0 ? asked.slice(1) : asked
  })
}

async function collected<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const one of all) found.push(one)
  return found
}

/**
 * What comes out of each. Where the work fails as a whole, halves are tried: a row with which it fails by itself is one that cannot be
 * read. Where so many do, it is no matter of rows.
 */
async function answered(
  work: Work,
  asked: readonly Asked<unknown>[],
  options: RunOptions,
): Promise<(Cells | InputError)[]> {
  let poisoned = 0
  const part = async (some: readonly Asked<unknown>[]): Promise<(Cells | InputError)[]> => {
    if (some.length === 0) return []
    try {
      return [...(await work.answer(some, options))]
    } catch (cause) {
      options.signal?.throwIfAborted()
      // Neither are a disk, a device or a model that does not answer.
      if (cause instanceof HeadstartError && cause.fault === 'environment') throw cause
      if (some.length === 1) {
        if (++poisoned > Math.min(mostPoisoned, asked.length / 2)) throw cause
        const reason = cause instanceof Error ? cause.message : String(cause)
        return [new InputError('input', 'one that can be computed', reason, 'Leave it out.', { cause })]
      }
      const half = some.length >> 1
      return [...(await part(some.slice(0, half))), ...(await part(some.slice(half)))]
    }
  }
  return part(asked)
}
