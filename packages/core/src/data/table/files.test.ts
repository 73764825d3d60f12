import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { textFile } from '../../../test/text-file.js'
import { readExamples } from './read-examples.js'

const expected = [
  { input: 'one, "two"', label: 'a' },
  { input: 'drei – für', label: 'b' },
]
const csv = 'label,text\na,"one, ""two"""\nb,drei – für\n'
const objects = expected.map(({ input: text, label }) => ({ label, text }))

async function read(name: string, contents: string | Uint8Array, options = {}) {
  const notices: string[] = []
  const onNotice = (message: string): void => void notices.push(message)
  const { examples } = await readExamples(
    await textFile(name, contents),
    { role: 'text', usualNames: [] },
    { onNotice, ...options },
  )
  return { examples, notices }
}

describe('labeled files as they come', () => {
  it('a folder in the place of a file: which of its tables may be meant', async () => {
    const path = await textFile('train.tsv', 'x')
    const reading = readExamples(dirname(path), { role: 'text', usualNames: [] })
    await expect(reading).rejects.toThrow(
      `expected a file, got a folder. Give the path of a file in it, such as ${path}.`,
    )
  })

  it.each<[string, string, string | Uint8Array]>([
    ['semicolons', 'a.csv', 'label;text\na;"one, ""two"""\nb;drei – für\n'],
    ['tabs in .csv', 'a.csv', 'label\ttext\na\tone, "two"\nb\tdrei – für\n'],
    ['bars', 'a.csv', 'label|text\r\na|"one, ""two"""\r\nb|drei – für\r\n'],
    ['a line that names the separator', 'a.csv', '\uFEFFsep=;\r\nlabel;text\r\na;"one, ""two"""\r\nb;drei – für\r\n'],
  ])('%s, which is said', async (_, name, contents) => {
    const { examples, notices } = await read(name, contents)
    expect(examples).toEqual(expected)
    expect(notices).toEqual([
      expect.stringMatching(/a\.csv: cells are separated by ("[;|]"|a tab), as the header says/),
    ])
  })

  it.each<[string, string, string | Uint8Array]>([
    ['UTF-16 with its mark', 'a.csv', Buffer.from(`\uFEFF${csv}`, 'utf16le')],
    ['UTF-16 of the other order', 'a.csv', Buffer.from(`\uFEFF${csv}`, 'utf16le').swap16()],
    ['gzip', 'a.csv.gz', gzipSync(csv)],
    ['a list in .json', 'a.json', JSON.stringify(objects)],
    ['a list over lines', 'a.json', JSON.stringify(objects, null, 2)],
    ['a list in .jsonl', 'a.jsonl', `${JSON.stringify(objects)}\n`],
    ['objects over lines', 'a.jsonl', objects.map((one) => `${JSON.stringify(one, null, 1)}\n`).join('')],
    ['a compressed list', 'a.json.gz', gzipSync(JSON.stringify(objects))],
  ])('%s', async (_, name, contents) => {
    expect(await read(name, contents)).toEqual({ examples: expected, notices: [] })
  })

  it('in an encoding that is named, and hints at it', async () => {
    const bytes = Buffer.from('label,text\na,für\nb,naïve\n', 'latin1')
    await expect(read('a.csv', bytes)).rejects.toThrow(
      /a\.csv:2: expected UTF-8 text, got the byte 0xfc .*--encoding windows-1252/,
    )
    const { examples } = await read('a.csv', bytes, { encoding: 'windows-1252' })
    expect(examples.map(({ input }) => input)).toEqual(['für', 'naïve'])
    await expect(read('a.csv', bytes, { encoding: 'klingon' })).rejects.toThrow(
      /option "encoding": expected the name of an encoding/,
    )
  })

  it('says where they are damaged', async () => {
    await expect(read('a.csv.gz', gzipSync(csv.repeat(50)).subarray(0, 60))).rejects.toThrow(
      /expected a whole file in gzip/,
    )
    await expect(read('a.csv', 'sep=;\nlabel;text\na;b\nc;d;e\n')).rejects.toThrow(/a\.csv:4: expected 2 cells/)
    await expect(read('a.json', '[{"label":"a","text":"b"},\n{"label":"a","text":]}\n]')).rejects.toThrow(
      /a\.json:2: expected a JSON object/,
    )
    await expect(read('a.json', '[{"label":"a","text":"b"},\n{"label":"a"')).rejects.toThrow(
      /a\.json:2: expected a JSON object/,
    )
  })
})
