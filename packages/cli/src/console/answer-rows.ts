import { InputError } from '@headstart/core'
import { csvTable, plain } from './csv-table.js'

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
  return csvTable(rows.map(({ columns, answer }) => ({ ...columns, ...flatAnswer(answer) })))
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
