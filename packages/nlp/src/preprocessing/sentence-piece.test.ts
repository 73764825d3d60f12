import { readFileSync } from 'node:fs'
import { DataError } from '@headstart/core/kit'
import { describe, expect, it } from 'vitest'
import { originalTokenizer } from '../../test/original-tokenizer.js'
import { reviewSentences } from '../../test/review-sentences.js'
import { sentencePiece, sentencePieceLoader } from './sentence-piece.js'

const vocabulary = readFileSync(new URL('../../assets/universal-sentence-encoder/vocab.json', import.meta.url))
const { prepare, collate, config, files, contentKey } = sentencePiece({ vocabulary })
const original = originalTokenizer()
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

describe('sentencePiece', () => {
  it('gives the ids of the original tokenizer for 3,000 sentences', () => {
    for (const sentence of reviewSentences()) {
      // U+0085, a line end, is white space in Unicode, but not in JavaScript.
      const collapsed = sentence.replace(/[\s\u0085]+/g, ' ').trim()
      expect(prepare(sentence), sentence).toEqual(original.encode(collapsed).slice(0, 128))
    }
  })

  it.each([
    ['nothing', ''],
    ['the separator itself', '▁'],
    ['the separator inside', 'a▁b ▁ c'],
    ['one letter', 'x'],
    ['an emoji', 'good 😀'],
    ['emoji in a row', '😀😀 😡'],
    ['emoji joined to one', '👩‍👩‍👧‍👦 family'],
    ['a flag', '🇳🇴'],
    ['Chinese', '这部电影很好看'],
    ['Japanese', 'とても美味しかったです。'],
    ['Arabic', 'الطعام لذيذ'],
    ['Hindi', 'खाना बहुत अच्छा था'],
    ['Cyrillic', 'Очень вкусно!'],
    ['a ligature, which NFKC takes apart', 'oﬃce ﬁne'],
    ['letters that NFKC puts together', 'cafe\u0301'],
    ['full width', 'ＧＯＯＤ'],
    ['half a character', 'a \ud83d b'],
    ['signs', '<unk> :) --- $5.99 100% C++'],
    ['a long word', 'supercalifragilisticexpialidocious'.repeat(4)],
  ])('gives the ids of the original tokenizer for %s', (_, text) => {
    expect(prepare(text)).toEqual(original.encode(text).slice(0, 128))
  })

  it.each([' ', '   ', '  a  b ', 'a\tb\nc\r\nd', ' a\u00a0\u2028\u3000b\n\n'])(
    'reads white space in %j as one space',
    (text) => {
      const collapsed = text.split(/\s+/).filter(Boolean).join(' ')
      expect(prepare(text)).toEqual(original.encode(collapsed))
      const kept = sentencePiece({ vocabulary, whiteSpace: 'kept' })
      expect(kept.prepare(text)).toEqual(original.encode(text))
      expect([kept.id, sentencePieceLoader.id]).toEqual(['use-sentencepiece/1', 'use-sentencepiece/2'])
    },
  )

  it('keeps white space for which the vocabulary has a piece', async () => {
    const own = sentencePiece({
      vocabulary: bytesOf([
        ['?', 0],
        ...Array.from({ length: 5 }, () => ['<spare>', 0]),
        ['▁', -1],
        ['a', -1],
        ['\t', -1],
      ]),
    })
    expect(await own.prepare('a\ta')).toEqual([6, 7, 8, 7])
  })

  it('says which texts it cut, and which it cannot read', () => {
    const reader = sentencePiece({ vocabulary })
    for (const text of [
      'fine',
      'good '.repeat(129),
      'x,'.repeat(100),
      '我的包裹在哪里',
      '我的包裹在哪里',
      'أين طردي',
      'naïve café, Größe',
    ]) {
      reader.prepare(text)
    }
    expect(reader.takeNotices?.()).toEqual([
      expect.stringMatching(/^2 texts are longer than 128 tokens/),
      expect.stringMatching(
        /^2 texts are for the most part of characters that this encoder cannot read, such as "我的/,
      ),
    ])
    expect(reader.takeNotices?.()).toEqual([])
    // And again of texts whose features were kept.
    for (const text of ['fine', 'good '.repeat(129), '我的包裹在哪里', '😀😀']) reader.review?.(text)
    expect(reader.takeNotices?.()).toEqual([
      expect.stringMatching(/^1 text is longer than 128 tokens/),
      expect.stringMatching(/^2 texts are for the most part/),
    ])
  })

  it('cuts after as many tokens as it is told', () => {
    const text = reviewSentences().slice(0, 20).join(' ')
    expect(prepare(text)).toEqual(original.encode(text).slice(0, 128))
    expect(sentencePiece({ vocabulary, maxTokens: 5 }).prepare(text)).toEqual(original.encode(text).slice(0, 5))
  })

  it('reads a text of five million characters', () => {
    expect(prepare('good '.repeat(1_000_000))).toEqual(prepare('good '.repeat(200)))
    expect(prepare('x'.repeat(5_000_000))).toHaveLength(128)
  })

  it('pads a batch and masks the padding', () => {
    const { input_ids: ids, attention_mask: mask } = collate([[5, 6, 7], [], [8]])
    expect(ids).toEqual({ type: 'int64', dims: [3, 3], data: BigInt64Array.of(5n, 6n, 7n, 0n, 0n, 0n, 8n, 0n, 0n) })
    expect(mask?.data).toEqual(BigInt64Array.of(1n, 1n, 1n, 0n, 0n, 0n, 1n, 0n, 0n))
    expect(collate([[]])['input_ids']?.dims).toEqual([1, 1])
  })

  it('takes a text as it is for what makes it the same text', () => {
    expect(contentKey(' A ')).toBe(' A ')
  })

  it('is made again from its settings and files', async () => {
    const again = await sentencePieceLoader.load(config, files)
    expect(await again.prepare('made again')).toEqual(prepare('made again'))
    expect(again).toMatchObject({ id: sentencePieceLoader.id, config: { maxTokens: 128 } })
    expect(() => sentencePieceLoader.load({}, files)).toThrow(DataError)
    expect(() => sentencePieceLoader.load(config, new Map())).toThrow(/expected vocab\.json and the setting maxTokens/)
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['no JSON', new TextEncoder().encode('['), /got no JSON/],
    ['no list', bytesOf({}), /got something else/],
    ['no scores', bytesOf(['a', 'b']), /got something else/],
    ['an empty piece', bytesOf([['', 0]]), /got something else/],
    ['no separator', bytesOf([['a', -1]]), /got no piece "▁"/],
    [
      'a piece over two words',
      bytesOf([
        ['▁', -1],
        ['a▁b', -2],
      ]),
      /"a▁b", which reaches over the beginning of a word/,
    ],
  ])('refuses a vocabulary with %s', (_, bytes, says) => {
    expect(() => sentencePiece({ vocabulary: bytes })).toThrow(DataError)
    expect(() => sentencePiece({ vocabulary: bytes })).toThrow(says)
  })
})
