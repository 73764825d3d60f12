import { Readable } from 'node:stream'
import type { CsvError, Info, Options } from 'csv-parse'
import { DataError } from '../../contract/errors.js'
import { longestRow } from './lines.js'
import type { Row } from './row.js'
import { separated } from './separator.js'
import { tabSeparated } from './tab-separated.js'
import { TableHeader } from './table-header.js'

/**
 * Rows of comma-separated text (RFC 4180), or of text with another separator in its header, which is said.
 * @throws DataError, with path and line, for what does not parse.
 */
export async function* commaSeparated(
  path: string,
  text: AsyncIterable<string>,
  onNotice: (message: string) => void = () => {},
): AsyncGenerator<Row> {
  const { separator, before, pieces } = await separated(text)
  if (separator !== ',') {
    const name = separator === '\t' ? 'a tab' : `"${separator}"`
    onNotice(`${path}: cells are separated by ${name}, as the header says.`)
  }
  if (separator === '\t') return yield* tabSeparated(path, pieces, before)
  const { CsvError, parse } = await import('csv-parse')
  let header: TableHeader | undefined
  // Where the record before ends. A parser runs ahead of who reads its rows, so that it has to say this itself.
  let [end, empty] = [0, 0]
  const beginAfter = (emptyLines: number): number => before + end + 1 + emptyLines - empty
  const options: Options = {
    delimiter: separator,
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
    yield* Readable.from(pieces).compose(parse(options) as never) as AsyncIterable<Row>
  } catch (error) {
    if (error instanceof CsvError) {
      throw explain(path, error, beginAfter((error as CsvError & Partial<Info>).empty_lines ?? empty))
    }
    throw error
  }
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
