import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readExamples, readInputs } from '../data/table/index.js'
import { createTables, findTables, tableFiles } from './table-files.js'

const text = { role: 'text', usualNames: ['review'], named: undefined } as const

describe('texts of a project', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headstart-tables-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const path = (name: string): string => join(folder, name)

  it('are read by training as they were typed, whatever is in them', async () => {
    const odd = [
      'plain',
      'with, comma',
      'with "quotes"',
      String.raw`with \"both\"`,
      'two\nlines',
      'windows\r\nlines',
      ' spaces ',
      ';semi;colons;',
      'tab\tbed',
      "=HYPERLINK('x')",
      '#comment',
      '\\',
      '"',
      'ünï 👋 \u2028 x',
      '12',
      'text',
      'a|b',
      '__label__x y',
    ]
    const files = tableFiles(folder, { input: text })
    for (const [place, one] of odd.entries()) await files.add([{ text: one, label: `class ${place % 3}, "x"` }])
    await files.add(odd.map((one) => ({ text: `no label: ${one}` })))
    const { examples: read } = await readExamples(path('data.csv'), text)
    expect(read.map(({ input }) => input)).toEqual(odd)
    expect(read[1]?.label).toBe('class 1, "x"')
    const unlabeled: unknown[] = []
    for await (const { query } of readInputs(path('unlabeled.csv'), text)) unlabeled.push(query)
    expect(unlabeled).toEqual(odd.map((one) => `no label: ${one}`))
    const frozen = await files.freeze()
    const { examples: again } = await readExamples(frozen.path, text)
    expect(frozen.ids(again.map(({ input }) => input))).toEqual(frozen.examples.map(({ id }) => id))
    await frozen.close()
  })

  it('keep copies apart, and where a killed process left one twice its label counts', async () => {
    await writeFile(path('data.csv'), 'text,label\nsame,a\nsame,b\nother,a\n')
    await writeFile(path('unlabeled.csv'), 'text\nother\nnew\n')
    const files = tableFiles(folder, { input: text })
    const list = await files.list()
    expect(list.map(({ label }) => label)).toEqual(['a', 'b', 'a', null])
    expect(new Set(list.map(({ id }) => id)).size).toBe(4)
    await files.move([{ id: list[1]?.id as string, to: { label: 'c' } }])
    expect(await readFile(path('data.csv'), 'utf8')).toBe('text,label\nsame,a\nsame,c\nother,a\n')
    const now = await files.list()
    await writeFile(path('data.csv'), await readFile(path('data.csv')))
    expect(await files.list()).toBe(now)
  })

  it('are refused a label that no class can have, and nothing is written', async () => {
    const files = tableFiles(folder, { input: text })
    const { added } = await files.add([{ text: 'one', label: 'a' }])
    const before = await readFile(path('data.csv'), 'utf8')
    for (const label of ['', '  ', ' a', 'a\u0007', 'x'.repeat(201)])
      await expect(files.move([{ id: added[0]?.id as string, to: { label } }])).rejects.toThrow('the name of a class')
    expect(await readFile(path('data.csv'), 'utf8')).toBe(before)
    const { refused } = await files.add([
      { text: '  ' },
      { text: 'x', label: '' },
      { name: 'a.csv', bytes: new Uint8Array() },
    ])
    expect(refused.map(({ message }) => message)).toEqual([
      'text: expected some words, got none. Type some.',
      'label: expected the name of a class, got nothing but white space. Correct it.',
      'a.csv: expected a header and rows, got an empty file. Add labeled examples.',
    ])
  })

  it('have labels that are written where they are texts, under the names of their columns', async () => {
    await writeFile(path('data.csv'), 'source,target,note\nOpen,Öffnen,a menu\n')
    const files = tableFiles(folder, {
      input: { role: 'source', usualNames: [], named: undefined },
      columns: { text: 'source', label: 'target' },
      kind: 'text',
    })
    const { added } = await files.add([{ text: 'Close' }, { text: 'Save', label: ' "Sichern", alles\n' }])
    const [close] = added
    await files.move([{ id: close?.id as string, to: { label: 'Schließen' } }])
    const rows = ['Open,Öffnen,a menu', 'Save," ""Sichern"", alles\n",', 'Close,Schließen,']
    expect(await readFile(path('data.csv'), 'utf8')).toBe(['source,target,note', ...rows, ''].join('\n'))
    expect(await readFile(path('unlabeled.csv'), 'utf8')).toBe('source\n')
    await expect(files.move([{ id: close?.id as string, to: { label: ' ' } }])).rejects.toThrow('a text of at most')
    const frozen = await files.freeze()
    expect(frozen.examples.map(({ label }) => label)).toEqual(['Öffnen', ' "Sichern", alles\n', 'Schließen'])
    await frozen.close()
  })

  it('are found in a folder, and read over from other tables', async () => {
    await writeFile(path('reviews.jsonl'), '{"review":"Good","label":"pos"}\n{"review":"Bad","label":"neg"}\n')
    await writeFile(path('notes.txt'), 'nothing')
    expect(await findTables(folder)).toEqual(['reviews.jsonl'])
    await createTables(folder, { input: text }, 'reviews.jsonl')
    expect(await readFile(path('data.csv'), 'utf8')).toBe('text,label\nGood,pos\nBad,neg\n')
    expect(await readFile(path('unlabeled.csv'), 'utf8')).toBe('text\n')
  })
})
