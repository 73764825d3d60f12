import { commaSeparated } from './comma-separated.js'
import { jsonLines } from './json-lines.js'
import { tabSeparated } from './tab-separated.js'
import { utf8Text } from './utf8.js'

/** One row of a data file: its cells by column, and the line on which it begins. */
export interface Row {
  readonly line: number
  readonly cells: Readonly<Record<string, unknown>>
}

/** Formats that can be read. */
export type RowFormat = 'csv' | 'tsv' | 'jsonl'

/**
 * Rows of a data file, read as a stream.
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read.
 */
export function readRows(path: string, format: RowFormat, signal?: AbortSignal): AsyncGenerator<Row> {
  const pieces = utf8Text(path, signal)
  if (format === 'jsonl') return jsonLines(path, pieces)
  return format === 'tsv' ? tabSeparated(path, pieces) : commaSeparated(path, pieces)
}
