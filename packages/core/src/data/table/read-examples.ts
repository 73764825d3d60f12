import { DataError } from '../../contract/errors.js'
import type { Example, Target, Kind } from '../../contract/target.js'
import { describeOddLabels } from '../odd-labels.js'
import { type Columns, findColumns, type InputColumn } from './columns.js'
import { labelsIn } from './label-list.js'
import type { Row } from './row.js'
import { readRows, type RowFormat } from './rows.js'
import { checkFile, formatOf } from './table-file.js'

/** Options of `readExamples`, which the readers of domain packages hand on. */
export interface ReadExamplesOptions<T extends Kind = Kind> {
  /** Default: `label`, or a like name, which is said. */
  readonly labelColumn?: string | undefined
  /**
   * Column of what belongs together, such as the patient of several pictures: examples of one group stand on the same side of every
   * split and in the same fold; an empty cell is none. Default: none.
   */
  readonly groupColumn?: string | undefined
  /** Default: from the file's ending. */
  readonly format?: RowFormat | undefined
  /** See `ReadRowsOptions.encoding`. */
  readonly encoding?: string | undefined
  /**
   * What the labels are. Default 'classification': one class. 'multi-label': any number of them, as a list of JSON or Python or
   * separated by `|`; none in an empty cell. 'regression': a number.
   */
  readonly kind?: T
  /** Told of guessed columns, and of what is left out or odd. */
  readonly onNotice?: ((message: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The label of an example of each task, as it is read from a file. */
export interface LabelOf {
  classification: string
  'multi-label': string[]
  regression: number
}

/**
 * Reads labeled texts (or whatever a text stands for, such as a path) from a CSV or TSV file with a header, or a JSONL
 * file with one object on each line, in UTF-8.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when the file cannot be read.
 */
export async function readExamples<T extends Kind = 'classification'>(
  path: string,
  input: InputColumn,
  options: ReadExamplesOptions<T> = {},
): Promise<Example<string, LabelOf[T]>[]> {
  const { onNotice = () => {}, signal, labelColumn, groupColumn } = options
  await checkFile(path)
  const format = options.format ?? formatOf(path)
  const toLabel: (row: Row, column: string) => Target = labelReaders[options.kind ?? 'classification'](path)
  const examples: Example<string, Target>[] = []
  let columns: Columns | undefined
  for await (const row of readRows(path, format, signal, { encoding: options.encoding, onNotice })) {
    columns ??= findColumns(path, Object.keys(row.cells), input, labelColumn, onNotice)
    const value = row.cells[columns.input]
    if (typeof value !== 'string') {
      const got = JSON.stringify(value) ?? 'nothing'
      throw new DataError(`${path}:${row.line}`, `a ${input.role} in "${columns.input}"`, got, 'Add it.')
    }
    examples.push({ input: value, label: toLabel(row, columns.label), ...groupIn(row, groupColumn) })
  }
  if (examples.length === 0) {
    const expected = `rows with label and ${input.role}`
    throw new DataError(path, expected, 'a header and no rows', 'Add labeled examples.')
  }
  if (groupColumn !== undefined && examples.every(({ group }) => group === undefined)) {
    throw new DataError(path, `groups in a column "${groupColumn}"`, 'none', 'Check the name of the column.')
  }
  if (options.kind !== 'regression') {
    const labels = examples.flatMap(({ label }) => label as string | string[])
    for (const message of describeOddLabels(labels)) onNotice(`${path}: ${message}`)
  }
  if (options.kind === 'multi-label') sayOddLists(path, examples, onNotice)
  return examples as Example<string, LabelOf[T]>[]
}

/** The group of an example, where a column says it. */
function groupIn({ cells }: Row, column: string | undefined): Pick<Example<string>, 'group'> {
  const group = column === undefined ? undefined : cells[column]
  return group === undefined || group === null || String(group).trim() === '' ? {} : { group: String(group) }
}

/** Says what a list of labels may have been meant to be. */
function sayOddLists(
  path: string,
  examples: readonly Example<string, Target>[],
  onNotice: (message: string) => void,
): void {
  const lists = examples.map(({ label }) => label as string[])
  const without = lists.filter((labels) => labels.length === 0).length
  if (without > 0) onNotice(`${path}: ${without} of ${lists.length} examples have no label; they are kept, as such.`)
  const known = new Set(lists.flat())
  const joined = [...known].find(
    (label) => /[,;]/.test(label) && label.split(/[,;]/).every((one) => known.has(one.trim())),
  )
  if (joined === undefined) return
  const remedy = 'If these are several, separate them by |, or write a list: ["a", "b"].'
  onNotice(`${path}: "${joined}" is taken for one label, though its parts are labels, too. ${remedy}`)
}

const labelReaders: { [T in Kind]: (path: string) => (row: Row, column: string) => LabelOf[T] } = {
  classification: (path) => (row, column) => className(path, row, row.cells[column], column),
  'multi-label': (path) => (row, column) => {
    const value = row.cells[column]
    if (Array.isArray(value)) return [...new Set(value.map((one) => className(path, row, one, column)))]
    return typeof value === 'string' ? labelsIn(value) : [className(path, row, value, column)]
  },
  regression: (path) => (row, column) => {
    const value = row.cells[column]
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number === 'number' && Number.isFinite(number)) return number
    throw new DataError(
      `${path}:${row.line}`,
      `a number in "${column}"`,
      JSON.stringify(value) ?? 'nothing',
      'Correct it.',
    )
  },
}

function className(path: string, row: Row, value: unknown, column: string): string {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (isScalar && String(value).trim() !== '') return String(value)
  const got = value === '' ? 'an empty cell' : (JSON.stringify(value) ?? 'nothing')
  throw new DataError(`${path}:${row.line}`, `a label in "${column}"`, got, 'Label the example or remove it.')
}
