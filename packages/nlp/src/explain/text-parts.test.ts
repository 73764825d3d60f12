import { expect, it } from 'vitest'
import { textParts } from './text-parts.js'

const whole = (text: string): unknown => text.trim()
const firstThree = (text: string): unknown => text.trim().split(/\s+/).slice(0, 3)

it('takes a text apart into words, and puts any of them together', () => {
  const { parts, keep } = textParts('My card, is lost!', whole)
  expect(parts).toEqual([{ text: 'My ' }, { text: 'card, ' }, { text: 'is ' }, { text: 'lost!' }])
  expect(keep([true, false, true, true])).toBe('My is lost!')
  expect(keep([false, false, false, false])).toBe('')
})

it('marks what lies behind what the network reads', () => {
  const { parts, keep } = textParts('one two three four five', firstThree)
  expect(parts).toEqual([{ text: 'one ' }, { text: 'two ' }, { text: 'three ' }, { text: 'four five', read: false }])
  expect(keep([true, true, true, true])).toBe('one two three ')
})

it('takes one word, none, scripts without spaces, and long texts', () => {
  expect(textParts('word', whole).parts).toEqual([{ text: 'word' }])
  expect(textParts('', whole).parts).toEqual([])
  expect(textParts('  ', whole).parts).toEqual([])
  expect(textParts('我喜欢猫', whole).parts.length).toBeGreaterThan(1)
  const long = textParts(Array.from({ length: 1000 }, (_, at) => `word${at}`).join(' '), whole)
  expect(long.parts).toHaveLength(1000)
  expect(long.keep(long.parts.map(() => true))).toMatch(/^word0 word1 .*word999$/)
})
