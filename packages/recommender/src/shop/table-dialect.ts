import { DataError, textOf } from '@headstart/core/kit'
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
  /** Undefined: UTF-8, or the UTF-16 that the file's mark says. */
  readonly encoding: 'windows-1252' | undefined
}

/** Characters that are looked at. */
const looked = 2 ** 16

/**
 * Looks at the beginning of a table: what stands between its cells, whether it has a header, and in which characters it is.
 * @param usual What stands between cells by the file's ending.
 * @throws FileError when the file cannot be read.
 */
export async function dialectOf(path: string, kind: TableKind, usual: string | undefined): Promise<TableDialect> {
  let encoding: TableDialect['encoding']
  const text = await beginningOf(path).catch((error: unknown) => {
    if (!(error instanceof DataError)) throw error
    encoding = 'windows-1252'
    return beginningOf(path, encoding)
  })
  const first = text.split(/\r?\n/).find((line) => line.trim() !== '') ?? ''
  const delimiter = delimiterOf(first, usual)
  return {
    delimiter,
    encoding,
    names: isHeader(cellsOf(first, delimiter)) ? undefined : namesOf(cellsOf(first, delimiter), kind),
  }
}

async function beginningOf(path: string, encoding?: string): Promise<string> {
  let text = ''
  for await (const piece of textOf(path, { encoding })) {
    text += piece
    if (text.length >= looked) break
  }
  return text
}

function delimiterOf(line: string, usual: string | undefined): string {
  if (line.includes('::') && !line.includes('\t')) return '::'
  const candidates = [...(usual === undefined ? [] : [usual]), '\t', ',', ';', '|']
  return candidates.find((candidate) => line.includes(candidate)) ?? usual ?? ','
}

function cellsOf(line: string, delimiter: string): string[] {
  if (delimiter === '::') return line.split('::')
  try {
    const [cells = []] = parse(line, {
      delimiter,
      bom: true,
      relax_quotes: true,
      relax_column_count: true,
    }) as string[][]
    return cells
  } catch {
    // What is wrong with it, whoever reads the rows will say.
    return [line]
  }
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
