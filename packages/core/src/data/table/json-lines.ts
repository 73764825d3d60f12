import { DataError } from '../../contract/errors.js'
import { jsonObjects } from './json-values.js'
import { linesOf, longestRow } from './lines.js'
import type { Row } from './row.js'

/**
 * Rows of text with one JSON object on each line; or with a list of them, or objects over several lines.
 * @throws DataError, with path and line, for a line that is none.
 */
export async function* jsonLines(path: string, pieces: AsyncIterable<string>): AsyncGenerator<Row> {
  const { isOnePerLine, all } = await begun(pieces)
  if (!isOnePerLine) {
    for await (const { line, text } of jsonObjects(all)) yield { line, cells: objectIn(path, line, text) }
    return
  }
  let line = 0
  for await (const lines of linesOf(path, all)) {
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield { line, cells: objectIn(path, line, text) }
    }
  }
}

/** Looks at the first sign: a list begins with a bracket, and an object over several lines has a first line that is no object. */
async function begun(pieces: AsyncIterable<string>) {
  const iterator = pieces[Symbol.asyncIterator]()
  let [start, isEnd] = ['', false]
  while (!isEnd && !start.trimStart().includes('\n') && start.length < longestRow) {
    const next = await iterator.next()
    isEnd = next.done ?? false
    start += next.value ?? ''
  }
  const all = (async function* () {
    yield start
    if (!isEnd) yield* { [Symbol.asyncIterator]: () => iterator }
  })()
  const first = start.trimStart().split('\n', 1)[0]?.trim() ?? ''
  const isList = /^\[\s*(\{|$)/.test(first)
  return { isOnePerLine: !isList && first !== '{', all }
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
