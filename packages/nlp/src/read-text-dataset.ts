import { stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import {
  type Dataset,
  DataError,
  dataset,
  type Example,
  FileError,
  OptionError,
  type Target,
  type Task,
  toFileError,
} from '@headstart/core'
import { type Columns, findColumns } from './columns.js'
import { readRows, type Row, type RowFormat } from './rows.js'

/** Options of `readTextDataset`. */
export interface ReadTextDatasetOptions<T extends Task = Task> {
  /** Default: `label`, or a like name, which is said. */
  readonly labelColumn?: string | undefined
  /** Default: `text`, or a like name, which is said. */
  readonly textColumn?: string | undefined
  /** Default: from the file's ending. */
  readonly format?: RowFormat | undefined
  /**
   * What the labels are. Default 'classification': one class. 'multi-label': several, as a JSON list or separated by
   * `|`. 'regression': a number.
   */
  readonly task?: T
  /** Told of guessed columns and of rows with an empty text. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

interface LabelOf {
  classification: string
  'multi-label': string[]
  regression: number
}

/**
 * Reads labelled texts from a CSV or TSV file with a header, or a JSONL file with one object on each line, in UTF-8.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when the file cannot be read.
 */
export async function readTextDataset<T extends Task = 'classification'>(
  path: string,
  options: ReadTextDatasetOptions<T> = {},
): Promise<Dataset<string, LabelOf[T]>> {
  const { onNotice = () => {}, signal } = options
  await checkFile(path)
  const format = options.format ?? formatOf(path)

  const toLabel: (row: Row, column: string) => Target = labelReaders[options.task ?? 'classification'](path)
  const examples: Example<string, Target>[] = []
  let columns: Columns | undefined
  let empty = 0
  for await (const row of readRows(path, format, signal)) {
    columns ??= findColumns(
      path,
      Object.keys(row.cells),
      { ...(options.labelColumn !== undefined && { label: options.labelColumn }), ...(options.textColumn !== undefined && { text: options.textColumn }) },
      onNotice,
    )
    const input = row.cells[columns.text]
    if (typeof input !== 'string') {
      throw new DataError(`${path}:${row.line}`, `a text in "${columns.text}"`, JSON.stringify(input) ?? 'nothing', 'Add it.')
    }
    if (input.trim() === '') empty++
    examples.push({ input, label: toLabel(row, columns.label) })
  }
  if (examples.length === 0) {
    throw new DataError(path, 'rows with label and text', 'a header and no rows', 'Add labelled examples.')
  }
  if (empty > 0) onNotice(`${path}: ${empty} of ${examples.length} texts are empty; they are kept.`)
  return dataset(examples, { name: basename(path) }) as Dataset<string, Target> as Dataset<string, LabelOf[T]>
}

const labelReaders: { [T in Task]: (path: string) => (row: Row, column: string) => LabelOf[T] } = {
  classification: (path) => (row, column) => className(path, row, row.cells[column], column),
  'multi-label': (path) => (row, column) => {
    const value = row.cells[column]
    if (Array.isArray(value)) return value.map((one) => className(path, row, one, column))
    return className(path, row, value, column).split('|')
  },
  regression: (path) => (row, column) => {
    const value = row.cells[column]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    throw new DataError(`${path}:${row.line}`, `a number in "${column}"`, JSON.stringify(value) ?? 'nothing', 'Correct it.')
  },
}

function className(path: string, row: Row, value: unknown, column: string): string {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (isScalar && String(value).trim() !== '') return String(value)
  const got = value === '' ? 'an empty cell' : (JSON.stringify(value) ?? 'nothing')
  throw new DataError(`${path}:${row.line}`, `a label in "${column}"`, got, 'Label the example or remove it.')
}

function formatOf(path: string): RowFormat {
  const formats: Readonly<Record<string, RowFormat>> = {
    '.csv': 'csv',
    '.tsv': 'tsv',
    '.tab': 'tsv',
    '.jsonl': 'jsonl',
    '.ndjson': 'jsonl',
  }
  const ending = extname(path).toLowerCase()
  const format = formats[ending]
  if (format) return format
  const got = ending === '' ? 'no ending' : `"${ending}"`
  throw new OptionError(path, 'a file ending in .csv, .tsv or .jsonl', got, 'Name the format (on the command line: --format).')
}

async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw toFileError(error, path, 'read')
  })
  if (found.isDirectory()) throw new FileError('input', path, 'a file', 'a folder', 'Give the path of a file in it.')
  if (found.isFile() && found.size === 0) {
    throw new DataError(path, 'a header and rows', 'an empty file', 'Add labelled examples.')
  }
}
