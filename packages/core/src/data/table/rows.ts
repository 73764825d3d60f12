import { commaSeparated, type TableOptions } from './comma-separated.js'
import { fastText } from './fasttext.js'
import { jsonLines } from './json-lines.js'
import { parquetRows } from './parquet.js'
import type { Row } from './row.js'
import { dialectOf } from './table-dialect.js'
import { tabSeparated } from './tab-separated.js'
import { textOf } from './text-of.js'

/** Formats that can be read. */
export const rowFormats = ['csv', 'tsv', 'jsonl', 'parquet', 'fasttext'] as const
export type RowFormat = (typeof rowFormats)[number]

/** Options of `readRows`. */
export interface ReadRowsOptions extends TableOptions {
  /** As the WHATWG names it: 'windows-1252'. Default: UTF-16 where the file begins with its mark, else UTF-8. */
  readonly encoding?: string | undefined
}

/**
 * Rows of a data file, read as a stream.
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read.
 */
export function readRows(
  path: string,
  format: RowFormat,
  signal?: AbortSignal,
  { encoding, ...options }: ReadRowsOptions = {},
): AsyncGenerator<Row> {
  if (format === 'parquet') return parquetRows(path, signal)
  const text = textOf(path, { encoding, signal, onNotice: options.onNotice })
  if (format === 'jsonl') return jsonLines(path, text, options.onNotice)
  if (format === 'fasttext') {
    options.onNotice?.(`${path}: read as text for fastText: labels are the words that begin with __label__.`)
    return fastText(path, text)
  }
  return format === 'tsv' ? tabRows(path, text, options) : commaSeparated(path, text, options)
}

async function* tabRows(path: string, text: AsyncIterable<string>, { namesOf }: TableOptions): AsyncGenerator<Row> {
  if (!namesOf) return yield* tabSeparated(path, text)
  const { pieces, sample } = await dialectOf(text, '\t')
  yield* tabSeparated(path, pieces, 0, namesOf(await sample()))
}
