import { describe, expect, it } from 'vitest'
import { icuMessage } from './icu-message.js'

describe('icuMessage', () => {
  it('gives a sentence for each form of a plural, and puts them together again', () => {
    const message = icuMessage('You have {n, plural, =0 {no files} one {# file} other {# files}} in {folder}.')
    expect(message.hasChoices).toBe(true)
    expect(message.pieces).toEqual([
      'You have no files in {folder}.',
      'You have # file in {folder}.',
      'You have # files in {folder}.',
    ])
    expect(message.join(['a {folder}', 'b # {folder}', 'c # {folder}'])).toBe(
      '{n, plural, =0 {a {folder}} one {b # {folder}} other {c # {folder}}}',
    )
  })

  it('goes through choices inside of choices, keeps offsets, ordinals and tags', () => {
    const nested = icuMessage(
      '{who, select, her {She has {n, plural, offset:1 one {<b>#</b> file} other {# files}}} other {None}}',
    )
    expect(nested.pieces).toEqual(['She has <b>#</b> file', 'She has # files', 'None'])
    expect(nested.join(nested.pieces)).toBe(
      '{who, select, her {{n, plural, offset:1 one {She has <b>#</b> file} other {She has # files}}} other {None}}',
    )
    const counts = icuMessage('{n, plural, other {# of {m, plural, other {#}}}}')
    expect(counts.pieces).toEqual(['{n, number} of #'])
    const ordinal = icuMessage('{n, selectordinal, one {#st} other {#th}} time')
    expect(ordinal.join(ordinal.pieces)).toBe('{n, selectordinal, one {#st time} other {#th time}}')
  })

  it('gives a plural the forms of the language that it is for, as its other one', () => {
    const message = icuMessage('{n, plural, one {# file} other {# files}}', 'pl')
    expect(message.join(['# plik', '# pliku'])).toBe(
      '{n, plural, one {# plik} few {# pliku} many {# pliku} other {# pliku}}',
    )
    expect(icuMessage('{n, plural, one {# file} other {# files}}', 'no such language').pieces).toHaveLength(2)
  })

  it('whose choices multiply to a million sentences is refused, and one nested without end is a text', () => {
    const choices = Array.from({ length: 20 }, (_, at) => `{n${at}, plural, one {a} other {b}}`).join(' ')
    expect(() => icuMessage(choices)).toThrow('at most 1000 sentences')
    const deep = `${'{a, select, other {'.repeat(5000)}x${'}}'.repeat(5000)}`
    expect(icuMessage(deep).pieces).toHaveLength(1)
  })

  it.each(['Open {name}', "Don't {0}", '{n, plural, one {# file', '', 'a {b, plural, c} d'])(
    'leaves %s as it is',
    (text) => {
      const message = icuMessage(text)
      expect([message.pieces, message.hasChoices]).toEqual([[text], false])
      expect(message.join(['x'])).toBe('x')
    },
  )
})
