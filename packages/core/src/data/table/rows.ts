import { commaSeparated } from './comma-separated.js'
import { jsonLines } from './json-lines.js'
import { tabSeparated } from './tab-separated.js'
import { separated } from './separator.js'
import { textOf } from './text-of.js'

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
export async function* readRows(
  path: string,
  format: RowFormat,
  signal?: AbortSignal,
  { encoding, onNotice }: ReadRowsOptions = {},
): AsyncGenerator<Row> {
  const text = textOf(path, { encoding, signal })
  if (format === 'jsonl') return yield* jsonLines(path, text)
  if (format === 'tsv') return yield* tabSeparated(path, text)
  const { separator, before, pieces } = await separated(text)
  if (separator !== ',') {
    const name = separator === '\t' ? 'a tab' : `"${separator}"`
    onNotice?.(`${path}: cells are separated by ${name}, as the header says.`)
  }
  yield* separator === '\t' ? tabSeparated(path, pieces, before) : commaSeparated(path, pieces, separator, before)
}

/** Options of `readRows`. */
export interface ReadRowsOptions {
  /** As the WHATWG names it: 'windows-1252'. Default: UTF-16 where the file begins with its mark, else UTF-8. */
  readonly encoding?: string | undefined
  /** Told of another separator than a comma in CSV. */
  readonly onNotice?: ((message: string) => void) | undefined
}
