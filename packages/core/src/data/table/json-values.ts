/** A value of JSON within a text, and the line on which it begins. */
export interface JsonValueText {
  readonly line: number
  readonly text: string
}

/**
 * The objects of a text that is a list of them, or holds them one after another, over any number of lines: each as its text. What stands
 * between objects is not looked at.
 */
export async function* jsonObjects(pieces: AsyncIterable<string>): AsyncGenerator<JsonValueText> {
  let [line, depth, begin] = [1, 0, 1]
  let [isText, isEscaped] = [false, false]
  let parts: string[] = []
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
        from = at + 1
      }
    }
    if (depth > 0) parts.push(piece.slice(from))
  }
  if (depth > 0) yield { line: begin, text: parts.join('') }
}
