import { expect, it } from 'vitest'
import { partsOfTokens } from './parts-of-tokens.js'

/** Tokens of two letters at most, which do not cross spaces. */
const pairs = (text: string): number[] =>
  (text.match(/\S{1,2}/g) ?? []).map((token) => token.charCodeAt(0) * 256 + (token.charCodeAt(1) || 0))
/** Tokens that have the space before them, as those of byte-level vocabularies. */
const spaced = (text: string): number[] =>
  (text.match(/ ?\S+| /g) ?? []).map((token) => 65536 * token.length + (pairs(token)[0] ?? 0))

it('says of which word each token is', () => {
  expect(partsOfTokens(['one ', 'fifth, ', 'x'], pairs)).toEqual([0, 0, 1, 1, 1, 2])
  expect(partsOfTokens(['one ', 'fifth, ', 'x'], spaced)).toEqual([0, 1, 2])
  expect(partsOfTokens([], pairs)).toEqual([])
})

it('knows a text that is cut, and words that are read otherwise together', () => {
  expect(partsOfTokens(['one ', 'fifth, ', 'x'], (text) => pairs(text).slice(0, 3))).toEqual([0, 0, 1])
  // A token more at the beginning of a text alone: it is the first word's.
  const begun = (text: string): number[] => [1, ...pairs(text)]
  expect(partsOfTokens(['one ', 'two'], begun)).toEqual([0, 0, 0, 1, 1])
  const many = Array.from({ length: 600 }, () => 'a ')
  expect(partsOfTokens(many, begun)).toBeUndefined()
})
