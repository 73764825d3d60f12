import { stat } from 'node:fs/promises'
import { DataError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import { classNames } from './named-features.js'
import type { Row } from './row.js'
import { isObject } from './value-at.js'

/**
 * Rows of a Parquet file, a row group at a time; classes by their names where the Hugging Face library wrote these down.
 * @throws DataError for a file that is none; FileError when it cannot be read.
 */
export async function* parquetRows(path: string, signal?: AbortSignal): AsyncGenerator<Row> {
  await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet')
  const { compressors } = await import('hyparquet-compressors')
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    const written = metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value
    const named = written === undefined ? undefined : classNames(featuresIn(written))
    let rowStart = 0
    for (const group of metadata.row_groups) {
      signal?.throwIfAborted()
      const rowEnd = rowStart + Number(group.num_rows)
      const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
      // The line that the row would have in a CSV file.
      for (const [index, cells] of rows.entries()) {
        yield { line: rowStart + index + 2, cells: named ? named(cells) : cells }
      }
      rowStart = rowEnd
    }
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof DataError) throw cause
    const got = cause instanceof Error ? cause.message : String(cause)
    throw new DataError(path, 'a Parquet file', got, 'Write the file again, or give it as CSV.', { cause })
  }
}

function featuresIn(written: string): Record<string, unknown> {
  const value: unknown = JSON.parse(written)
  const info = isObject(value) ? value['info'] : undefined
  const features = isObject(info) ? info['features'] : undefined
  return isObject(features) ? features : {}
}
