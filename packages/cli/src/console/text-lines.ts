import { DataError } from '@headstart/core/kit'

/** Characters of one line; a longer one is more likely a mistake than a text. */
const longestLine = 2 ** 20

/**
 * Lines of a UTF-8 stream as they arrive: each step gives the lines that are complete. A last line without an end
 * counts, carriage returns do not.
 * @throws DataError for bytes that are no UTF-8 and for lines of more than 1 MiB.
 */
export async function* textLines(stream: AsyncIterable<Uint8Array>, who: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let count = 0
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw new DataError(`${who}, near line ${count + 1}`, 'UTF-8 text', 'other bytes', 'Convert it to UTF-8.')
    }
  }
  const check = (line: string): string => {
    if (line.length <= longestLine) return line
    const expected = `a line of at most ${longestLine} characters`
    throw new DataError(`${who}:${count + 1}`, expected, 'a longer one', 'Put one input on each line.')
  }
  for await (const chunk of stream) {
    const lines = (rest + decode(chunk)).split('\n')
    rest = check(lines.pop() ?? '')
    const complete = lines.map((line) => check(line.endsWith('\r') ? line.slice(0, -1) : line))
    count += complete.length
    yield complete
  }
  rest += decode()
  if (rest !== '') yield [rest]
}
