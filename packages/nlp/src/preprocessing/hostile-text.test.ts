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

/** A tokenizer whose texts are split by a pattern. */
function tokenizerWith(pattern: string): { prepare(text: string): unknown } {
  const files = bertFiles()
  const tokenizer = files['tokenizer.json'] as object
  const split = { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }
  return tokenizedText({
    tokenizer: json({ ...tokenizer, pre_tokenizer: split }),
    tokenizerConfig: json(files['tokenizer_config.json']),
    inputs: [{ name: 'input_ids', type: 'int64' }],
    maxLength: 16,
    longTexts: 'truncate',
    prefix: '',
    firstPosition: 0,
  }) as unknown as { prepare(text: string): unknown }
}
