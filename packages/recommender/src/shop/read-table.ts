import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { DataError, OptionError, toFileError } from '@headstart/core/kit'
import { readRows, type Row, type RowFormat } from '@headstart/core/kit'

const formats: Readonly<Record<string, RowFormat | 'parquet'>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.parquet': 'parquet',
}

/** Endings of the tables that can be read, the most usual first. */
export const tableEndings: readonly string[] = Object.keys(formats)

/**
 * The rows of a table, one at a time: CSV and TSV with a header, JSONL, Parquet (a row group at a time).
 * @throws DataError, with path and line, for what does not parse; FileError when the file cannot be read; OptionError
 *   for another ending.
 */
export function readTable(path: string, signal?: AbortSignal): AsyncGenerator<Row> {
  const format = formats[extname(path).toLowerCase()]
  if (format === undefined) {
    throw new OptionError(
      path,
      `a file ending in ${tableEndings.join(', ')}`,
      `"${extname(path)}"`,
      'Convert it to one of these.',
    )
  }
  return format === 'parquet' ? readParquet(path, signal) : readRows(path, format, signal)
}

async function* readParquet(path: string, signal?: AbortSignal): AsyncGenerator<Row> {
  await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    let rowStart = 0
    for (const group of metadata.row_groups) {
      signal?.throwIfAborted()
      const rowEnd = rowStart + Number(group.num_rows)
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
      // The line that the row would have in a CSV file.
      for (const [index, cells] of rows.entries()) yield { line: rowStart + index + 2, cells }
      rowStart = rowEnd
    }
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof DataError) throw cause
    const got = cause instanceof Error ? cause.message : String(cause)
    throw new DataError(path, 'a Parquet file', got, 'Write the file again, or give it as CSV.', { cause })
  }
}
