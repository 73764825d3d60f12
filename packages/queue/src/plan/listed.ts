import { stat } from 'node:fs/promises'
import { type Asked, InputError } from '@headstart/core'
import { DataError, parseJsonText } from '@headstart/core/kit'
import * as z from 'zod'

/** A line of a list of queries. */
const line = z.object({
  query: z.json().optional(),
  columns: z.record(z.string(), z.json()),
  /** Why there is no query: who, what was expected, what came, what to do. */
  error: z.tuple([z.string(), z.string(), z.string(), z.string()]).optional(),
  /** Bytes of the file that the query names. */
  bytes: z.number().optional(),
})

/** Options of `writeListed`. */
interface WriteListedOptions {
  /** Whether queries name files, whose sizes are kept. */
  readonly hasFiles: boolean
  readonly signal?: AbortSignal | undefined
}

/** A query, with the bytes of the file that it names, where these are known. */
export type Named = Asked<unknown> & { readonly bytes?: number }

/** Queries as lines of JSON. */
export async function* writeListed(
  asked: AsyncIterable<Named>,
  { hasFiles, signal }: WriteListedOptions,
): AsyncGenerator<string> {
  let lines = ''
  for await (const { query, columns, bytes: known } of asked) {
    signal?.throwIfAborted()
    const isError = query instanceof InputError
    const bytes = known ?? (hasFiles && typeof query === 'string' ? await sizeOf(query) : undefined)
    const said = isError ? { error: [query.who, query.expected, query.got, query.remedy] } : { query }
    lines += `${JSON.stringify({ ...said, columns, bytes }, plain)}\n`
    if (lines.length < 2 ** 16) continue
    yield lines
    lines = ''
  }
  yield lines
}

/**
 * The queries of some lines of a list.
 * @throws DataError where a file that one of them names is another than it was.
 */
export async function* readListed(text: string): AsyncGenerator<Named> {
  for (const one of text.split('\n')) {
    if (one === '') continue
    const { query, columns, error, bytes } = line.parse(parseJsonText(one))
    if (bytes !== undefined && typeof query === 'string') {
      const now = await sizeOf(query)
      // One that is gone is a row that cannot be read.
      if (now !== undefined && now !== bytes) {
        const remedy = 'Begin again, in another folder.'
        throw new DataError(query, `the file of ${bytes} bytes that was planned for`, `one of ${now}`, remedy)
      }
    }
    yield { query: error ? new InputError(...error) : query, columns, ...(bytes !== undefined && { bytes }) }
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.size
}

/** As JSON has numbers, and nothing for what it has not. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
