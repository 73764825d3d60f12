import { DataError } from '../../contract/errors.js'
import { linesOf } from './lines.js'
import type { Row } from './row.js'

/** What a label begins with, as fastText has it unless it is told otherwise. */
const prefix = '__label__'

/** Whether a text is of that form: its first line has a label. */
export function isFastText(start: string): boolean {
  const first = start.split(/\r?\n/).find((line) => line.trim() !== '') ?? ''
  return first.split(/\s+/).some((word) => word.startsWith(prefix))
}

/**
 * Rows of text for fastText: an example on each line, its labels the words that begin with `__label__`, the text all others (Joulin et
 * al., "Bag of Tricks for Efficient Text Classification", 2016; https://fasttext.cc/docs/en/supervised-tutorial.html).
 * @throws DataError, with path and line, for a line without a label, which is the rest of the line before.
 */
export async function* fastText(path: string, pieces: AsyncIterable<string>): AsyncGenerator<Row> {
  let line = 0
  for await (const lines of linesOf(path, pieces)) {
    for (const whole of lines) {
      line++
      if (whole.trim() === '') continue
      const label: string[] = []
      const text = whole.replace(/(?<!\S)__label__(\S*)\s*/g, (_, name: string) => {
        label.push(name)
        return ''
      })
      if (label.length > 0) yield { line, cells: { label, text: text.trim() } }
      else {
        const remedy = 'Write each example on one line, or remove it.'
        throw new DataError(`${path}:${line}`, `a label, such as ${prefix}name`, 'a line without one', remedy)
      }
    }
  }
}
