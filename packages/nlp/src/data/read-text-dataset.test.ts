import { describe, expect, expectTypeOf, it } from 'vitest'
import type { Dataset } from '@headstart/core'
import { textFile } from '../../test/text-file.js'
import { readTextDataset } from './read-text-dataset.js'

describe('readTextDataset', () => {
  it.each([
    ['reviews.csv', 'label,text\ngood,"Fine, really"\nbad,Awful\n'],
    ['reviews.tsv', 'text\tlabel\nFine, really\tgood\nAwful\tbad\n'],
    ['reviews.TAB', 'text\tlabel\nFine, really\tgood\nAwful\tbad\n'],
    ['reviews.jsonl', '{"label":"good","text":"Fine, really"}\n{"text":"Awful","label":"bad"}\n'],
    ['reviews.ndjson', '{"label":"good","text":"Fine, really"}\n{"text":"Awful","label":"bad"}\n'],
  ])('reads %s', async (name, contents) => {
    const data = await readTextDataset(await textFile(name, contents))
    expect(data).toMatchObject({ name, kind: 'classification', size: 2, labels: ['bad', 'good'] })
    expect(data.inputs).toEqual(['Fine, really', 'Awful'])
    expect(data.targets).toEqual(['good', 'bad'])
    expectTypeOf(data).toEqualTypeOf<Dataset<string, string>>()
  })

  it('takes the format that is named where the ending says nothing', async () => {
    const path = await textFile('reviews.txt', 'label\ttext\na\tone\nb\ttwo\n')
    expect((await readTextDataset(path, { format: 'tsv' })).inputs).toEqual(['one', 'two'])
    await expect(readTextDataset(path)).rejects.toThrow(
      /expected a file ending in \.csv, \.tsv, \.jsonl or \.json \(or these with \.gz\), got "\.txt"\. Name the format/,
    )
    await expect(readTextDataset(await textFile('reviews', 'x'))).rejects.toThrow(/got no ending/)
  })

  it('says what it guessed and which texts are empty, and keeps them', async () => {
    const notices: string[] = []
    const path = await textFile('a.csv', 'sentiment,review\ngood,Fine\nbad, \nbad,\n')
    const data = await readTextDataset(path, { onNotice: (message) => notices.push(message) })
    expect(data.size).toBe(3)
    expect(notices).toEqual([
      expect.stringContaining('"sentiment" is taken for the label'),
      expect.stringContaining('"review" is taken for the text'),
      expect.stringContaining('2 of 3 texts are empty; they are kept.'),
    ])
  })

  it('takes other columns by name', async () => {
    const path = await textFile('a.csv', 'id,stars,title\n1,5,Fine\n2,1,Awful\n')
    const data = await readTextDataset(path, { labelColumn: 'stars', textColumn: 'title' })
    expect(data.targets).toEqual(['5', '1'])
  })

  it('takes numbers and truth values in JSON as class names', async () => {
    const path = await textFile('a.jsonl', '{"label":1,"text":"one"}\n{"label":true,"text":"two"}\n')
    expect((await readTextDataset(path)).targets).toEqual(['1', 'true'])
  })

  it('reads several labels, from a JSON list or between bars', async () => {
    const csv = await readTextDataset(await textFile('a.csv', 'label,text\nred|round,ball\nred,rose\n'), {
      kind: 'multi-label',
    })
    const jsonl = await readTextDataset(
      await textFile(
        'a.jsonl',
        '{"label":["red","round"],"text":"ball"}\n{"label":["red"],"text":"rose"}\n{"label":[],"text":"air"}\n',
      ),
      { kind: 'multi-label' },
    )
    expect(csv.kind).toBe('multi-label')
    expect(csv.targets).toEqual([['red', 'round'], ['red']])
    expect(jsonl.targets).toEqual([['red', 'round'], ['red'], []])
    expectTypeOf(csv).toEqualTypeOf<Dataset<string, string[]>>()
  })

  it('reads numbers for regression', async () => {
    const data = await readTextDataset(await textFile('a.csv', 'label,text\n4.5,Fine\n-1e1,Awful\n'), {
      kind: 'regression',
    })
    expect(data.kind).toBe('regression')
    expect(data.targets).toEqual([4.5, -10])
    expectTypeOf(data).toEqualTypeOf<Dataset<string, number>>()
  })

  it.each<[string, string, string, Parameters<typeof readTextDataset>[1], RegExp]>([
    ['an empty file', 'a.csv', '', {}, /expected a header and rows, got an empty file/],
    ['a header alone', 'a.csv', 'label,text\n', {}, /expected rows with label and text, got a header and no rows/],
    [
      'a row without a label',
      'a.csv',
      'label,text\na,one\n,two\n',
      {},
      /a\.csv:3: expected a label in "label", got an empty cell\. Label the example/,
    ],
    [
      'an object without a label',
      'a.jsonl',
      '{"label":"a","text":"one"}\n{"text":"two"}\n',
      {},
      /a\.jsonl:2: expected a label in "label", got nothing/,
    ],
    [
      'an object as a label',
      'a.jsonl',
      '{"label":{},"text":"one"}\n',
      {},
      /a\.jsonl:1: expected a label in "label", got \{\}/,
    ],
    ['a text that is none', 'a.jsonl', '{"label":"a","text":7}\n', {}, /a\.jsonl:1: expected a text in "text", got 7/],
    [
      'no text',
      'a.jsonl',
      '{"label":"a","text":"one"}\n{"label":"a"}\n',
      {},
      /a\.jsonl:2: expected a text in "text", got nothing/,
    ],
    [
      'a missing column',
      'a.csv',
      'label,words\na,b\n',
      {},
      /expected a column "text", got the columns "label", "words"/,
    ],
    [
      'a number that is none',
      'a.csv',
      'label,text\n4,one\nmany,two\n',
      { kind: 'regression' as never },
      /a\.csv:3: expected a number in "label", got "many"/,
    ],
    [
      'a number without end',
      'a.csv',
      'label,text\nInfinity,one\n',
      { kind: 'regression' as never },
      /a\.csv:2: expected a number in "label", got "Infinity"/,
    ],
  ])('refuses %s', async (_, name, contents, options, message) => {
    const reading = readTextDataset(await textFile(name, contents), options)
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ fault: 'input' })
  })

  it('refuses a file that is missing, and a folder', async () => {
    await expect(readTextDataset('no/such.csv')).rejects.toThrow(
      /no\/such\.csv: expected a file or folder, got nothing of that name/,
    )
    await expect(readTextDataset('.')).rejects.toThrow(/expected a file, got a folder/)
  })

  it('stops when the signal aborts', async () => {
    const path = await textFile('a.csv', 'label,text\na,one\n')
    await expect(readTextDataset(path, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })
})
