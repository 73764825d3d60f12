import { describe, expect, it } from 'vitest'
import { textLines } from './text-lines.js'

async function* bytes(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

async function linesOf(...chunks: (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = []
  for await (const some of textLines(bytes(...chunks), 'stdin')) lines.push(...some)
  return lines
}

describe('textLines', () => {
  it.each<[string, (string | Uint8Array)[], string[]]>([
    ['nothing', [], []],
    ['a last line with an end', ['a\nb\n'], ['a', 'b']],
    ['a last line without an end', ['a\nb'], ['a', 'b']],
    ['lines cut by chunks', ['a', 'b\nc', 'd'], ['ab', 'cd']],
    ['carriage returns', ['a\r\nb\r', '\nc'], ['a', 'b', 'c']],
    ['empty lines', ['\n\na\n'], ['', '', 'a']],
    ['a character cut by chunks', [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)], ['ü']],
  ])('gives %s', async (_, chunks, lines) => {
    expect(await linesOf(...chunks)).toEqual(lines)
  })

  it('gives complete lines before the stream has ended', async () => {
    const lines = textLines(bytes('a\nb', 'c\n'), 'stdin')
    expect((await lines.next()).value).toEqual(['a'])
    expect((await lines.next()).value).toEqual(['bc'])
  })

  it('names the line near which the bytes are no UTF-8', async () => {
    await expect(linesOf('a\n', 'b\n', Buffer.of(0xff))).rejects.toThrow('stdin, near line 3: expected UTF-8 text')
    await expect(linesOf('a\n', Buffer.of(0xc3))).rejects.toThrow('stdin, near line 2: expected UTF-8 text')
  })

  it('refuses a line that does not end', async () => {
    await expect(linesOf('a\n', 'x'.repeat(2 ** 20 + 1))).rejects.toThrow(
      'stdin:2: expected a line of at most 1048576 characters',
    )
  })
})
