import { DataError } from '../../contract/errors.js'

/** Characters of one object, which can hold a whole table. */
const longestObject = 2 ** 26

/** A value of JSON within a text, and the line on which it begins. */
export interface JsonValueText {
  readonly line: number
  readonly text: string
}

/**
 * The objects of a text that is a list of them, or holds them one after another, over any number of lines: each as its text. What stands
 * between objects is not looked at.
 * @throws DataError, with path and line, for an object of more than `longestObject` characters.
 */
export async function* jsonObjects(path: string, pieces: AsyncIterable<string>): AsyncGenerator<JsonValueText> {
  let [line, depth, begin] = [1, 0, 1]
  let [isText, isEscaped] = [false, false]
  let parts: string[] = []
  let length = 0
  for await (const piece of pieces) {
    let from = 0
    for (let at = 0; at < piece.length; at++) {
      const sign = piece[at]
      if (sign === '\n') line++
      if (isEscaped) isEscaped = false
      else if (isText) {
        if (sign === '\\') isEscaped = true
        else if (sign === '"') isText = false
      } else if (sign === '"') isText = true
      else if (sign === '{') {
        if (depth++ > 0) continue
        ;[from, begin] = [at, line]
      } else if (sign === '}' && depth > 0 && --depth === 0) {
        yield { line: begin, text: [...parts, piece.slice(from, at + 1)].join('') }
        parts = []
        length = 0
        from = at + 1
      }
    }
    if (depth === 0) continue
    parts.push(piece.slice(from))
    length += piece.length - from
    if (length <= longestObject) continue
    const remedy = 'Look for a brace or a quote that is never closed, or write one object on each line.'
    throw new DataError(`${path}:${begin}`, `an object of at most ${longestObject} characters`, 'a longer one', remedy)
  }
  if (depth > 0) yield { line: begin, text: parts.join('') }
}
