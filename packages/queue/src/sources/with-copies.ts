import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Asked, InputError } from '@headstart/core'
import { DataError, FileError } from '@headstart/core/kit'
import { remoteSource } from './http-source.js'
import { isRemote } from './open-source.js'
import { withTemporaryFolder } from './temporary-folder.js'

/** Files that are copied at a time. */
const atOnce = 8

/**
 * Does something with queries that name files: in place of those at addresses, with their copies, which are gone afterwards. One that
 * cannot be had is a row that cannot be read; a server that does not answer is thrown.
 */
export async function withCopies<T>(
  asked: readonly (Asked<unknown> & { readonly bytes?: number })[],
  signal: AbortSignal | undefined,
  work: (asked: readonly Asked<unknown>[]) => Promise<T>,
): Promise<T> {
  if (!asked.some(({ query }) => isAtAddress(query))) return work(asked)
  return withTemporaryFolder(tmpdir(), async (folder) => {
    const copies = [...asked] as Asked<unknown>[]
    const left = asked.entries()
    const copyOne = async (): Promise<void> => {
      for (const [place, { query, columns, bytes }] of left) {
        if (!isAtAddress(query)) continue
        const file = join(folder, `${place}${extname(new URL(query).pathname)}`)
        copies[place] = { query: await copied(query, file, bytes, signal), columns }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, copyOne))
    return work(copies)
  })
}

/** The same error of what an address holds, by that in place of the copy that is gone by now. */
export function atItsAddress<Out>(out: Out, query: unknown): Out | InputError {
  if (!(out instanceof InputError) || !isAtAddress(query)) return out
  return new InputError(query, out.expected, out.got, out.remedy, { cause: out })
}

function isAtAddress(query: unknown): query is string {
  return typeof query === 'string' && isRemote(query)
}

async function copied(
  address: string,
  file: string,
  planned: number | undefined,
  signal: AbortSignal | undefined,
): Promise<string | InputError> {
  try {
    await pipeline(Readable.from(remoteSource(address).read(undefined, signal)), createWriteStream(file))
  } catch (cause) {
    if (!(cause instanceof FileError) || cause.fault !== 'input') throw cause
    return new InputError(address, cause.expected, cause.got, cause.remedy, { cause })
  }
  const { size } = await stat(file)
  if (planned === undefined || size === planned) return file
  const remedy = 'Begin again, in another folder.'
  throw new DataError(address, `the file of ${planned} bytes that was planned for`, `one of ${size}`, remedy)
}
