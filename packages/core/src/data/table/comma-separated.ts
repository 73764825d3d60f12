import { Readable, type Writable } from 'node:stream'
import type { CsvError, Info, Options } from 'csv-parse'
import { DataError } from '../../contract/errors.js'
import { longestRow } from './lines.js'
import type { Row } from './row.js'
import { tabSeparated } from './tab-separated.js'
import { dialectOf } from './table-dialect.js'
import { TableHeader } from './table-header.js'

/** Options of tables in text. */
export interface TableOptions {
  /** Names of the columns, by the first rows, for a table whose first row is none of names. Default: names are in its first row. */
  readonly namesOf?: ((sample: readonly (readonly string[])[]) => readonly string[] | undefined) | undefined
  /** Told of another separator than a comma in CSV, and of quotes with a backslash before them. */
  readonly onNotice?: ((message: string) => void) | undefined
}

/**
 * Rows of comma-separated text (RFC 4180), or of text with another separator in its header or backslashes before quotes, which is said.
 * @throws DataError, with path and line, for what does not parse.
 */
export async function* commaSeparated(
  path: string,
  text: AsyncIterable<string>,
  { namesOf, onNotice = () => {} }: TableOptions = {},
): AsyncGenerator<Row> {
  const { separator, escape, lineEnds, before, pieces, sample } = await dialectOf(text)
  if (separator !== ',') {
    const name = separator === '\t' ? 'a tab' : `"${separator}"`
    onNotice(`${path}: cells are separated by ${name}, as the header says.`)
  }
  if (escape === '\\') onNotice(`${path}: quotes inside of quoted cells are read with a backslash before them: \\".`)
  const names = namesOf?.(await sample())
  if (separator === '\t') return yield* tabSeparated(path, pieces, before, names)
  const { CsvError, parse } = await import('csv-parse')
  let header = names && new TableHeader(path, before, names)
  // Where the record before ends. A parser runs ahead of who reads its rows, so that it has to say this itself.
  let [end, empty] = [0, 0]
  const beginAfter = (emptyLines: number): number => before + end + 1 + emptyLines - empty
  const options: Options = {
    delimiter: separator,
    record_delimiter: [...lineEnds],
    escape,
    skip_empty_lines: true,
    bom: true,
    relax_column_count: true,
    max_record_size: longestRow,
    on_record: ((cells: string[], { lines, empty_lines }: Info): Row | null => {
      const line = beginAfter(empty_lines)
      ;[end, empty] = [lines, empty_lines]
      if (!header) {
        header = new TableHeader(path, line, cells)
        return null
      }
      const row = header.row(line, cells)
      return row ? { line, cells: row } : null
    }) as never,
  }
  try {
    yield* Readable.from(pieces).compose(quiet(parse(options)) as never) as AsyncIterable<Row>
  } catch (error) {
    if (error instanceof CsvError) {
      throw explain(path, error, beginAfter((error as CsvError & Partial<Info>).empty_lines ?? empty))
    }
    throw error
  }
}

/**
 * A stream whose errors are those of who reads from it: where that one stops early, nobody else is told, and without somebody to tell
 * an error would end the process.
 */
function quiet<Stream extends Writable>(stream: Stream): Stream {
  return stream.on('error', () => {})
}

/** @param line On which the row at fault begins. */
function explain(path: string, error: CsvError, line: number): DataError {
  const problem = (expected: string, got: string, remedy: string): DataError =>
    new DataError(`${path}:${line}`, expected, got, remedy, { cause: error })
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return problem('a closing quote', 'the end of the file', 'Close the quote in the row that begins on this line.')
    case 'CSV_MAX_RECORD_SIZE':
      return problem(
        `a row of at most ${longestRow} characters`,
        'a longer one',
        'Look for a quote that is never closed, or missing line ends; cut longer texts.',
      )
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return problem(
        'quotes around a whole cell, doubled inside it',
        'a quote in the middle of a cell',
        'Put quotes around the cell and write each quote inside twice.',
      )
    default:
      return problem('rows that parse', error.message, 'Correct the row.')
  }
}
