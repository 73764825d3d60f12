import '@headstart/onnx/test'
import { rowOf } from '@headstart/core/kit'
import { testBackbone } from '@headstart/core/test'
import { describe, expect, it } from 'vitest'
import { bagOfWords } from './bag-of-words.js'

testBackbone('bagOfWords', {
  create: () => bagOfWords(['the film was good', 'the food was bad', 'good food!']),
  inputs: ['the film was bad', 'good good food!', '', 'good words that are new', 'bad 电影'],
})

describe('bagOfWords', () => {
  // TfidfVectorizer(token_pattern=r"[\w'’]+|[^\s\w]").fit_transform(texts) of scikit-learn 1.2.1, by word.
  const texts = ['the film was good', 'the food was bad', 'good food good!']
  const expected: Record<string, number[]> = {
    '!': [0, 0, 0.50689001],
    bad: [0, 0.60465213, 0],
    film: [0.60465213, 0, 0],
    food: [0, 0.45985353, 0.38550292],
    good: [0.45985353, 0, 0.77100584],
    the: [0.45985353, 0.45985353, 0],
    was: [0.45985353, 0.45985353, 0],
  }

  it('gives the TF-IDF of scikit-learn, the most frequent words first', async () => {
    const backbone = bagOfWords(texts)
    const features = await backbone.embed(texts)
    const columns = ['food', 'good', 'the', 'was', '!', 'bad', 'film']
    expect(backbone.featureSize).toBe(columns.length)
    texts.forEach((_, row) => {
      expect(rowOf(features, row)).toBeAllclose(
        columns.map((word) => expected[word]?.[row] as number),
        { atol: 1e-6 },
      )
    })
  })

  it('knows the words of the given texts and no others', async () => {
    const { data } = await bagOfWords(texts).embed(['Something else entirely', 'FILM, of all things'])
    expect([...data]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  it('takes letters of any alphabet, in either case, and an apostrophe as part of a word', async () => {
    const backbone = bagOfWords(["Don't Überall", 'наш НАШ', 'a ☕'])
    expect(backbone.featureSize).toBe(5)
    const { data } = await backbone.embed(["DON'T überall наш"])
    expect([...data].filter((value) => value > 0)).toHaveLength(3)
  })

  it('keeps the 5,000 most frequent words', () => {
    const many = Array.from({ length: 6000 }, (_, i) => `word${i}`)
    expect(bagOfWords([many.join(' '), 'word5999 word5998']).featureSize).toBe(5000)
  })

  it('has another fingerprint for other texts', () => {
    expect(bagOfWords(texts).fingerprint).toBe(bagOfWords(texts).fingerprint)
    expect(bagOfWords(texts).fingerprint).not.toBe(bagOfWords(texts.slice(1)).fingerprint)
  })

  it('refuses texts without words', () => {
    expect(() => bagOfWords(['', '  '])).toThrow(
      /expected texts with words in them, got 2 texts without\. Check the text column/,
    )
  })

  it('stops when the signal aborts', async () => {
    const embedding = bagOfWords(texts).embed(texts, { signal: AbortSignal.abort(new Error('enough')) })
    await expect(embedding).rejects.toThrow('enough')
  })
})
