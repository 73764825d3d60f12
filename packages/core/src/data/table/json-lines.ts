import { parseJsonText } from '../../kit/parse-json.js'
import { DataError } from '../../contract/errors.js'
import { jsonObjects } from './json-values.js'
import { linesOf, longestRow } from './lines.js'
import { isAnswer, rowsWithin } from './rows-within.js'
import type { Row } from './row.js'
import { isObject } from './value-at.js'

/**
 * Rows of text with one JSON object on each line; or with a list of them, objects over several lines, or one object that holds the rows,
 * which is said.
 * @throws DataError, with path and line, for what is none.
 */
export async function* jsonLines(
  path: string,
  pieces: AsyncIterable<string>,
  onNotice: (message: string) => void = () => {},
): AsyncGenerator<Row> {
  let isFirst = true
  for await (const { line, text } of jsonTexts(path, pieces)) {
    const cells = objectIn(path, line, text)
    const within = isFirst ? rowsWithin(cells) : undefined
    if (isFirst && isAnswer(cells)) onNotice(`${path}: its rows are taken from "row" of each object.`)
    isFirst = false
    if (within) {
      onNotice(`${path}: its rows are taken from ${within.where}.`)
      for (const row of within.rows) yield { line, cells: row }
    } else yield { line, cells: isAnswer(cells) ? cells.row : cells }
  }
}

async function* jsonTexts(
  path: string,
  pieces: AsyncIterable<string>,
): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const { isOnePerLine, all } = await begun(path, pieces)
  if (!isOnePerLine) return yield* jsonObjects(path, all)
  let line = 0
  for await (const lines of linesOf(path, all)) {
    for (const text of lines) {
      line++
      if (text.trim() !== '') yield { line, text }
    }
  }
}

/**
 * Looks at the first line: a list begins with a bracket, and an object over several lines does not end in it. Where it is longer than rows
 * are, it can be a table as one object in .json.
 */
async function begun(path: string, pieces: AsyncIterable<string>) {
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
  const isEnded = isEnd || start.trimStart().includes('\n') || /\.json(\.gz)?$/i.test(path)
  return { isOnePerLine: !isList && (!first.startsWith('{') || !isEnded || isJson(first)), all }
}

function isJson(text: string): boolean {
  try {
    parseJsonText(text)
    return true
  } catch {
    return false
  }
}

function objectIn(path: string, line: number, text: string): Record<string, unknown> {
  const problem = (got: string, cause?: unknown): DataError =>
    new DataError(`${path}:${line}`, 'a JSON object', got, 'Write one object on each line.', { cause })
  let value: unknown
  try {
    value = parseJsonText(text)
  } catch (cause) {
    throw problem(cause instanceof Error ? cause.message : 'something else', cause)
  }
  if (isObject(value)) return value
  throw problem(JSON.stringify(value).slice(0, 60))
}
