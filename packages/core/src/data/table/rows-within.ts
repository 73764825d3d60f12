import { classNames } from './named-features.js'
import { type Cells, isObject } from './value-at.js'

/** Rows that one object holds. */
export interface RowsWithin {
  /** Where, as people say it. */
  readonly where: string
  readonly rows: readonly Cells[]
}

/** Names under which rows stand. */
const holders = ['rows', 'data', 'examples', 'records']

/**
 * The rows that an object holds, where it is no row itself: a list of objects under a usual name, also as Hugging Face's server answers
 * it (with names for numbers of classes), or a table as pandas writes it with the orient `split` or `columns`, its own default.
 */
export function rowsWithin(whole: Cells): RowsWithin | undefined {
  const holder = holders.find((name) => isListOf(whole[name], isObject))
  if (holder !== undefined) {
    const rows = (whole[holder] as Cells[]).map((row) => (isAnswer(row) ? row.row : row))
    return { where: `"${holder}"`, rows: rows.map(classNames(featuresIn(whole['features']))) }
  }
  const { columns, data } = whole
  if (isListOf(columns, (name) => typeof name === 'string') && isListOf(data, Array.isArray)) {
    const names = columns as string[]
    const rows = (data as unknown[][]).map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])))
    return { where: '"columns" and "data"', rows }
  }
  return byColumns(whole)
}

/** Whether it is a row as Hugging Face's server answers it: https://huggingface.co/docs/dataset-viewer/rows. */
export function isAnswer(cells: Cells): cells is { readonly row: Record<string, unknown> } {
  return 'row_idx' in cells && isObject(cells['row'])
}

/** Columns by their names, each with its cells by the numbers of rows. */
function byColumns(whole: Cells): RowsWithin | undefined {
  const columns = Object.entries(whole)
  const numbers = isObject(whole[columns[0]?.[0] ?? '']) ? Object.keys(columns[0]?.[1] as object) : []
  const areRows = (column: unknown): boolean =>
    isObject(column) && Object.keys(column).length === numbers.length && numbers.every((number) => number in column)
  if (columns.length < 2 || numbers.length === 0 || !numbers.every((number) => /^\d+$/.test(number))) return undefined
  if (!columns.every(([, column]) => areRows(column))) return undefined
  const cellsOf = (number: string) => columns.map(([name, column]) => [name, (column as Cells)[number]] as const)
  return { where: 'its columns', rows: numbers.map((number) => Object.fromEntries(cellsOf(number))) }
}

/** Features by the names of their columns, of the list that the server gives. */
function featuresIn(listed: unknown): Record<string, unknown> {
  if (!Array.isArray(listed)) return {}
  return Object.fromEntries(
    listed.flatMap((one) => (isObject(one) && typeof one['name'] === 'string' ? [[one['name'], one['type']]] : [])),
  )
}

function isListOf(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isOne)
}
