import { stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { DataError, FileError, OptionError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import type { RowFormat } from './rows.js'

const formats: Readonly<Record<string, RowFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
}

/** Whether this is the path of a file that is a table by its ending. */
export async function isTable(path: string): Promise<boolean> {
  if (!(endingOf(path) in formats)) return false
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  )
}

/** In small letters, without that of a compressed file: '.csv' of `a.csv.gz`. */
function endingOf(path: string): string {
  return extname(path.toLowerCase().replace(/\.gz$/, ''))
}

/** The format of a table by its ending. @throws OptionError for another. */
export function formatOf(path: string): RowFormat {
  const ending = endingOf(path)
  const format = formats[ending]
  if (format) return format
  const got = ending === '' ? 'no ending' : `"${ending}"`
  throw new OptionError(
    path,
    'a file ending in .csv, .tsv, .jsonl or .json (or these with .gz)',
    got,
    'Name the format (on the command line: --format).',
  )
}

/** @throws FileError for what cannot be read, or is a folder; DataError for an empty file. */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  if (found.isDirectory()) throw new FileError('input', path, 'a file', 'a folder', 'Give the path of a file in it.')
  if (found.isFile() && found.size === 0) {
    throw new DataError(path, 'a header and rows', 'an empty file', 'Add labeled examples.')
  }
}
