import { extname } from 'node:path'
import { Readable } from 'node:stream'
import { DataError, OptionError, parquetRows, readRows, type Row, textOf } from '@headstart/core/kit'
import { dialectOf, type TableDialect, type TableKind } from './table-dialect.js'

type Format = 'jsonl' | 'parquet' | { readonly delimiter: string | undefined }

const formats: Readonly<Record<string, Format>> = {
  '.csv': { delimiter: ',' },
  '.tsv': { delimiter: '\t' },
  '.jsonl': 'jsonl',
  '.parquet': 'parquet',
  '.ndjson': 'jsonl',
  '.tab': { delimiter: '\t' },
  '.dat': { delimiter: undefined },
  '.data': { delimiter: undefined },
  '.txt': { delimiter: undefined },
}

/** The most usual endings of tables. */
export const usualEndings: readonly string[] = ['.csv', '.tsv', '.jsonl', '.parquet']

/** All endings of tables. All but Parquet can be packed as well: `.csv.gz`. */
export const tableEndings: readonly string[] = Object.keys(formats).flatMap((ending) =>
  ending === '.parquet' ? [ending] : [ending, `${ending}.gz`],
)

/** Options of `readTable`. */
export interface ReadTableOptions {
  /** By which columns are told where there is no header. */
  readonly kind: TableKind
  /** Told of a missing header, of what stands between cells and of characters, where these are not the usual ones. */
  readonly say: (message: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * The rows of a table, one at a time: CSV and TSV, with a header or without, other text with `::`, semicolons or bars
 * between cells, JSONL, each of them packed by gzip or not, and Parquet (a row group at a time).
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read; OptionError
 *   for another ending.
 */
export async function readTable(path: string, { kind, say, signal }: ReadTableOptions): Promise<AsyncGenerator<Row>> {
  const isPacked = path.toLowerCase().endsWith('.gz')
  const format = formats[extname(isPacked ? path.slice(0, -'.gz'.length) : path).toLowerCase()]
  if (format === undefined || (isPacked && format === 'parquet')) {
    throw new OptionError(
      path,
      `a file ending in ${usualEndings.join(', ')}, or in one of these and .gz`,
      `"${extname(path)}"`,
      'Convert it to one of these.',
    )
  }
  if (format === 'parquet') return parquetRows(path, signal)
  if (format === 'jsonl') return readRows(path, 'jsonl', signal)
  const dialect = await dialectOf(path, kind, format.delimiter)
  const isUsual = dialect.delimiter === format.delimiter
  if (dialect.encoding !== undefined) say(`it is no UTF-8, and read as ${dialect.encoding}.`)
  if (isUsual && dialect.names === undefined)
    return readRows(path, dialect.delimiter === ',' ? 'csv' : 'tsv', signal, { encoding: dialect.encoding })
  if (!isUsual) say(`its cells are separated by ${JSON.stringify(dialect.delimiter)}.`)
  if (dialect.names !== undefined)
    say(`no header: its columns are taken for ${dialect.names.join(', ')}. If that is wrong, give it a header.`)
  return readDelimited(path, dialect, signal)
}

async function* readDelimited(
  path: string,
  { delimiter, names, encoding }: TableDialect,
  signal?: AbortSignal,
): AsyncGenerator<Row> {
  const { CsvError, parse } = await import('csv-parse')
  const parser = parse({
    delimiter,
    columns: names === undefined ? true : [...names],
    quote: delimiter === '::' ? null : '"',
    relax_quotes: true,
    skip_empty_lines: true,
    bom: true,
    info: true,
    max_record_size: 2 ** 20,
  })
  // Where who reads the rows stops early, nobody else is told.
  parser.on('error', () => {})
  const rows = Readable.from(textOf(path, { encoding, signal })).compose(parser as never) as AsyncIterable<{
    record: Record<string, string>
    info: { lines: number }
  }>
  // The line of the last row that was read: the next one begins behind it.
  let line = names === undefined ? 1 : 0
  try {
    for await (const { record, info } of rows) {
      yield { line: line + 1, cells: record }
      line = info.lines
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new DataError(`${path}:${line + 1}`, 'as many cells in each row', error.message, 'Correct the row.', {
      cause: error,
    })
  }
}
