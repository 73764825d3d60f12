import { findColumns, findInput, type InputColumn, areNames } from './columns.js'
import { labelingExport } from './labeling-exports.js'
import { readRows } from './rows.js'
import { formatOf } from './table-file.js'
import { type Cells, columnsOf } from './value-at.js'
import { namesByPlace } from './without-header.js'

/**
 * How much of a table is of use as labeled examples, 0 to 1: the share of its columns that are read, half as much where it has no labels or
 * no header; 0 for what is no such table.
 */
export async function examplesFit(path: string, input: InputColumn): Promise<number> {
  let isNamed = true
  const cells = await firstRow(path, (sample) => {
    isNamed = areNames(sample[0] ?? [], input)
    return isNamed ? undefined : namesByPlace(sample, input.role)
  })
  if (!cells) return 0
  if (labelingExport(cells, input)) return 1
  const [columns, count] = [columnsOf(cells), Object.keys(cells).length]
  const read = [2, 1].find((wanted) => {
    try {
      if (wanted === 2) findColumns(path, columns, input, {}, () => {})
      else findInput(path, columns, input, () => {})
      return true
    } catch {
      return false
    }
  })
  if (read === undefined) return 0
  return ((read === 2 && isNamed ? 1 : 0.5) * read) / Math.max(read, count)
}

/** Names of the columns of a table with a header; none of what is no such table. */
export async function tableColumns(path: string): Promise<readonly string[]> {
  return Object.keys((await firstRow(path)) ?? {})
}

async function firstRow(
  path: string,
  namesOf?: (sample: readonly (readonly string[])[]) => readonly string[] | undefined,
): Promise<Cells | undefined> {
  try {
    for await (const { cells } of readRows(path, await formatOf(path), undefined, namesOf && { namesOf })) return cells
  } catch {
    // What is wrong with it is said by whoever reads it.
  }
  return undefined
}
