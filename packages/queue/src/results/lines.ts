import type { Cells } from '../contract/work.js'

/** A line of CSV (RFC 4180): what holds commas, quotes or ends of lines stands in quotes, with quotes doubled. */
export function csvLine(cells: readonly unknown[]): string {
  return `${cells.map((cell) => quoted(cell === undefined || cell === null ? '' : String(cell))).join(',')}\n`
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A line of JSON, without what is empty; lists and objects as such. */
export function jsonLine(cells: Cells): string {
  const fields = Object.entries(cells).flatMap(([name, value]) =>
    value === undefined || value === null
      ? []
      : [[name, typeof value === 'bigint' ? Number(value) : name.startsWith(prefix) ? fieldOf(value) : value] as const],
  )
  return `${JSON.stringify(Object.fromEntries(fields))}\n`
}

/** What columns begin with that hold fields of an answer. */
export const prefix = 'predicted_'

/** Of an answer lists and objects were written as JSON. */
export function fieldOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
