import type { Run } from '../contract/run.js'
import type { Target } from '../contract/target.js'
import type { Dataset } from '../data/dataset.js'
import { isTable, readRows, type RowFormat } from '../data/table/index.js'
import { formatOf } from '../data/table/table-file.js'

/**
 * The columns of a table beside those of labels and inputs, by name: the value of each example, as text. Empty where data are no table,
 * and where its rows are not the examples.
 */
export async function otherColumns(
  path: string,
  { format, encoding }: { readonly format?: RowFormat | undefined; readonly encoding?: string | undefined },
  data: Dataset<unknown, Target>,
  { signal }: Run,
): Promise<Map<string, string[]>> {
  const columns = new Map<string, string[]>()
  if (format === undefined && !(await isTable(path))) return columns
  let row = 0
  for await (const { cells } of readRows(path, format ?? (await formatOf(path)), signal, { encoding })) {
    for (const [name, value] of Object.entries(cells)) {
      const values = columns.get(name) ?? Array<string>(row).fill('')
      columns.set(name, values)
      values[row] = typeof value === 'object' ? JSON.stringify(value) : String(value)
    }
    row++
  }
  if (row !== data.size) return new Map()
  // The column of the labels itself is the first that has them; another one that repeats them gives them away.
  const labels = data.targets.map(String)
  // White space around labels is taken off where they are read.
  const isLabels = (values: readonly string[]): boolean =>
    labels.every((label, at) => label.trim() === values[at]?.trim())
  const own = [...columns].find(([, values]) => isLabels(values))?.[0]
  const holdsInputs = (values: readonly string[]): boolean =>
    data.inputs.every((input, at) => typeof input === 'string' && input.endsWith(values[at] ?? '') && values[at] !== '')
  for (const [name, values] of columns) {
    for (let at = 0; at < row; at++) values[at] ??= ''
    if (name === own || holdsInputs(values)) columns.delete(name)
  }
  return columns
}
