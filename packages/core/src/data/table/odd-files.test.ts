import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { textFile } from '../../../test/text-file.js'
import { readExamples, type ReadExamplesOptions } from './read-examples.js'
import { readInputs } from './read-inputs.js'

async function read(contents: string | Uint8Array, options: ReadExamplesOptions & { textColumn?: string } = {}) {
  const notices: string[] = []
  const onNotice = (message: string): void => void notices.push(message.replace(/^.*?: /, ''))
  const input = { role: 'text', usualNames: [], named: options.textColumn }
  const path = await textFile(options.format ? 'a.txt' : 'a.csv', contents)
  const { examples } = await readExamples(path, input, { onNotice, ...options })
  return { rows: examples.map(({ input: said, label }) => `${String(label)}: ${said}`), said: notices.join('\n') }
}

const csv = 'label,text\na,one\nb,two\n'
const rows = ['a: one', 'b: two']

describe('odd files', () => {
  it.each<[string, string | Uint8Array]>([
    ['line ends of both kinds', 'label,text\na,one\r\nb,two\n'],
    ['line ends of both kinds, Windows first', 'label,text\r\na,one\nb,two\r\n'],
    ['line ends that were written twice', 'label,text\r\r\na,one\r\r\nb,two\r\r\n'],
    ['line ends of old Macs', 'label,text\ra,one\rb,two\r'],
    ['gzip by its bytes alone', gzipSync(csv)],
    ['UTF-16 with its mark, though another encoding is named', Buffer.from(`\uFEFF${csv}`, 'utf16le')],
    ['white space around names of columns', ' label , text\na,one\nb,two\n'],
  ])('%s', async (name, contents) => {
    const options = name.includes('named') ? { encoding: 'windows-1252' } : name.includes('names') ? named : {}
    expect((await read(contents, options)).rows).toEqual(rows)
  })
  const named = { textColumn: 'text', labelColumn: 'label' }

  it('UTF-16 without a mark, which is said', async () => {
    const bytes = Buffer.from(csv, 'utf16le')
    expect(await read(bytes)).toEqual({ rows, said: 'it is read as utf-16le, though no mark says so.' })
    expect((await read(Buffer.from(csv, 'utf16le').swap16())).rows).toEqual(rows)
    expect((await read('label,text\na,one\0\nb,two\n')).rows).toEqual(['a: one\0', 'b: two'])
  })

  it('quotes and dashes of windows-1252', async () => {
    const bytes = Buffer.from('label,text\na,\x93one\x94 \x96 5 \x80\nb,two\n', 'latin1')
    expect((await read(bytes, { encoding: 'cp1252' })).rows).toEqual(['a: “one” – 5 €', 'b: two'])
  })

  it('a workbook is no table', async () => {
    await expect(read(Buffer.from('PK\x03\x04abc', 'latin1'))).rejects.toThrow(/got a ZIP archive\. .*\.xlsx.* as CSV/)
  })

  it('quotes with a backslash before them, which is said', async () => {
    const contents = 'label,text\na,"He said \\"hi\\" to me"\nb,"C:\\\\dir, \\"x\\""\n'
    const { rows: found, said } = await read(contents)
    expect(found).toEqual(['a: He said "hi" to me', 'b: C:\\dir, "x"'])
    expect(said).toBe('quotes inside of quoted cells are read with a backslash before them: \\".')
    // A backslash at the end of a cell is one where quotes are doubled.
    const doubled = await read('label,text\na,"C:\\"\nb,"say ""x"" \\"\n')
    expect(doubled).toEqual({ rows: ['a: C:\\', 'b: say "x" \\'], said: '' })
  })

  it('white space around labels is taken off, and said', async () => {
    const { rows: found, said } = await read('label,text\n a,one\nb ,two\nb,three\n')
    expect(found).toEqual(['a: one', 'b: two', 'b: three'])
    expect(said).toBe('white space around 2 labels is taken off.')
  })
})

describe('tables without a header', () => {
  it.each<[string, string, ReadExamplesOptions, string[], string]>([
    [
      'two columns',
      'a,number one\nb,number two\na,three\n',
      {},
      ['a: number one', 'b: number two', 'a: three'],
      'label, text',
    ],
    [
      'the label last',
      'number one,a\nnumber two,b\nthree,a\n',
      {},
      ['a: number one', 'b: number two', 'a: three'],
      'text, label',
    ],
    [
      'tabs',
      'ham\tsay "one"\nspam\t"two\nham\tthree\n',
      { format: 'tsv' },
      ['ham: say "one"', 'spam: "two', 'ham: three'],
      'label, text',
    ],
    ['semicolons', '1;very good\n2;rather bad\n', {}, ['1: very good', '2: rather bad'], 'label, text'],
    [
      'further columns',
      '0,17,x,this is the longest one\n4,18,x,so is this one here\n0,19,x,and this is another\n4,20,x,which is the last one\n',
      {},
      ['0: this is the longest one', '4: so is this one here', '0: and this is another', '4: which is the last one'],
      'label, column 2, column 3, text',
    ],
    [
      'that somebody says',
      'a,number one\nb,number two\n',
      { header: false },
      ['a: number one', 'b: number two'],
      'label, text',
    ],
  ])('are read by place, which is said: %s', async (_, contents, options, expected, names) => {
    const { rows: found, said } = await read(contents, options)
    expect(found).toEqual(expected)
    expect(said).toContain(`no header: its columns are taken for ${names}.`)
  })

  it('are refused where places say nothing, with what to do', async () => {
    const contents = 'x,number one,u\ny,number two,v\n'
    await expect(read(contents)).rejects.toThrow(
      /expected a column "label", got the columns "x", "number one", "u"\. .*no header, say so .*--no-header/,
    )
    await expect(read(contents, { header: false })).rejects.toThrow(/got the columns "1", "2", "3"/)
    const named = { header: false, labelColumn: '3', textColumn: '2' }
    expect((await read(contents, named)).rows).toEqual(['u: number one', 'v: number two'])
  })

  it('have a header where a name says so, and where somebody does', async () => {
    expect((await read('label,what\na,label\n', { textColumn: 'what' })).rows).toEqual(['a: label'])
    await expect(read('a,number one\nb,number two\na,three\n', { header: true })).rejects.toThrow(
      /expected a column "label"/,
    )
  })

  it('are asked about as well', async () => {
    const asked = async (contents: string, options: object = {}) => {
      const [queries, notices]: [unknown[], string[]] = [[], []]
      const onNotice = (message: string): void => void notices.push(message)
      const path = await textFile('a.csv', contents)
      for await (const { query } of readInputs(path, { role: 'text', usualNames: [] }, { ...options, onNotice }))
        queries.push(query)
      return { queries, said: notices.join('\n') }
    }
    expect(await asked('text\none\n')).toEqual({ queries: ['one'], said: '' })
    const single = await asked('Where is it?\nWhat is it?\n')
    expect(single.queries).toEqual(['What is it?'])
    expect(single.said).toMatch(/"Where is it\?" is taken for the header\..*--no-header/)
    expect((await asked('Where is it?\nWhat is it?\n', { header: false })).queries).toHaveLength(2)
    expect((await asked('7,Where is it?\n8,What is it?\n', { header: false })).queries).toEqual([
      'Where is it?',
      'What is it?',
    ])
  })
})
