import { DataError, OptionError } from '../../contract/errors.js'
import type { Example, Target, Kind } from '../../contract/target.js'
import { describeOddLabels, joinedName } from '../odd-labels.js'
import { ClassNames, excerptOf } from './class-names.js'
import { areNames, type Columns, findColumns, type InputColumn } from './columns.js'
import { labelsIn } from './label-list.js'
import { labelingExport } from './labeling-exports.js'
import type { Row } from './row.js'
import { readRows, type RowFormat } from './rows.js'
import { checkFile, formatOf } from './table-file.js'
import { type Cells, cellOf, columnsOf } from './value-at.js'
import { namesByPlace, numbered } from './without-header.js'

/** Options of `readExamples`, which the readers of domain packages hand on. */
export interface ReadExamplesOptions<T extends Kind = Kind> {
  /** Default: `label`, or a like name, which is said. In JSON and Parquet also a path into a column: `annotations.0.result`. */
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
   * Whether the first row of CSV or TSV names the columns. Default: it does, unless it has none of the usual names and tells by its
   * cells that it is data, which is said. Where it does not and columns are named, they are called by their numbers: '1', '2'.
   */
  readonly header?: boolean | undefined
  /**
   * What the labels are. Default 'classification': one class. 'multi-label': any number of them, as a list of JSON or Python or
   * separated by `|`; none in an empty cell. 'regression': a number.
   */
  readonly kind?: T
  /**
   * Columns of the data that a model learned from (`Dataset.columns`), which is to be asked or measured: where the table has such
   * ones, and none are named, they are taken.
   */
  readonly columns?: Columns | undefined
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

/** What was read. */
export interface ReadExamples<Label extends Target> {
  readonly examples: Example<string, Label>[]
  /** Where they stand; undefined where that is known by the kind of file alone. */
  readonly columns: Columns | undefined
}

/**
 * Reads labeled texts (or whatever a text stands for, such as a path) from CSV, TSV, JSON, Parquet or text for fastText, among them
 * what tools for labeling export, which is said.
 * @throws DataError, with path and line, for what cannot be read as such; FileError when the file cannot be read.
 */
export async function readExamples<T extends Kind = 'classification'>(
  path: string,
  column: InputColumn,
  options: ReadExamplesOptions<T> = {},
): Promise<ReadExamples<LabelOf[T]>> {
  const input = { ...column, learned: options.columns?.input }
  const { onNotice = () => {}, signal, groupColumn, header, encoding } = options
  await checkFile(path)
  const format = options.format ?? (await formatOf(path))
  const names = new ClassNames(path)
  const { kind = 'classification' } = options
  if (!Object.hasOwn(labelReaders, kind)) {
    const kinds = Object.keys(labelReaders).map((one) => `"${one}"`)
    throw new OptionError('option "kind"', `one of ${kinds.join(', ')}`, `"${String(kind)}"`, 'Correct it.')
  }
  const toLabel: (line: number, value: unknown, column: string) => Target = labelReaders[kind](path, names)
  const examples: Example<string, Target>[] = []
  const leftOut = new Map<string, number>()
  const namesOf = namesOfHeader(path, input, options)
  let source: Source | undefined
  for await (const row of readRows(path, format, signal, { encoding, onNotice, ...(header !== true && { namesOf }) })) {
    source ??= sourceOf(path, row.cells, input, options, format)
    const reason = source.leftOut(row.cells)
    if (reason !== undefined) {
      leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1)
      continue
    }
    const value = source.inputOf(row.cells)
    if (typeof value !== 'string') {
      const expected = `a ${input.role} in "${source.input}"`
      throw new DataError(`${path}:${row.line}`, expected, excerptOf(value), 'Add it.')
    }
    const label = toLabel(row.line, source.labelOf(row.cells), source.label)
    examples.push({ input: value, label, ...groupIn(row, groupColumn) })
  }
  names.finish((message) => onNotice(`${path}: ${message}`))
  if (leftOut.size > 0) {
    const reasons = [...leftOut].map(([reason, count]) => `${count} ${reason}`).join(', ')
    onNotice(`${path}: rows that are left out: ${reasons}.`)
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
  if (kind === 'classification') {
    const joined = joinedName(examples.map(({ label }) => String(label)))
    const remedy = "If examples can have several, say so (kind 'multi-label'; on the command line: --kind multi-label)"
    if (joined !== undefined) {
      onNotice(
        `${path}: "${joined}" is taken for one class, though its parts stand in other labels, too. ${remedy}, and separate them by |.`,
      )
    }
  }
  if (options.kind === 'multi-label') sayOddLists(path, examples, onNotice)
  return { examples: examples as Example<string, LabelOf[T]>[], columns: source?.columns }
}

/** Where inputs and labels stand. */
interface Source {
  /** See `ReadExamples.columns`. */
  readonly columns?: Columns | undefined
  readonly input: string
  readonly label: string
  inputOf(cells: Cells): unknown
  labelOf(cells: Cells): unknown
  leftOut(cells: Cells): string | undefined
}

/** What to do about a first row that is none of names. */
const noHeader = ' If the first row is no header, say so (option header: false; on the command line: --no-header).'

/** @param first The first row, which tells the columns. */
function sourceOf(
  path: string,
  first: Cells,
  input: InputColumn,
  { labelColumn, columns: before, kind, onNotice = () => {} }: ReadExamplesOptions<Kind>,
  format: RowFormat,
): Source {
  const isNamed = labelColumn !== undefined || input.named !== undefined
  const known = isNamed ? undefined : labelingExport(first, input)
  if (!known) {
    const canLackHeader = format === 'csv' || format === 'tsv'
    const label = { named: labelColumn, learned: before?.label }
    const columns = findColumns(path, columnsOf(first), input, label, onNotice, canLackHeader ? noHeader : '')
    return {
      columns,
      ...columns,
      inputOf: cellOf(columns.input),
      labelOf: cellOf(columns.label),
      leftOut: () => undefined,
    }
  }
  const { what, says } = known
  onNotice(
    `${path}: read as ${what}: the ${input.role} from "${says.input}", the label from "${says.label}". If that is wrong, name columns (on the command line: --${input.role}-column, --label-column).`,
  )
  return {
    ...says,
    inputOf: (cells) => known.inputOf(cells),
    labelOf: (cells) => known.labelOf(cells),
    leftOut(cells) {
      const reason = known.leftOut?.(cells)
      if (reason !== undefined) return reason
      const label = known.labelOf(cells)
      // An empty list can be an answer: none of the labels.
      const isMissing = Array.isArray(label) ? label.length === 0 && kind !== 'multi-label' : (label ?? '') === ''
      return isMissing ? 'without a label' : undefined
    },
  }
}

/** Names of the columns of a table that has no header, which is said. */
function namesOfHeader(
  path: string,
  input: InputColumn,
  { labelColumn, header, onNotice = () => {} }: ReadExamplesOptions<Kind>,
): (sample: readonly (readonly string[])[]) => readonly string[] | undefined {
  return (sample) => {
    const [first = []] = sample
    if (header === undefined && areNames(first, input, labelColumn)) return undefined
    const isNamed = labelColumn !== undefined || input.named !== undefined
    const names = isNamed ? undefined : namesByPlace(sample, input.role, header === false)
    if (names) {
      const wrong =
        header === undefined
          ? ' If that is wrong, the first row is one (option header: true; on the command line: --header).'
          : ''
      onNotice(`${path}: no header: its columns are taken for ${names.join(', ')}.${wrong}`)
    }
    return names ?? (header === false ? numbered(first) : undefined)
  }
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
  const joined = joinedName(lists.flat())
  if (joined === undefined) return
  const remedy = 'If these are several, separate them by |, or write a list: ["a", "b"].'
  onNotice(`${path}: "${joined}" is taken for one label, though its parts stand in other labels, too. ${remedy}`)
}

const labelReaders: {
  [T in Kind]: (path: string, names: ClassNames) => (line: number, value: unknown, column: string) => LabelOf[T]
} = {
  classification: (path, names) => (line, value, column) => {
    if (!Array.isArray(value)) return names.of(line, value, column)
    if (value.length === 1) return names.of(line, value[0], column)
    const remedy =
      value.length === 0
        ? 'Label the example or remove it.'
        : "If examples can have several: kind 'multi-label' (on the command line: --kind multi-label)."
    throw new DataError(`${path}:${line}`, `one label in "${column}"`, excerptOf(value), remedy)
  },
  'multi-label': (_, names) => (line, value, column) => {
    if (Array.isArray(value)) return [...new Set(value.map((one) => names.of(line, one, column)))]
    return typeof value === 'string' ? labelsIn(value) : [names.of(line, value, column)]
  },
  regression: (path) => (line, value, column) => {
    const one = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value
    const isText = typeof one === 'string' && one.trim() !== ''
    const number = isText || typeof one === 'bigint' ? Number(one) : one
    if (typeof number === 'number' && Number.isFinite(number)) return number
    throw new DataError(`${path}:${line}`, `a number in "${column}"`, excerptOf(value), numberRemedy(value))
  },
}

/** Spreadsheets write a comma for the point, and separate thousands. */
function numberRemedy(value: unknown): string {
  const isWritten = typeof value === 'string' && /^[^\d]*\d[\d.,' \u00A0]*[^\d]*$/u.test(value.trim())
  return isWritten ? 'Write digits alone, with a point before decimals: 1000.5.' : 'Correct it.'
}
