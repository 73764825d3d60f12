import { random } from '@headstart/core/kit'
import { expect, it } from 'vitest'
import { nearTexts } from './near-texts.js'

const found = (...texts: readonly string[]): string[] => nearTexts(texts).map(({ a, b }) => `${a} ${b}`)

it.each([
  ['case and punctuation', 'Where is my card?', 'WHERE IS MY CARD'],
  ['accents', 'un café crème', 'un cafe creme'],
  ['a typo', 'Where is my card?', 'Where is my cerd?'],
  ['a word more', 'could you tell me where my card is', 'could you please tell me where my card is'],
  ['words in another order', 'my card is lost', 'lost is my card'],
  ['smileys', '😀😀', '😀😀'],
])('finds two texts that differ by %s', (_, one, other) => {
  expect(found(one, 'something else altogether', other)).toEqual(['0 2'])
})

it.each([
  ['What is the capital of Mongolia?', 'What is the capital of Ethiopia?'],
  ['send 100 dollars', 'send 900 dollars'],
  ['yes', 'no'],
  ['', 'a'],
])('leaves "%s" and "%s" apart', (one, other) => {
  expect(found(one, other)).toEqual([])
})

it('finds copies of long texts among others, and how alike they are', () => {
  const words = Array.from({ length: 500 }, (_, place) => `word${(place * 7919) % 1000}`)
  const long = words.join(' ')
  const [pair, ...others] = nearTexts([long, words.toReversed().slice(0, 250).join(' '), `${long} and more`])
  expect(others).toEqual([])
  expect(pair).toMatchObject({ a: 0, b: 2 })
  expect(pair?.likeness).toBeGreaterThan(0.98)
})

const letters = random(0)
const vocabulary = Array.from({ length: 5000 }, () =>
  String.fromCharCode(...Array.from({ length: 2 + letters.below(8) }, () => 97 + letters.below(26))),
)

/** Words of one language in random order. */
function document(length: number, seed: number): string {
  const { below } = random(seed)
  let text = ''
  while (text.length < length) text += `${vocabulary[below(vocabulary.length)]} `
  return text
}

it.each([1000, 20_000, 300_000])('leaves documents of one language apart that have %d characters', (length) => {
  expect(found(...[1, 2, 3, 4].map((seed) => document(length, seed)))).toEqual([])
})

it.each([2500, 2990, 11_900, 100_000])('finds an edited copy of a document of %d characters', (length) => {
  const [text, other] = [document(length, 1), document(length, 2)]
  const edited = text
    .replaceAll('bake ', 'shake ')
    .concat(' and a line that was not there before'.repeat(1 + length / 2000))
  expect(found(text, other, edited)).toEqual(['0 2'])
})

it('finds copies of long texts that say the same over and over, and no others', () => {
  const [one, other, third] = ['all work and no play ', 'makes jack a dull boy, ', 'and so on and so on '].map((line) =>
    line.repeat(1000),
  ) as [string, string, string]
  expect(found(one, other, third, `${one}all work`)).toEqual(['0 3'])
})
