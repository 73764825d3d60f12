import { InputError } from '../../contract/errors.js'
import type { Asked } from '../../contract/task.js'
import { findInput, type InputColumn } from './columns.js'
import type { ReadExamplesOptions } from './read-examples.js'
import { readRows } from './rows.js'
import { checkFile, formatOf } from './table-file.js'

/**
 * Reads texts (or whatever a text stands for, such as a path) that nobody has labeled yet from a table as `readExamples` reads,
 * row by row, with all its columns.
 * @throws DataError, with path and line, for what is no such table; FileError when the file cannot be read.
 */
export async function* readInputs(
  path: string,
  input: InputColumn,
  options: Pick<ReadExamplesOptions, 'format' | 'encoding' | 'onNotice' | 'signal'> = {},
): AsyncGenerator<Asked<string>> {
  const { onNotice = () => {}, signal } = options
  await checkFile(path)
  let column: string | undefined
  for await (const { line, cells } of readRows(path, options.format ?? formatOf(path), signal, {
    encoding: options.encoding,
    onNotice,
  })) {
    column ??= findInput(path, Object.keys(cells), input, onNotice)
    const value = cells[column]
    if (typeof value === 'string') yield { query: value, columns: cells }
    else {
      const got = JSON.stringify(value) ?? 'nothing'
      const query = new InputError(`${path}:${line}`, `a ${input.role} in "${column}"`, got, 'Add it.')
      yield { query, columns: cells }
    }
  }
}
