import { createReadStream } from 'node:fs'
import { constants, createGunzip } from 'node:zlib'
import { toFileError } from '@headstart/core/kit'
import { parse } from 'csv-parse/sync'
import { Clock } from './clock.js'
import { isUsualName } from './shop-columns.js'

/** What a table without a header holds, which tells its columns by their place. */
export type TableKind = 'interactions' | 'items'

/** How the rows of a text are written. */
export interface TableDialect {
  readonly delimiter: string
  /** Names of the columns, where the table has no header. */
  readonly names: readonly string[] | undefined
  readonly encoding: 'utf-8' | 'windows-1252'
}

/** Bytes that are looked at. */
const looked = 2 ** 16

/**
 * Looks at the beginning of a table: what stands between its cells, whether it has a header, and in which characters it is.
 * @param usual What stands between cells by the file's ending.
 * @throws FileError when the file cannot be read.
 */
export async function dialectOf(path: string, kind: TableKind, usual: string | undefined): Promise<TableDialect> {
  const bytes = await beginningOf(path)
  const encoding = isUtf8(bytes) ? 'utf-8' : 'windows-1252'
  const text = new TextDecoder(encoding).decode(bytes)
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '') ?? ''
  const delimiter = delimiterOf(first, usual)
  return {
    delimiter,
    encoding,
    names: isHeader(cellsOf(first, delimiter)) ? undefined : namesOf(cellsOf(first, delimiter), kind),
  }
}

async function beginningOf(path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  try {
    const file = createReadStream(path, { end: looked - 1 })
    // A file that is cut off in the middle is no error here.
    const stream = path.endsWith('.gz') ? file.pipe(createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })) : file
    file.on('error', (error) => stream.destroy(error))
    for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  } catch (error) {
    throw toFileError(error, path, 'read')
  }
  return Buffer.concat(chunks)
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function delimiterOf(line: string, usual: string | undefined): string {
  if (line.includes('::') && !line.includes('\t')) return '::'
  const candidates = [...(usual === undefined ? [] : [usual]), '\t', ',', ';', '|']
  return candidates.find((candidate) => line.includes(candidate)) ?? usual ?? ','
}

function cellsOf(line: string, delimiter: string): string[] {
  if (delimiter === '::') return line.split('::')
  const [cells = []] = parse(line, { delimiter, bom: true, relax_quotes: true, relax_column_count: true }) as string[][]
  return cells
}

/** Nobody calls a column 17 or 2020-11-15. */
function isHeader(cells: readonly string[]): boolean {
  return cells.some(isUsualName) || !cells.some((cell) => isNumber(cell) || isTime(cell))
}

function namesOf(cells: readonly string[], kind: TableKind): string[] {
  const names: string[] = kind === 'interactions' ? ['user', 'item'] : ['item', 'title']
  for (const [place, cell] of cells.entries()) {
    if (place < 2) continue
    const guess = kind === 'items' ? (isNumber(cell) ? 'price' : 'category') : isTime(cell) ? 'timestamp' : 'rating'
    names.push(names.includes(guess) || (guess === 'rating' && !isNumber(cell)) ? `column ${place + 1}` : guess)
  }
  return names.slice(0, cells.length)
}

function isNumber(cell: string): boolean {
  return cell.trim() !== '' && Number.isFinite(Number(cell))
}

/** Whether it is a date, or a number that is a time since 1973. */
function isTime(cell: string): boolean {
  if (cell.trim() === '' || (isNumber(cell) && Math.abs(Number(cell)) < 1e8)) return false
  try {
    new Clock('').read(cell, 1)
    return true
  } catch {
    return false
  }
}
