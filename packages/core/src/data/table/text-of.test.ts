import { describe, expect, it } from 'vitest'
import { textFile } from '../../../test/text-file.js'
import { textOf } from './text-of.js'

async function read(contents: string | Uint8Array, signal?: AbortSignal): Promise<string> {
  let text = ''
  for await (const piece of textOf(await textFile('data.txt', contents), { signal })) text += piece
  return text
}

/** Node reads files in pieces of this many bytes. */
const chunk = 64 * 1024

describe('textOf', () => {
  it.each([
    ['nothing', ''],
    ['letters of many alphabets', 'Grüße, мир, 世界, 🎉'],
    ['a character on the border of two pieces of the file', `${'x'.repeat(chunk - 1)}é${'y'.repeat(chunk)}🎉`],
    ['characters of three bytes throughout', '世'.repeat(chunk)],
  ])('gives the text of a file: %s', async (_, text) => {
    expect((await read(text)) === text).toBe(true)
  })

  it('leaves out a byte order mark', async () => {
    expect(await read('\uFEFFlabel,text')).toBe('label,text')
  })

  const bytes = (...parts: (string | number[])[]): Uint8Array =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

  it.each<[string, Uint8Array, RegExp]>([
    ['Latin-1', bytes('one\ncaf', [0xe9], '\n'), /data\.txt:2: .*the byte 0xe9 at position 7\. Save the file as UTF-8/],
    ['Latin-1 from the first byte on', bytes([0xff, 0x61, 0]), /data\.txt:1: .*the byte 0xff at position 0/],
    [
      'a character that is cut short by another',
      bytes('a', [0xe4, 0xb8], 'b'),
      /data\.txt:1: .*the byte 0xe4 at position 1/,
    ],
    [
      'a wrong byte far into the file',
      bytes('世\n'.repeat(40_000), [0x80]),
      /data\.txt:40001: .*the byte 0x80 at position 160000/,
    ],
    [
      'a wrong byte at the beginning of a piece',
      bytes('x'.repeat(chunk), [0xff]),
      /data\.txt:1: .*the byte 0xff at position 65536/,
    ],
    [
      'a character that is cut off at the end',
      bytes('a', [0xf0, 0x9f]),
      /expected UTF-8 text, got a character that is cut off at the end\. Get the whole file/,
    ],
  ])('names line, byte and position of what is no UTF-8: %s', async (_, contents, message) => {
    await expect(read(contents)).rejects.toThrow(message)
  })

  it('says which file is missing', async () => {
    const reading = textOf('no/such/file.txt').next()
    await expect(reading).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringContaining('no/such/file.txt'),
    })
  })

  it('stops when the signal aborts', async () => {
    await expect(read('text', AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  })
})
