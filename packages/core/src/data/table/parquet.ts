import { parseJsonText } from '../../kit/parse-json.js'
import { stat } from 'node:fs/promises'
import { DataError, FileError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import { decodedParquet } from './decoded-parquet.js'
import { classNames } from './named-features.js'
import type { Row } from './row.js'
import { isObject } from './value-at.js'

/**
 * Rows of a Parquet file, a row group at a time; classes by their names where the Hugging Face library wrote these down.
 * @throws DataError for a file that is none; FileError when it cannot be read.
 */
export async function* parquetRows(path: string, signal?: AbortSignal): AsyncGenerator<Row> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  // Its end is read first, which a pipe or a device does not have.
  if (!found.isFile()) {
    throw new FileError(
      'input',
      path,
      'a file',
      found.isDirectory() ? 'a folder' : 'a pipe or a device',
      'Give the path of a file.',
    )
  }
  let named: ((cells: Record<string, unknown>) => Record<string, unknown>) | undefined
  // The line that the row would have in a CSV file.
  let line = 2
  try {
    for await (const part of decodedParquet(path, found.size, signal)) {
      if (typeof part === 'string') named = classNames(featuresIn(part))
      else for (const cells of part ?? []) yield { line: line++, cells: named ? named(cells) : cells }
    }
  } catch (cause) {
    signal?.throwIfAborted()
    if (cause instanceof DataError) throw cause
    const got = cause instanceof Error ? cause.message : String(cause)
    throw new DataError(path, 'a Parquet file', got, 'Write the file again, or give it as CSV.', { cause })
  }
}

function featuresIn(written: string): Record<string, unknown> {
  const value: unknown = parseJsonText(written)
  const info = isObject(value) ? value['info'] : undefined
  const features = isObject(info) ? info['features'] : undefined
  return isObject(features) ? features : {}
}
