import { InputError } from '@headstart/core'

/** A row of a table of answers. */
export interface AnswerRow {
  /** The columns that were there. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly answer: object | InputError
}

/**
 * A table of answers: the columns that were there, and what is answered in columns named `predicted_...`. CSV has one for each number,
 * text and list (parts separated by `|`) of an answer; JSONL has answers whole, in one.
 */
export function answerTable(rows: readonly AnswerRow[], format: 'csv' | 'jsonl'): string {
  if (format === 'jsonl') {
    return rows
      .map(({ columns, answer }) => {
        const said = answer instanceof InputError ? { error: answer.message } : { predicted: answer }
        return `${JSON.stringify({ ...columns, ...said }, plain)}\n`
      })
      .join('')
  }
  const flat = rows.map(({ columns, answer }) => ({ ...columns, ...flatAnswer(answer) }) as Record<string, unknown>)
  const names = [...new Set(flat.flatMap((row) => Object.keys(row)))]
  return [names, ...flat.map((row) => names.map((name) => row[name]))]
    .map((cells) => `${cells.map(csvCell).join(',')}\n`)
    .join('')
}

function flatAnswer(answer: object): Record<string, unknown> {
  if (answer instanceof InputError) return { predicted_error: answer.message }
  return Object.fromEntries(
    Object.entries(answer).flatMap(([name, value]: [string, unknown]) => {
      if (Array.isArray(value)) return [[`predicted_${name}`, value.join('|')]]
      return typeof value === 'object' ? [] : [[`predicted_${name}`, value]]
    }),
  )
}

function csvCell(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value, plain) : String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Whole numbers of 64 bits, as Parquet has them, as JSON has numbers. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
