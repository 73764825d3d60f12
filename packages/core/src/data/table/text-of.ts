import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DataError, OptionError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import { utf8Text } from './utf8.js'

/** Options of `textOf`. */
export interface TextOfOptions {
  readonly encoding?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The text of a file, piece by piece, without a byte order mark; one that ends in .gz is decompressed.
 * @throws DataError for bytes that are no such text; OptionError for an encoding that is not known; FileError when the file cannot
 *   be read.
 */
export async function* textOf(path: string, { encoding, signal }: TextOfOptions = {}): AsyncGenerator<string> {
  const decoder = encoding === undefined ? undefined : decoderOf(encoding)
  const chunks = bytesOf(path, signal)[Symbol.asyncIterator]()
  const first = await chunks.next()
  if (first.done) return
  const rest = (async function* () {
    yield first.value
    yield* { [Symbol.asyncIterator]: () => chunks }
  })()
  const marked = decoder ?? markedDecoder(first.value)
  if (marked) yield* decoded(path, rest, marked)
  else yield* utf8Text(path, rest)
}

type Decoder = InstanceType<typeof TextDecoder>

async function* bytesOf(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { signal })
  const isPacked = path.toLowerCase().endsWith('.gz')
  const stream = (isPacked ? file.compose(createGunzip() as never) : file) as Readable
  try {
    yield* stream as AsyncIterable<Buffer>
  } catch (error) {
    signal?.throwIfAborted()
    if (isPacked && (error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      throw new DataError(path, 'a whole file in gzip', (error as Error).message, 'Get the file again.', {
        cause: error,
      })
    }
    throw toFileError(error, path, 'read')
  }
}

/** A decoder for the UTF-16 that the first bytes announce. */
function markedDecoder([first, second]: Buffer): Decoder | undefined {
  if (first === 0xff && second === 0xfe) return decoderOf('utf-16le')
  return first === 0xfe && second === 0xff ? decoderOf('utf-16be') : undefined
}

function decoderOf(encoding: string): Decoder {
  try {
    return new TextDecoder(encoding, { fatal: true })
  } catch {
    const remedy = 'Correct it, or leave it out for UTF-8.'
    throw new OptionError('option "encoding"', 'the name of an encoding, such as windows-1252', `"${encoding}"`, remedy)
  }
}

async function* decoded(path: string, chunks: AsyncIterable<Buffer>, decoder: Decoder): AsyncGenerator<string> {
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    const remedy = 'Name its encoding (on the command line: --encoding), or save it as UTF-8.'
    throw new DataError(path, `text in ${decoder.encoding}`, 'bytes that are none', remedy, { cause })
  }
}
