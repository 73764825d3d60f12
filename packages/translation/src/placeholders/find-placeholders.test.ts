import { describe, expect, it } from 'vitest'
import { findPlaceholders, placeholderProblems } from './find-placeholders.js'

describe('findPlaceholders', () => {
  it.each<[string, string[]]>([
    ['Open {name} in {0}', ['{name}', '{0}']],
    ['{{count}} of ${all}, %{rest}', ['{{count}}', '${all}', '%{rest}']],
    ['{when, date, short}', ['{when, date, short}']],
    ['%s of %1$s, %(name)s, %d, %.2f, %@, %-5d', ['%s', '%1$s', '%(name)s', '%d', '%.2f', '%@', '%-5d']],
    ['100 % of 50%, 5 % discount', []],
    ['100%% of %PATH%', ['%%', '%PATH%']],
    ['%d%% of %lu%s, %s% off', ['%d', '%%', '%lu', '%s', '%s']],
    ['Zoom: 100%, 50%-100% (5%)', []],
    [
      '<b>bold</b> <a href="x.html">link</a><br/> <0>one</0>',
      ['<b>', '</b>', '<a href="x.html">', '</a>', '<br/>', '<0>', '</0>'],
    ],
    ['a < b and b > c', []],
    ['Tom&nbsp;&amp; Jerry &#39;', ['&nbsp;', '&amp;', '&#39;']],
    ['see $t(other.key)', ['$t(other.key)']],
    ['plain words', []],
  ])('%s', (text, found) => {
    expect(findPlaceholders(text)).toEqual(found)
  })

  it('finds what is to be kept, as whole words, and # where it stands for a number', () => {
    expect(findPlaceholders('Git, GitHub and C++', { keep: ['Git', 'C++'] })).toEqual(['Git', 'C++'])
    expect(findPlaceholders('see RFC 2119 and rfc 1', { keep: [/RFC \d+/] })).toEqual(['RFC 2119'])
    expect(findPlaceholders('# files', { pound: true })).toEqual(['#'])
    expect(findPlaceholders('# files')).toEqual([])
  })
})

describe('placeholderProblems', () => {
  it('says what is missing and what is too much, as often as it is', () => {
    expect(placeholderProblems(['{0}', '{0}', '%s'], ['{0}', '%s', '%s', '{1}'])).toEqual([
      '{0} is missing.',
      '%s is there, and once too often.',
      '{1} is there, and not in the source.',
    ])
    expect(placeholderProblems(['%s', '{0}'], ['{0}', '%s'])).toEqual([])
  })
})
