/**
 * Columns two spaces apart, under the names in the first row: the first column and words are aligned left, columns with numbers among
 * them right.
 */
export function textTable(rows: readonly (readonly string[])[]): string {
  const [names = [], ...body] = rows
  const width = (cell: string): number => [...cell].length
  const columns = names.map((_, column) => ({
    width: Math.max(...rows.map((row) => width(row[column] ?? ''))),
    isLeft: column === 0 || !body.some((row) => /^[-+±]?\d/.test(row[column] ?? '')),
  }))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const { width: most = 0, isLeft = false } = columns[column] ?? {}
        const padding = ' '.repeat(Math.max(0, most - width(cell)))
        if (!isLeft) return padding + cell
        return column > 0 && column === names.length - 1 ? cell : cell + padding
      })
      .join('  ')
  return rows.map(line).join('\n')
}
