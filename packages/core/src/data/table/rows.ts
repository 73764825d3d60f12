import { commaSeparated } from './comma-separated.js'
import { jsonLines } from './json-lines.js'
import type { Row } from './row.js'
import { tabSeparated } from './tab-separated.js'
import { textOf } from './text-of.js'

/** Formats that can be read. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl'

/**
 * Rows of a data file, read as a stream.
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read.
 */
export function readRows(
  path: string,
  format: RowFormat,
  signal?: AbortSignal,
  { encoding, onNotice }: ReadRowsOptions = {},
): AsyncGenerator<Row> {
  const text = textOf(path, { encoding, signal })
  if (format === 'jsonl') return jsonLines(path, text)
  return format === 'tsv' ? tabSeparated(path, text) : commaSeparated(path, text, onNotice)
}

/** Options of `readRows`. */
export interface ReadRowsOptions {
  /** As the WHATWG names it: 'windows-1252'. Default: UTF-16 where the file begins with its mark, else UTF-8. */
  readonly encoding?: string | undefined
  /** Told of another separator than a comma in CSV. */
  readonly onNotice?: ((message: string) => void) | undefined
}
