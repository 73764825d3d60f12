import { describe, expect, it } from 'vitest'
import { textFile } from '../../../test/text-file.js'
import type { Row } from './row.js'
import { readRows, type RowFormat } from './rows.js'

async function rows(format: RowFormat, contents: string): Promise<Row[]> {
  const found: Row[] = []
  for await (const row of readRows(await textFile(`data.${format}`, contents), format)) found.push(row)
  return found
}
const cells = async (format: RowFormat, contents: string) => (await rows(format, contents)).map((row) => row.cells)

describe('rows of a CSV file', () => {
  it.each([
    [
      'plain cells',
      'label,text\na,one\nb,two\n',
      [
        { label: 'a', text: 'one' },
        { label: 'b', text: 'two' },
      ],
    ],
    ['no line end after the last row', 'label,text\na,one', [{ label: 'a', text: 'one' }]],
    [
      'the line ends of Windows',
      'label,text\r\na,one\r\nb,two\r\n',
      [
        { label: 'a', text: 'one' },
        { label: 'b', text: 'two' },
      ],
    ],
    ['a byte order mark', '\uFEFFlabel,text\na,one\n', [{ label: 'a', text: 'one' }]],
    [
      'separators, quotes and line ends in a quoted cell',
      'label,text\na,"one, ""two""\nthree"\n',
      [{ label: 'a', text: 'one, "two"\nthree' }],
    ],
    [
      'empty lines and empty cells',
      'label,text\n\na,\n\n\n,b\n',
      [
        { label: 'a', text: '' },
        { label: '', text: 'b' },
      ],
    ],
    ['spaces, which are part of a cell', 'label,text\n a , one \n', [{ label: ' a ', text: ' one ' }]],
    ['a header alone', 'label,text\n', []],
  ])('%s', async (_, contents, expected) => {
    expect(await cells('csv', contents)).toEqual(expected)
  })

  it('know the line on which they begin', async () => {
    const found = await rows('csv', 'label,text\na,"one\ntwo"\nb,three\n')
    expect(found.map(({ line }) => line)).toEqual([2, 4])
    const apart = await rows('csv', 'label,text\n\n\na,"one\n\ntwo"\n\nb,three\n')
    expect(apart.map(({ line }) => line)).toEqual([4, 8])
  })

  it('are counted to the row at fault, however far it is', async () => {
    const good = Array.from({ length: 500 }, (_, i) => `a,text number ${i} is fine\n`).join('')
    await expect(rows('csv', `label,text\n${good}a,one,two\n`)).rejects.toThrow(/data\.csv:502: expected 2 cells/)
    await expect(rows('csv', `label,text\n${good}\na,5" disk\n`)).rejects.toThrow(/data\.csv:503: expected quotes/)
  })

  it('leave out what spreadsheets add: empty columns and rows at the end', async () => {
    expect(await cells('csv', 'label,text,,\na,one,,\nb,two\n,,,\n,,,\n')).toEqual([
      { label: 'a', text: 'one' },
      { label: 'b', text: 'two' },
    ])
    await expect(rows('csv', 'label,text,,\na,one, and two,\n')).rejects.toThrow(/data\.csv:2: expected 2 cells.*got 4/)
  })

  it('of the largest size that is taken are read whole', async () => {
    const text = 'x'.repeat(2 ** 20 - 10)
    const [row] = await cells('csv', `label,text\na,${text}\n`)
    expect(row?.['text'] === text).toBe(true)
  })

  it.each([
    [
      'a column name twice',
      'a,a\n1,2\n',
      /data\.csv:1: expected columns with different names, got "a" twice\. Rename one/,
    ],
    ['a cell too many', 'a,b\n1,2\n1,2,3\n', /data\.csv:3: expected 2 cells, as in the header, got 3\. Put quotes/],
    ['a cell too few', 'a,b\n1\n', /data\.csv:2: expected 2 cells, as in the header, got 1/],
    [
      'a quote that is never closed',
      'a,b\n1,2\n1,"2\n1,2\n',
      /data\.csv:3: expected a closing quote, got the end of the file/,
    ],
    [
      'a quote in the middle of a cell',
      'a,b\n1,2 "two"\n',
      /data\.csv:2: expected quotes around a whole cell, doubled inside it/,
    ],
    ['text after a closing quote', 'a,b\n1,"2" two\n', /data\.csv:2: expected quotes around a whole cell/],
    [
      'a row of megabytes',
      `a,b\n1,2\n1,${'x'.repeat(3_000_000)}\n`,
      /data\.csv:3: expected a row of at most 1048576 characters/,
    ],
  ])('say what is wrong: %s', async (_, contents, message) => {
    await expect(rows('csv', contents)).rejects.toThrow(message)
    await expect(rows('csv', contents)).rejects.toMatchObject({ name: 'DataError', fault: 'input' })
  })
})

describe('rows of a TSV file', () => {
  it('have tabs between cells, and commas and quotes inside', async () => {
    const found = await cells('tsv', 'label\ttext\na\tone, "two" and three\nb\t5" disk\n')
    expect(found).toEqual([
      { label: 'a', text: 'one, "two" and three' },
      { label: 'b', text: '5" disk' },
    ])
  })

  it.each([
    ['begins a cell', 'a\t"Great" movie\nb\tbad\n', ['"Great" movie', 'bad']],
    ['opens and never closes', 'a\t"Great movie\nb\tbad\nb\tawful\n', ['"Great movie', 'bad', 'awful']],
    [
      'opens in one row and closes in another',
      'a\t"awful\nb\tbad"\na\tugly" they said\n',
      ['"awful', 'bad"', 'ugly" they said'],
    ],
    ['opens before an empty line', 'a\t"awful\n\nb\tbad"\n', ['"awful', 'bad"']],
    ['opens in the last row', 'a\tone\nb\t"awful', ['one', '"awful']],
    ['stands around a cell, others doubled inside', 'a\t"5"" disk"\nb\t""\n', ['5" disk', '']],
    ['stands around a tab', 'a\t"one\ttwo"\nb\tbad\n', ['one\ttwo', 'bad']],
    ['stands around line ends', 'a\t"one\ntwo ""2""\n\nthree"\r\nb\tbad\n', ['one\ntwo "2"\n\nthree', 'bad']],
  ])('lose no row to a quote that %s', async (_, contents, texts) => {
    expect((await cells('tsv', `label\ttext\n${contents}`)).map(({ text }) => text)).toEqual(texts)
  })

  it('may have quoted cells before others, and know their lines', async () => {
    const found = await rows('tsv', 'text\tlabel\n"one\ntwo"\ta\n"three"\tb\n\n"four\tc\n')
    expect(found).toEqual([
      { line: 2, cells: { text: 'one\ntwo', label: 'a' } },
      { line: 4, cells: { text: 'three', label: 'b' } },
      { line: 6, cells: { text: '"four', label: 'c' } },
    ])
    await expect(rows('tsv', 'text\tlabel\n"one\ta\n"two\n')).rejects.toThrow(/data\.tsv:3: expected 2 cells.*got 1/)
  })
})

describe('rows of a JSONL file', () => {
  it('are objects, one on each line', async () => {
    const found = await rows(
      'jsonl',
      '\uFEFF{"label":"a","text":"one\\ntwo"}\r\n\n{"label":1,"text":"three","more":null}',
    )
    expect(found).toEqual([
      { line: 1, cells: { label: 'a', text: 'one\ntwo' } },
      { line: 3, cells: { label: 1, text: 'three', more: null } },
    ])
  })

  it('nested without end are no row, and the line is named', async () => {
    const nested = `{"text":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    for (const text of [`{"text":"a"}\n${nested}\n`, `{"text":"a"}\n{"text":${'{"a":'.repeat(100_000)}`])
      await expect(rows('jsonl', text)).rejects.toThrow(
        /data\.jsonl:2: expected a JSON object, got more than 256 lists and objects in one another/,
      )
  })

  it('may lie across the pieces in which a file is read', async () => {
    const contents = Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ text: `${i} ${'x'.repeat(i % 97)}` }),
    ).join('\n')
    const found = await rows('jsonl', contents)
    expect(found.map(({ line, cells: { text } }) => `${line - 1}` === (text as string).split(' ')[0])).not.toContain(
      false,
    )
    expect(found).toHaveLength(3000)
  })

  it.each([
    [
      'a line that is no JSON',
      '{"a":1}\n{"a":\n',
      /data\.jsonl:2: expected a JSON object, got .*JSON.*\. Write one object on each line/,
    ],
    ['a list', '[1, 2]\n', /data\.jsonl:1: expected a JSON object, got \[1,2\]/],
    ['a number', '7', /data\.jsonl:1: expected a JSON object, got 7/],
    ['null', '{"a":1}\n\nnull\n', /data\.jsonl:3: expected a JSON object, got null/],
    [
      'a line of megabytes',
      `{"a":1}\n{"a":"${'x'.repeat(3_000_000)}"}\n`,
      /data\.jsonl:2: expected a line of at most 1048576 characters/,
    ],
  ])('say what is wrong: %s', async (_, contents, message) => {
    await expect(rows('jsonl', contents)).rejects.toThrow(message)
  })
})
