import { InputError } from '@headstart/core'
import { describe, expect, it } from 'vitest'
import { bertFiles } from '../test/published-encoder.js'
import { readableText } from './readable-text.js'
import { sentencePieceLoader } from './sentence-piece.js'
import { tokenizedText } from './tokenized-text.js'

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const quickly = <T>(work: () => T, milliseconds = 2000): T => {
  const started = performance.now()
  const result = work()
  expect(performance.now() - started).toBeLessThan(milliseconds)
  return result
}

describe('a text', () => {
  it('of 200,000 combining marks is read in a moment, and no other text differently', () => {
    const marks = Array.from({ length: 200_000 }, (_, place) => (place % 2 ? '\u0301' : '\u0316')).join('')
    const load = sentencePieceLoader.load.bind(sentencePieceLoader)
    const pieces = new Map([
      [
        'vocab.json',
        json([
          ['<unk>', 0],
          ['\u2581', -1],
          ['a', -2],
        ]),
      ],
    ])
    for (const text of [
      `a${marks}`,
      `a${'\u{1D165}\uFF9E'.repeat(100_000)}`,
      `${'\u0301'.repeat(127)}a`.repeat(8000),
    ]) {
      quickly(() =>
        (load({ maxTokens: 8 }, pieces) as ReturnType<typeof load> & { prepare(text: string): number[] }).prepare(text),
      )
    }
    for (const text of [
      '',
      'a\u0301b',
      'Zalgo\u0301\u0316\u0301\u0316\u0301\u0316',
      '\u{1F469}\u{1F3FD}\u200D\u{1F52C}',
    ])
      expect(readableText(text)).toBe(text)
  })

  it('that a pattern of a tokenizer never ends with is refused, and costs itself alone', () => {
    const { prepare } = tokenizerWith('(a+)+$')
    expect(() => quickly(() => prepare(`${'a'.repeat(64)}!`))).toThrow(InputError)
    expect(prepare('a')).toEqual(tokenizerWith('x').prepare('a'))
  })

  it('that simple patterns read in the square of its length is refused as well', () => {
    quickly(() => {
      try {
        tokenizerWith('\\s*[\\r\\n]+x').prepare(' '.repeat(2 ** 20))
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
      }
    })
  })
})

it.each([-1, 0, 1.5, 1e9, '8', null])('a saved tokenizer that cuts at %s tokens is refused', (length) => {
  const pieces = new Map([
    [
      'vocab.json',
      json([
        ['<unk>', 0],
        ['\u2581', -1],
      ]),
    ],
  ])
  expect(() => sentencePieceLoader.load({ maxTokens: length }, pieces)).toThrow(
    'expected vocab.json and the setting maxTokens',
  )
})

it('a vocabulary that is nested JSON, or has pieces without end, is none', () => {
  const nested = new TextEncoder().encode('['.repeat(1_000_000))
  expect(() => sentencePieceLoader.load({ maxTokens: 8 }, new Map([['vocab.json', nested]]))).toThrow('no JSON')
  const long = json([
    ['<unk>', 0],
    ['\u2581', -1],
    ['a'.repeat(1000), -1],
  ])
  expect(() => sentencePieceLoader.load({ maxTokens: 8 }, new Map([['vocab.json', long]]))).toThrow('a piece of 1000')
})

const lowercase = { type: 'Lowercase' }
const sequence = { Sequence: { id: 'A', type_id: 0 } }
const steps = (count: number): object => ({
  normalizer: { type: 'Sequence', normalizers: Array.from({ length: count }, () => lowercase) },
})
const added = (count: number, id = (at: number): unknown => at): object => ({
  added_tokens: Array.from({ length: count }, (_, at) => ({ id: id(at), content: `token ${at}`, special: false })),
})

it.each<[string, object, string]>([
  ['a hundred thousand steps', steps(100_000), 'at most 10000 settings'],
  [
    'a text put into itself a hundred thousand times',
    {
      post_processor: {
        type: 'TemplateProcessing',
        single: Array.from({ length: 100_000 }, () => sequence),
        pair: [],
        special_tokens: {},
      },
    },
    'at most 10000 settings',
  ],
  ['a hundred thousand added tokens', added(100_000), 'at most 50000 added tokens, got 100000'],
  ['an id that is a text', added(3, () => '__proto__'), 'ids that are whole numbers from 0 on, got "__proto__"'],
  ['an id below nothing', { model: { type: 'WordPiece', unk_token: 'a', vocab: { a: -3 } } }, 'from 0 on, got -3'],
  [
    'an id beyond all numbers of tokens',
    { model: { type: 'WordPiece', unk_token: 'a', vocab: { a: 1e15 } } },
    'got 1000000000000000',
  ],
])('a tokenizer with %s is refused in a moment', (_, change, message) => {
  expect(() => quickly(() => tokenizerOf(change))).toThrow(message)
})

it('a tokenizer whose words may be endless costs a long one alone', () => {
  const { model } = bertFiles()['tokenizer.json'] as { model: object }
  const endless = tokenizerOf({ model: { ...model, max_input_chars_per_word: 1e12 } })
  quickly(() => {
    try {
      endless.prepare('a'.repeat(2000))
    } catch (error) {
      expect(error).toBeInstanceOf(InputError)
    }
  })
  expect(endless.prepare('a')).toEqual(tokenizerOf({}).prepare('a'))
})

/** A tokenizer whose texts are split by a pattern. */
function tokenizerWith(pattern: string): { prepare(text: string): unknown } {
  return tokenizerOf({
    pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
  })
}

/** A tokenizer with some parts replaced. */
function tokenizerOf(change: object): { prepare(text: string): unknown } {
  const files = bertFiles()
  const tokenizer = files['tokenizer.json'] as object
  return tokenizedText({
    tokenizer: json({ ...tokenizer, ...change }),
    tokenizerConfig: json(files['tokenizer_config.json']),
    inputs: [{ name: 'input_ids', type: 'int64' }],
    maxLength: 16,
    longTexts: 'truncate',
    prefix: '',
    firstPosition: 0,
  }) as unknown as { prepare(text: string): unknown }
}
