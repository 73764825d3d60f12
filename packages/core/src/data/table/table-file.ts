import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { DataError, FileError, OptionError } from '../../contract/errors.js'
import { toFileError } from '../../kit/file-error.js'
import { isFastText } from './fasttext.js'
import type { RowFormat } from './rows.js'
import { textOf } from './text-of.js'

const formats: Readonly<Record<string, RowFormat>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
  '.parquet': 'parquet',
}

const spreadsheets = /^\.(xls[xmb]?|ods|numbers)$/

/** Whether this is the path of a file that is a table, by its ending or what it begins with. */
export async function isTable(path: string): Promise<boolean> {
  const isFile = await stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  )
  return isFile && (endingOf(path) in formats || (await isForFastText(path)))
}

/** Whether a regular file begins as those for fastText do: they end in .txt, .train, .valid, or as somebody likes. */
async function isForFastText(path: string): Promise<boolean> {
  if (!(await stat(path)).isFile()) return false
  try {
    for await (const start of textOf(path)) return isFastText(start)
  } catch {
    // Whoever reads it says what is wrong.
  }
  return false
}

/** In small letters, without that of a compressed file: '.csv' of `a.csv.gz`. */
function endingOf(path: string): string {
  return extname(path.toLowerCase().replace(/\.gz$/, ''))
}

/** The format of a table, by its ending or what it begins with. @throws OptionError for another. */
export async function formatOf(path: string): Promise<RowFormat> {
  const ending = endingOf(path)
  if (spreadsheets.test(ending)) {
    const remedy = 'Save it as CSV (in Excel: File, Save As, CSV UTF-8).'
    throw new OptionError(path, 'a table as text', `a spreadsheet (${ending})`, remedy)
  }
  const format = formats[ending] ?? ((await isForFastText(path)) ? 'fasttext' : undefined)
  if (format) return format
  throw new OptionError(
    path,
    'a file ending in .csv, .tsv, .jsonl or .json (or these with .gz)',
    ending === '' ? 'no ending' : `"${ending}"`,
    'Name the format (on the command line: --format). Parquet ends in .parquet; lines for fastText begin with __label__.',
  )
}

/** @throws FileError for what cannot be read, or is a folder; DataError for an empty file. */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  if (found.isDirectory()) throw new FileError('input', path, 'a file', 'a folder', await fileIn(path))
  if (found.isFile() && found.size === 0) {
    throw new DataError(path, 'a header and rows', 'an empty file', 'Add labeled examples.')
  }
}

/** What to do about a folder where a file is expected. */
async function fileIn(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => [])
  const tables = names.filter((name) => endingOf(name) in formats).toSorted()
  // Of several that is most likely to be learned from.
  const table = tables.find((name) => name.startsWith('train')) ?? tables[0]
  return `Give the path of a file in it${table === undefined ? '' : `, such as ${join(folder, table)}`}.`
}
