import { parquetWriteBuffer } from 'hyparquet-writer'
import { describe, expect, it } from 'vitest'
import { textFile } from '../../../test/text-file.js'
import { readExamples, type ReadExamplesOptions } from './read-examples.js'
import { readInputs } from './read-inputs.js'

const text = { role: 'text', usualNames: ['sentence'] }

async function read(name: string, contents: unknown, options: ReadExamplesOptions & { textColumn?: string } = {}) {
  const notices: string[] = []
  const onNotice = (message: string): void => void notices.push(message.replace(/^.*?: /, ''))
  const bytes = typeof contents === 'string' || contents instanceof Uint8Array ? contents : lines(contents as object[])
  const path = await textFile(name, bytes)
  const input = { ...text, named: options.textColumn }
  const { examples } = await readExamples(path, input, { onNotice, ...options })
  const asked: unknown[] = []
  for await (const { query } of readInputs(path, input, options)) asked.push(query)
  return { examples: examples.map(({ input: said, label }) => [said, label]), asked, said: notices.join('\n') }
}

const lines = (objects: readonly object[]): string => objects.map((one) => `${JSON.stringify(one)}\n`).join('')
const expected = [
  ['one', 'a'],
  ['two', 'b'],
]
const both = [
  ['one', ['a', 'b']],
  ['two', ['b']],
]

const choices = (...names: string[]) => ({ type: 'choices', from_name: 'topic', value: { choices: names } })
const studio = (said: string, ...result: object[]) => ({ id: 1, data: { text: said }, annotations: [{ result }] })

describe('exports of tools for labeling', () => {
  it.each<[string, string, unknown]>([
    ['Label Studio', 'a.json', JSON.stringify([studio('one', choices('a')), studio('two', choices('b'))], null, 2)],
    [
      'Label Studio',
      'min.json',
      JSON.stringify([
        { id: 1, text: 'one', topic: 'a', annotator: 1, lead_time: 2 },
        { id: 2, text: 'two', topic: { choices: ['b'] }, annotator: 1, lead_time: 2 },
      ]),
    ],
    [
      'Label Studio',
      'a.csv',
      'annotation_id,annotator,id,lead_time,sentence,topic\n1,1,1,2,one,a\n2,1,2,2,two,"{""choices"":[""b""]}"\n',
    ],
    [
      'Argilla',
      'a.jsonl',
      [
        { fields: { text: 'one' }, responses: { topic: [{ value: 'x', status: 'discarded' }, { value: 'a' }] } },
        { fields: { text: 'two' }, responses: { topic: [{ value: 'b' }] } },
      ],
    ],
    [
      'Argilla',
      'server.jsonl',
      [
        { fields: { text: 'one' }, responses: [{ values: { topic: { value: 'a' } }, status: 'submitted' }] },
        { fields: { text: 'two' }, responses: [{ values: { topic: { value: 'b' } }, status: 'submitted' }] },
      ],
    ],
    [
      'Argilla',
      'flat.jsonl',
      [
        { text: 'one', 'topic.responses': ['a'] },
        { text: 'two', 'topic.responses': ['b'] },
      ],
    ],
    [
      'Argilla',
      'old.jsonl',
      [
        { inputs: { text: 'one' }, prediction: null, annotation: 'a' },
        { inputs: { text: 'two' }, prediction: null, annotation: ['b'] },
      ],
    ],
    [
      'doccano',
      'a.jsonl',
      [
        { id: 1, data: 'one', label: ['a'] },
        { id: 2, data: 'two', label: ['b'] },
      ],
    ],
    ['doccano', 'doccano.csv', 'id,data,label\n1,one,a\n2,two,b\n'],
    [
      'Prodigy',
      'binary.jsonl',
      [
        { text: 'one', label: 'a', answer: 'accept' },
        { text: 'two', label: 'b', answer: 'accept' },
      ],
    ],
    [
      'messages of a chat',
      'chat.jsonl',
      expected.map(([said, label]) => ({
        messages: [
          { role: 'system', content: 'Classify.' },
          { role: 'user', content: said },
          { role: 'assistant', content: label },
        ],
      })),
    ],
  ])('%s, which is said (%s)', async (tool, name, contents) => {
    const { examples, asked, said } = await read(name, contents)
    expect(examples).toEqual(expected)
    expect(asked).toEqual(['one', 'two'])
    expect(said).toMatch(new RegExp(`read as (an export of )?${tool}: the text from "`))
  })

  it.each<[string, string, unknown]>([
    ['Label Studio', 'a.jsonl', [studio('one', choices('a', 'b')), studio('two', choices('b'))]],
    [
      'Argilla',
      'a.jsonl',
      [
        { fields: { text: 'one' }, responses: { topic: [{ value: ['a', 'b'] }] } },
        { fields: { text: 'two' }, responses: { topic: [{ value: ['b'] }] } },
      ],
    ],
    [
      'doccano',
      'a.jsonl',
      [
        { id: 1, text: 'one', label: ['a', 'b'] },
        { id: 2, text: 'two', label: ['b'] },
      ],
    ],
    ['doccano', 'a.csv', 'id,data,label\n1,one,a#b\n2,two,b\n'],
    [
      'Prodigy',
      'a.jsonl',
      [
        { text: 'one', accept: ['a', 'b'], answer: 'accept' },
        { text: 'two', accept: ['b'], answer: 'accept' },
      ],
    ],
    ['fastText', 'a.txt', '__label__a __label__b one\n\n__label__b two\n'],
  ])('with several labels: %s', async (_, name, contents) => {
    expect((await read(name, contents, { kind: 'multi-label' as never })).examples).toEqual(both)
    await expect(read(name, contents)).rejects.toThrow(/expected one label .*got \["a","b"\].*--kind multi-label/)
  })

  it('leaves out what nobody labeled, and what was rejected, and says how many', async () => {
    const rows = [
      { text: 'one', label: 'a', answer: 'accept' },
      { text: 'no', label: 'a', answer: 'reject' },
      { text: 'what', label: 'a', answer: 'ignore' },
      { text: 'two', label: 'b', answer: 'accept' },
    ]
    const prodigy = await read('a.jsonl', rows)
    expect(prodigy.examples).toEqual(expected)
    expect(prodigy.asked).toHaveLength(4)
    expect(prodigy.said).toContain('rows that are left out: 1 answered "reject", 1 answered "ignore".')
    const tasks = [studio('one', choices('a')), { id: 3, data: { text: 'later' }, annotations: [] }]
    const skipped = { id: 4, data: { text: 'skipped' }, annotations: [{ was_cancelled: true, result: [choices('a')] }] }
    const labelStudio = await read('b.jsonl', [...tasks, skipped, studio('two', choices('b'))])
    expect(labelStudio.examples).toEqual(expected)
    expect(labelStudio.said).toContain('rows that are left out: 2 without a label.')
  })

  it('are left alone where columns are named, by paths into them', async () => {
    const rows = [studio('one', choices('a')), studio('two', choices('b'))]
    const path = 'annotations.0.result.0.value.choices.0'
    const { examples, said } = await read('a.jsonl', rows, { textColumn: 'data.text', labelColumn: path })
    expect({ examples, said }).toEqual({ examples: expected, said: '' })
    const all = {
      kind: 'multi-label' as never,
      textColumn: 'data.text',
      labelColumn: 'annotations.result.value.choices',
    }
    const several = [studio('one', choices('a'), choices('b')), studio('two', choices('b'))]
    expect((await read('a.jsonl', several, all)).examples).toEqual(both)
    await expect(read('a.jsonl', rows, { textColumn: 'data.txt', labelColumn: path })).rejects.toThrow(
      /a\.jsonl:1: expected a text in "data\.txt", got nothing/,
    )
    await expect(read('a.jsonl', rows, { textColumn: 'body.text', labelColumn: path })).rejects.toThrow(
      /expected a column "body\.text", got the columns "id", "data", "data\.text", "annotations"/,
    )
  })
})

describe('files for fastText', () => {
  it('have labels wherever words begin with __label__', async () => {
    const { examples, said } = await read('cooking.train', '__label__a one\ntwo __label__b\n')
    expect(examples).toEqual(expected)
    expect(said).toContain('read as text for fastText')
    await expect(read('a.txt', '__label__a one\nand more\n')).rejects.toThrow(/a\.txt:2: expected a label/)
    await expect(read('a.txt', 'one\n')).rejects.toThrow(/got "\.txt"\..*lines for fastText begin with __label__/)
  })
})

describe('data sets of Hugging Face', () => {
  const features = [
    { feature_idx: 0, name: 'text', type: { dtype: 'string', _type: 'Value' } },
    { feature_idx: 1, name: 'label', type: { names: ['a', 'b'], _type: 'ClassLabel' } },
  ]
  const rows = [
    { row_idx: 0, row: { text: 'one', label: 0 }, truncated_cells: [] },
    { row_idx: 1, row: { text: 'two', label: 1 }, truncated_cells: [] },
  ]

  it('are read as their server answers, with the names of classes', async () => {
    for (const answer of [JSON.stringify({ features, rows }), JSON.stringify({ features, rows }, null, 1)]) {
      const { examples, said } = await read('rows.json', answer)
      expect(examples).toEqual(expected)
      expect(said).toBe('its rows are taken from "rows".')
    }
    const numbers = await read('a.jsonl', rows)
    expect(numbers.examples.map(([, label]) => label)).toEqual(['0', '1'])
    expect(numbers.said).toBe('its rows are taken from "row" of each object.')
  })

  it.each([
    ['split', { columns: ['text', 'label'], index: [0, 1], data: expected }],
    ['columns', { text: { 0: 'one', 1: 'two' }, label: { 0: 'a', 1: 'b' } }],
    [
      'table',
      {
        schema: { fields: [] },
        data: [
          { index: 0, text: 'one', label: 'a' },
          { text: 'two', label: 'b' },
        ],
      },
    ],
  ])('and tables as pandas writes them: %s', async (_, whole) => {
    expect((await read('a.json', JSON.stringify(whole))).examples).toEqual(expected)
  })

  it('are read from Parquet', async () => {
    const columnData = [
      { name: 'text', data: ['one', 'two'], type: 'STRING' as const },
      { name: 'label', data: [0n, 1n], type: 'INT64' as const },
    ]
    const plain = await read('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData })))
    expect(plain.examples.map(([, label]) => label)).toEqual(['0', '1'])
    const value = JSON.stringify({ info: { features: { label: { names: ['a', 'b'], _type: 'ClassLabel' } } } })
    const kvMetadata = [{ key: 'huggingface', value }]
    const named = await read('a.parquet', new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })))
    expect(named.examples).toEqual(expected)
    await expect(read('a.parquet', 'no such thing')).rejects.toThrow(/expected a Parquet file/)
  })
})
