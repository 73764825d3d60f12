/** Rows as CSV with a header: all columns that any of them has, in the order in which they come. */
export function csvTable(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return [names, ...rows.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(csvCell).join(',')}\n`)
    .join('')
}

function csvCell(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value, plain) : String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * A row for people: an apostrophe stands before a text that a spreadsheet would take for a formula (OWASP, "CSV Injection"). What
 * programs read again is written as it is.
 */
export function withoutFormulas(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : value,
    ]),
  )
}

/** Whole numbers of 64 bits, as Parquet has them, as JSON has numbers. */
export function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
