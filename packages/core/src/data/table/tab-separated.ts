import { linesOf, longestRow } from './lines.js'
import type { Row } from './row.js'
import { TableHeader } from './table-header.js'

/** A cell that is quoted as a whole, each quote inside twice. */
const quoted = /^"(?:[^"]|"")*"$/

/**
 * Rows of tab-separated text. There are two dialects of it, and no file says which is its own: in one a quote is a quote; in the
 * other, that of spreadsheets, a cell with tabs or line ends stands in quotes. So a quote at the beginning of a cell opens one
 * that is quoted only where it closes at the end of a cell with each quote inside doubled; and it reaches over the end of a line
 * only where that line and the next are not rows by themselves, with as many cells as the header.
 * @param before Lines before the header, which are not among the pieces.
 * @param names Names of the columns, where the first row is none of names.
 * @throws DataError, with path and line, for another number of cells than in the header.
 */
export async function* tabSeparated(
  path: string,
  pieces: AsyncIterable<string>,
  before = 0,
  names?: readonly string[],
): AsyncGenerator<Row> {
  let header = names && new TableHeader(path, before, names)
  let line = before
  let pending: string[] = []
  const take = (isEnd: boolean): Row[] => {
    const rows: Row[] = []
    let at = 0
    while (at < pending.length) {
      const begin = line + 1
      const parsed = nextRow(pending, at, header?.names.length, isEnd)
      if (!parsed) break
      at += parsed.lines
      line += parsed.lines
      if (parsed.cells.length === 1 && parsed.cells[0] === '') continue
      if (!header) header = new TableHeader(path, begin, parsed.cells)
      else {
        const cells = header.row(begin, parsed.cells)
        if (cells) rows.push({ line: begin, cells })
      }
    }
    pending = pending.slice(at)
    return rows
  }
  for await (const lines of linesOf(path, pieces)) {
    pending = pending.length === 0 ? [...lines] : [...pending, ...lines]
    yield* take(false)
  }
  yield* take(true)
}

interface ParsedRow {
  readonly cells: readonly string[]
  readonly lines: number
}

/** The row that begins with a line; undefined where more lines are needed to say. */
function nextRow(
  lines: readonly string[],
  at: number,
  columns: number | undefined,
  isEnd: boolean,
): ParsedRow | undefined {
  const cells = (lines[at] as string).split('\t')
  const single: ParsedRow = { cells: cells.map(unquoted), lines: 1 }
  if (!cells.some((cell) => cell.startsWith('"') && !quoted.test(cell))) return single
  const row = quotedRow(lines, at, cells.length === columns ? columns : undefined)
  if (row === 'open') return isEnd ? single : undefined
  return row && (columns === undefined || row.cells.length === columns) ? row : single
}

function unquoted(cell: string): string {
  return cell.startsWith('"') && quoted.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell
}

/**
 * A row whose cells are read as quoted where they begin with a quote; undefined where one does not close as such; 'open' where
 * the lines end before it does.
 * @param columns Cells of the lines that are rows by themselves, over which no cell reaches. Default: none are.
 */
function quotedRow(lines: readonly string[], at: number, columns?: number): ParsedRow | 'open' | undefined {
  const cells: string[] = []
  let open: string | undefined
  for (let next = at; next < lines.length; next++) {
    const line = lines[next] as string
    if (next > at && columns !== undefined && line.split('\t').length === columns) return undefined
    let place = 0
    while (place <= line.length) {
      if (open === undefined) {
        if (line[place] === '"') {
          open = ''
          place++
          continue
        }
        const tab = line.indexOf('\t', place)
        cells.push(line.slice(place, tab === -1 ? undefined : tab))
        place = tab === -1 ? line.length + 1 : tab + 1
        continue
      }
      const quote = line.indexOf('"', place)
      open += line.slice(place, quote === -1 ? undefined : quote)
      if (quote === -1) break
      const after = line[quote + 1]
      place = quote + 2
      if (after === '"') open += '"'
      else if (after === undefined || after === '\t') {
        cells.push(open)
        open = undefined
      } else return undefined
    }
    if (open === undefined) return { cells, lines: next - at + 1 }
    open += '\n'
    if (open.length > longestRow) return undefined
  }
  return 'open'
}
