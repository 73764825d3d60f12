/** Cells of rows. */
type Rows = readonly (readonly string[])[]

/**
 * Names of the columns of a table whose first row is data, by their place: `label`, the role of the input, and `column 3`. The input is
 * the longest. The label is, where there are two, the other, and else the only one that holds few different values; in both cases what
 * the first row has there comes again, or all are numbers, which no header is.
 * @param isAsked Whether somebody says that there is no header: nothing needs to come again then.
 * @returns Undefined where this is not clear.
 */
export function namesByPlace(rows: Rows, role: string, isAsked = false): string[] | undefined {
  const [first = []] = rows
  if (first.length < 2 || rows.some((row) => row.length !== first.length)) return undefined
  const columns = first.map((_, place) => rows.map((row) => (row[place] ?? '').trim()))
  const lengths = columns.map((cells) => cells.reduce((sum, cell) => sum + cell.length, 0))
  const [most = 0, next = 0] = [...lengths].sort((a, b) => b - a)
  if (most < (first.length > 2 ? 2 : 1) * next || most === next) return undefined
  const input = lengths.indexOf(most)
  const labels = [...columns.keys()].filter((place) => {
    const cells = columns[place] as string[]
    const comesAgain = cells.indexOf(cells[0] as string, 1) > 0
    if (place === input) return false
    if (first.length === 2) return isAsked || comesAgain || cells.every(isNumber)
    const distinct = new Set(cells).size
    return (isAsked || comesAgain) && distinct > 1 && distinct <= rows.length / 2
  })
  const [label, another] = labels
  if (label === undefined || another !== undefined) return undefined
  return first.map((_, place) => (place === input ? role : place === label ? 'label' : `column ${place + 1}`))
}

function isNumber(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell))
}

/** Names of columns that have none: their numbers, from 1. */
export function numbered(row: readonly string[]): string[] {
  return row.map((_, place) => String(place + 1))
}

/** Names for the columns of a table without labels that has no header: the role of the input for the longest, else numbers. */
export function inputByPlace(rows: Rows, role: string): string[] {
  const [first = []] = rows
  const lengths = first.map((_, place) => rows.reduce((sum, row) => sum + (row[place] ?? '').length, 0))
  const input = lengths.indexOf(Math.max(...lengths))
  return numbered(first).map((number, place) => (place === input ? role : number))
}
