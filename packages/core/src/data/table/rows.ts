import { Readable } from 'node:stream'
import type { CsvError, Options } from 'csv-parse'
import { DataError } from '../../contract/errors.js'
import { utf8Text } from './utf8.js'

/** One row of a data file: its cells by column, and the line on which it begins. */
export interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, unknown>>
}

/** Formats that can be read. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl'

/** Characters of one row. More is a mistake (a quote that is never closed, no line ends) sooner than a text. */
const longestRow = 2 ** 20

/**
 * Rows of a data file, read as a stream.
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read.
 */
export function readRows(path: string, format: RowFormat, signal?: AbortSignal): AsyncGenerator<Row> {
  return format === 'jsonl' ? readJsonLines(path, signal) : readDelimited(path, format, signal)
}

async function* readDelimited(path: string, format: 'csv' | 'tsv', signal?: AbortSignal): AsyncGenerator<Row> {
  const { CsvError, parse } = await import('csv-parse')
  const options: Options = {
    columns: (header: string[]) => checkHeader(path, header),
    delimiter: format === 'csv' ? ',' : '\t',
    // In a TSV a quote inside a field is usually just a quote.
    relax_quotes: format === 'tsv',
    skip_empty_lines: true,
    bom: true,
    info: true,
    max_record_size: longestRow,
  }
  const parser = Readable.from(utf8Text(path, signal)).compose(parse(options) as never) as AsyncIterable<{
    record: Record<string, string>
    info: { lines: number }
  }>
  let line = 1
  try {
    for await (const { record, info } of parser) {
      yield { line: line + 1, cells: record }
      line = info.lines
    }
  } catch (error) {
    if (error instanceof CsvError) throw explain(path, error, line + 1)
    throw error
  }
}

function checkHeader(path: string, header: string[]): string[] {
  const twice = header.find((name, index) => header.indexOf(name) !== index)
  if (twice === undefined) return header
  throw new DataError(`${path}:1`, 'columns with different names', `"${twice}" twice`, 'Rename one of them.')
}

/** @param line The line after the last good row, where the row at fault begins. */
function explain(path: string, error: CsvError, line: number): DataError {
  const at = `${path}:${line}`
  const problem = (expected: string, got: string, remedy: string): DataError =>
    new DataError(at, expected, got, remedy, { cause: error })
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return problem('a closing quote', 'the end of the file', 'Close the quote in the row that begins on this line.')
    case 'CSV_MAX_RECORD_SIZE':
      return problem(
        `a row of at most ${longestRow} characters`,
        'a longer one',
        'Look for a quote that is never closed, or missing line ends; cut longer texts.',
      )
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const { record, columns } = error as { record?: unknown[]; columns?: unknown[] }
      return problem(
        `${columns?.length ?? 'as many'} cells, as in the header`,
        `${record?.length ?? 'another number'}`,
        'Put quotes around a text with a separator or a line end in it.',
      )
    }
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

async function* readJsonLines(path: string, signal?: AbortSignal): AsyncGenerator<Row> {
  let line = 0
  let rest = ''
  const parseLine = (text: string): Row[] => {
    line++
    if (text.length > longestRow) throw tooLong()
    if (text.trim() === '') return []
    let value: unknown
    try {
      value = JSON.parse(line === 1 ? text.replace(/^\uFEFF/, '') : text)
    } catch (cause) {
      const got = cause instanceof Error ? cause.message : 'something else'
      throw new DataError(`${path}:${line}`, 'a JSON object', got, 'Write one object on each line.', { cause })
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return [{ line, cells: value as Record<string, unknown> }]
    }
    throw new DataError(
      `${path}:${line}`,
      'a JSON object',
      JSON.stringify(value).slice(0, 60),
      'Write one object on each line.',
    )
  }
  const tooLong = (): DataError =>
    new DataError(
      `${path}:${line}`,
      `a line of at most ${longestRow} characters`,
      'a longer one',
      'Write one object on each line.',
    )
  for await (const text of utf8Text(path, signal)) {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestRow) {
      line += lines.length + 1
      throw tooLong()
    }
    for (const complete of lines) yield* parseLine(complete)
  }
  if (rest !== '') yield* parseLine(rest)
}
