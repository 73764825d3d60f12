import { InputError } from '../../contract/errors.js'
import type { Asked } from '../../contract/task.js'
import { excerptOf } from './class-names.js'
import { areNames, findInput, type InputColumn } from './columns.js'
import { labelingExport } from './labeling-exports.js'
import type { ReadExamplesOptions } from './read-examples.js'
import { readRows } from './rows.js'
import { checkFile, formatOf } from './table-file.js'
import { type Cells, cellOf, columnsOf } from './value-at.js'
import { inputByPlace, numbered } from './without-header.js'

/** Options of `readInputs`. */
export type ReadInputsOptions = Pick<
  ReadExamplesOptions,
  'format' | 'encoding' | 'header' | 'columns' | 'onNotice' | 'signal'
>

/**
 * Reads texts (or whatever a text stands for, such as a path) that nobody has labeled yet from a table as `readExamples` reads,
 * row by row, with all its columns.
 * @throws DataError, with path and line, for what is no such table; FileError when the file cannot be read.
 */
export async function* readInputs(
  path: string,
  column: InputColumn,
  options: ReadInputsOptions = {},
): AsyncGenerator<Asked<string>> {
  const input = { ...column, learned: options.columns?.input }
  const { onNotice = () => {}, signal, encoding, header } = options
  await checkFile(path)
  const namesOf = ([first = [], ...others]: readonly (readonly string[])[]): string[] | undefined => {
    if (header === true || (header === undefined && areNames(first, input))) return undefined
    if (header === false)
      return input.named === undefined ? inputByPlace([first, ...others], input.role) : numbered(first)
    const only = first.length === 1 && input.named === undefined ? first[0] : undefined
    if (only !== undefined) onNotice(`${path}: "${only.slice(0, 60)}" is taken for the header. ${remedy}`)
    return undefined
  }
  let inputOf: ((cells: Cells) => unknown) | undefined
  const format = options.format ?? (await formatOf(path))
  for await (const { line, cells } of readRows(path, format, signal, { encoding, onNotice, namesOf })) {
    inputOf ??= readerOf(path, cells, input, onNotice)
    const value = inputOf(cells)
    if (typeof value === 'string') yield { query: value, columns: cells }
    else {
      const query = new InputError(`${path}:${line}`, `a ${input.role}`, excerptOf(value), 'Add it.')
      yield { query, columns: cells }
    }
  }
}

const remedy = 'If it is an input, say that there is none (option header: false; on the command line: --no-header).'

/** @param first The first row, which tells the columns. */
function readerOf(
  path: string,
  first: Cells,
  input: InputColumn,
  onNotice: (message: string) => void,
): (cells: Cells) => unknown {
  const known = input.named === undefined ? labelingExport(first, input) : undefined
  return known ? (cells) => known.inputOf(cells) : cellOf(findInput(path, columnsOf(first), input, onNotice))
}
