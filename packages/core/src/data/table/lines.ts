import { DataError } from '../../contract/errors.js'

/** Characters of one row. More is a mistake (a quote that is never closed, no line ends) sooner than a text. */
export const longestRow = 2 ** 20

/**
 * The lines of a text that comes in pieces, those of a piece together, without their ends (LF, CR LF).
 * @throws DataError for a line of more than `longestRow` characters.
 */
export async function* linesOf(path: string, pieces: AsyncIterable<string>): AsyncGenerator<readonly string[]> {
  let [count, rest] = [0, '']
  const checked = (lines: readonly string[]): readonly string[] => {
    const long = lines.findIndex((line) => line.length > longestRow)
    if (long === -1) return lines
    const got = ['a longer one', 'Write one row on each line; cut longer texts.'] as const
    throw new DataError(`${path}:${count + long + 1}`, `a line of at most ${longestRow} characters`, ...got)
  }
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    checked(lines)
    rest = lines.pop() as string
    yield lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    count += lines.length
  }
  if (rest !== '') yield [rest]
}
