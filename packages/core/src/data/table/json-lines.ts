import { DataError } from '../../contract/errors.js'
import { linesOf } from './lines.js'
import type { Row } from './rows.js'

/**
 * Rows of text with one JSON object on each line.
 * @throws DataError, with path and line, for a line that is none.
 */
export async function* jsonLines(path: string, pieces: AsyncIterable<string>): AsyncGenerator<Row> {
  let line = 0
  for await (const lines of linesOf(path, pieces)) {
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield { line, cells: objectIn(path, line, text) }
    }
  }
}

function objectIn(path: string, line: number, text: string): Record<string, unknown> {
  const problem = (got: string, cause?: unknown): DataError =>
    new DataError(`${path}:${line}`, 'a JSON object', got, 'Write one object on each line.', { cause })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw problem(cause instanceof Error ? cause.message : 'something else', cause)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw problem(JSON.stringify(value).slice(0, 60))
}
