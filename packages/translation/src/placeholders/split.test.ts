import { describe, expect, it } from 'vitest'
import { around, insideOfSigns, lines, sentences, splitFurther } from './split.js'

describe('a text in pieces', () => {
  it.each(['one', ' one\n\n  two \nthree\n', '', ' \n ', '\ta\r\nb'])(
    'is itself when they are put together: %j',
    (text) => {
      const split = lines(text)
      expect(split.join(split.pieces)).toBe(text)
      expect(split.pieces.every((piece) => piece === piece.trim() && piece !== '')).toBe(true)
    },
  )

  it('is split at sentences as few times as may be, at words where a sentence is too long, at characters where a word is', () => {
    const text = 'One two. Three four. Five six seven eight nine ten eleven. Twelve.'
    const { pieces, join } = sentences(text, (piece) => piece.length <= 24)
    expect(pieces).toEqual(['One two. Three four.', 'Five six seven eight', 'nine ten eleven. Twelve.'])
    expect(join(pieces)).toBe(text)
    expect(sentences(text, () => true).pieces).toEqual([text])
    expect(sentences('x'.repeat(10), (piece) => piece.length <= 4).pieces).toEqual(['xxxx', 'xxxx', 'xx'])
  })

  it('of 30,000 characters in one word, or of nothing but words, is split in a moment', () => {
    for (const text of ['{a, '.repeat(7500), 'x'.repeat(30_000)]) {
      const started = process.cpuUsage()
      const { pieces, join } = sentences(text, (piece) => piece.length <= 500)
      expect(join(pieces)).toBe(text)
      expect(process.cpuUsage(started).user).toBeLessThan(3e6)
    }
  })

  it('has pieces around words, without the signs at both ends', () => {
    const split = splitFurther(around('Save {a}, then (if {b}) go.', ['{a}', '{b}']), insideOfSigns)
    expect(split.pieces).toEqual(['Save', 'then (if', 'go'])
    expect(split.join(['S', 'T', 'G'])).toBe('S {a}, T {b}) G.')
  })
})
