import { findColumns, findInput, type InputColumn, areNames } from './columns.js'
import { labelingExport } from './labeling-exports.js'
import { readRows } from './rows.js'
import { formatOf } from './table-file.js'
import { cellOf, type Cells, columnsOf } from './value-at.js'
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

/** The labels of the first rows of a table, as they stand there; none of what has no labels, or is no such table. */
export async function firstLabels(path: string, input: InputColumn, most: number): Promise<readonly unknown[]> {
  const rows = await firstRows(path, most, (sample) =>
    areNames(sample[0] ?? [], input) ? undefined : namesByPlace(sample, input.role),
  )
  const [first] = rows
  if (!first) return []
  const known = labelingExport(first, input)
  if (known) return rows.map((cells) => known.labelOf(cells))
  try {
    const { label } = findColumns(path, columnsOf(first), input, {}, () => {})
    return rows.map(cellOf(label))
  } catch {
    return []
  }
}

type NamesOf = (sample: readonly (readonly string[])[]) => readonly string[] | undefined

async function firstRow(path: string, namesOf?: NamesOf): Promise<Cells | undefined> {
  return (await firstRows(path, 1, namesOf))[0]
}

async function firstRows(path: string, most: number, namesOf?: NamesOf): Promise<readonly Cells[]> {
  const rows: Cells[] = []
  try {
    for await (const { cells } of readRows(path, await formatOf(path), undefined, namesOf && { namesOf }))
      if (rows.push(cells) >= most) break
  } catch {
    // What is wrong with it is said by whoever reads it; it may be a beginning that ends in the middle of a row.
  }
  return rows
}
