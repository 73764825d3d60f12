import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DataError, OptionError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import { utf8Text } from './utf8.js'

/** Options of `textOf`. */
export interface TextOfOptions {
  readonly encoding?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Told of an encoding that no mark says. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/**
 * The text of a file, piece by piece, without a byte order mark; one that is gzip, by its bytes or its ending, is decompressed. UTF-8
 * where neither a mark nor `encoding` says otherwise, or UTF-16 where every other byte is zero.
 * @throws DataError for bytes that are no such text; OptionError for an encoding that is not known; FileError when the file cannot
 *   be read.
 */
export async function* textOf(
  path: string,
  { encoding, signal, onNotice }: TextOfOptions = {},
): AsyncGenerator<string> {
  const named = encoding === undefined ? undefined : decoderOf(encoding)
  const chunks = bytesOf(path, signal)
  const first = await chunks.next()
  if (first.done) return
  const all = joined(first.value, chunks)
  const mark = markOf(first.value)
  const likely = named || mark ? undefined : unmarkedUtf16(first.value)
  if (likely !== undefined) onNotice?.(`${path}: it is read as ${likely}, though no mark says so.`)
  const told = mark ?? likely
  const decoder = told === undefined ? named : decoderOf(told)
  if (decoder && told !== 'utf-8') yield* decoded(path, all, decoder)
  else yield* utf8Text(path, all)
}

type Decoder = InstanceType<typeof TextDecoder>

async function* joined(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first
  yield* rest
}

async function* bytesOf(path: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let isPacked = path.toLowerCase().endsWith('.gz')
  try {
    const file = createReadStream(path, { signal })
    const chunks = file[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>
    const first = await chunks.next()
    if (first.done) return
    refuseArchive(path, first.value)
    isPacked ||= first.value[0] === 0x1f && first.value[1] === 0x8b
    const all = joined(first.value, chunks)
    if (!isPacked) return yield* all
    // What goes wrong is thrown where it is read.
    yield* pipeline(Readable.from(all, { objectMode: false }), createGunzip(), () => {})
  } catch (error) {
    signal?.throwIfAborted()
    if (isPacked && (error as NodeJS.ErrnoException).code?.startsWith('Z_')) {
      throw new DataError(path, 'a whole file in gzip', (error as Error).message, 'Get the file again.', {
        cause: error,
      })
    }
    if (error instanceof DataError) throw error
    throw toFileError(error, path, 'read')
  }
}

/** A workbook of Excel or LibreOffice is a ZIP archive. */
function refuseArchive(path: string, bytes: Buffer): void {
  if (bytes.toString('latin1', 0, 4) !== 'PK\u0003\u0004') return
  const remedy = 'Unpack it, or save the table of a workbook (.xlsx, .ods) as CSV.'
  throw new DataError(path, 'text', 'a ZIP archive', remedy)
}

/** The encoding that the first bytes announce. */
function markOf([first, second, third]: Buffer): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined
}

/** Bytes that are looked at. */
const looked = 1024

/** The UTF-16 that bytes are without saying so: of ASCII in it every other byte is zero, and hardly one of the others. */
function unmarkedUtf16(bytes: Buffer): string | undefined {
  const pairs = Math.floor(Math.min(bytes.length, looked) / 2)
  const zeros = [0, 0]
  for (let at = 0; at < 2 * pairs; at++) if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] as number) + 1
  const [even = 0, odd = 0] = zeros
  if (odd > pairs / 2 && even < pairs / 20) return 'utf-16le'
  return even > pairs / 2 && odd < pairs / 20 ? 'utf-16be' : undefined
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
