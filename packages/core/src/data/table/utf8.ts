import { DataError } from '../../contract/errors.js'

/**
 * The text of UTF-8, piece by piece, without a byte order mark.
 * @throws DataError with line and byte where the bytes are no UTF-8.
 */
export async function* utf8Text(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [line, bytes] = [1, 0]
  for await (const chunk of chunks) {
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw invalid(path, chunk, line, bytes)
    }
    yield text
    bytes += chunk.length
    line += linesIn(chunk, chunk.length)
  }
  try {
    yield decoder.decode()
  } catch {
    throw new DataError(path, 'UTF-8 text', 'a character that is cut off at the end', 'Get the whole file.')
  }
}

/** Names the first byte of the chunk's first character that is none. */
function invalid(path: string, chunk: Buffer, line: number, before: number): DataError {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  // A character that began in the chunk before ends here.
  let start = 0
  if (before > 0) while (start < 3 && ((chunk[start] ?? 0) & 0xc0) === 0x80) start++
  try {
    for (let end = start; end < chunk.length; end++) {
      if (decoder.decode(chunk.subarray(end, end + 1), { stream: true }) !== '') start = end + 1
    }
  } catch {
    // The character that begins at `start` is none.
  }
  const byte = `0x${(chunk[start] ?? 0).toString(16).padStart(2, '0')}`
  return new DataError(
    `${path}:${line + linesIn(chunk, start)}`,
    'UTF-8 text',
    `the byte ${byte} at position ${before + start}`,
    'Save the file as UTF-8, or name its encoding, which may be windows-1252 (on the command line: --encoding windows-1252).',
  )
}

function linesIn(chunk: Buffer, end: number): number {
  let count = 0
  for (let at = chunk.indexOf(10); at !== -1 && at < end; at = chunk.indexOf(10, at + 1)) count++
  return count
}
