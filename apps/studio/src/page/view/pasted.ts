/** A row that was typed or pasted. */
export interface PastedRow {
  readonly text: string
  readonly label: string | null
}

/** Headers of tables: the column of the texts, and that of the labels. */
const headers = [
  ['text', 'label'],
  ['source', 'target'],
] as const

/**
 * Rows of a spreadsheet or lines of a text: one example a line. A tab parts a text from its label, whichever stands first: labels are the
 * column with fewer different values. A header such as `text`, `label` is none of the rows.
 * @param areWritten Whether labels are texts as well, which stand behind those that they are of. Default false.
 */
export function pastedRows(pasted: string, areWritten = false): readonly PastedRow[] {
  const lines = pasted.split(/\r?\n/).filter((line) => line.trim() !== '')
  const cells = lines.map((line) => line.split('\t').map(unquoted))
  const two = cells.length > 0 && cells.every((row) => row.length >= 2)
  if (!two) return lines.map((line) => ({ text: line.trim(), label: null }))
  const header = cells[0]?.map((cell) => cell.toLowerCase()) ?? []
  const named = headers.find((names) => names.every((name) => header.includes(name)))
  const rows = named ? cells.slice(1) : cells
  const [text, label] = named
    ? [header.indexOf(named[0]), header.indexOf(named[1])]
    : areWritten
      ? [0, 1]
      : columnsOf(rows)
  return rows.map((row) => ({ text: row[text] ?? '', label: row[label] || null })).filter((row) => row.text !== '')
}

function columnsOf(rows: readonly (readonly string[])[]): readonly [text: number, label: number] {
  const different = [0, 1].map((column) => new Set(rows.map((row) => row[column])).size)
  const length = [0, 1].map((column) => rows.reduce((sum, row) => sum + (row[column]?.length ?? 0), 0))
  const [first = 0, second = 0] = different
  const labelFirst = first === second ? (length[0] ?? 0) < (length[1] ?? 0) : first < second
  return labelFirst ? [1, 0] : [0, 1]
}

function unquoted(cell: string): string {
  const trimmed = cell.trim()
  return /^".*"$/s.test(trimmed) ? trimmed.slice(1, -1).replaceAll('""', '"') : trimmed
}
