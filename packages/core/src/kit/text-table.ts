/** Columns two spaces apart; the first is aligned left, the others right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const width = (cell: string): number => [...cell].length
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - width(cell))
        return column === 0 ? cell + padding : padding + cell
      })
      .join('  ')
  return rows.map(line).join('\n')
}
