import { expect, it } from 'vitest'
import { InputError } from '../contract/errors.js'
import { canTakeForever, readingGuard } from './reading-guard.js'

it.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '^(\\w+\\s?)*$', '(?:a*){2,}$', '(a+)\\1+$', '(a+){30}$', 'a*a*a*a*a*b'])(
  'a text is read under guard where a tokenizer has the pattern %s',
  (pattern) => expect(canTakeForever([pattern])).toBe(true),
)

it('patterns as tokenizers have them are simple', () => {
  expect(canTakeForever(['\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+', "(?i:'s|'t)|[^\\r\\n\\p{L}]?\\p{L}+"])).toBe(false)
})

it('a reading that never ends is ended where a pattern could take forever; others are only carried out', () => {
  const guarded = readingGuard({ normalizer: { type: 'Replace', pattern: { Regex: '(a+)+$' } } })
  expect(guarded(2, () => 7)).toBe(7)
  expect(() => guarded(65, () => /^(a+)+$/.test(`${'a'.repeat(64)}!`))).toThrow(InputError)
  // What stands in a vocabulary is no pattern.
  expect(readingGuard({ vocab: { Regex: '(a+)+$' } })(2, () => 7)).toBe(7)
})

it('a text is read under guard where a tokenizer makes it longer and longer', () => {
  const tenfold = { type: 'Replace', pattern: { String: 'a' }, content: 'a'.repeat(10) }
  const guarded = readingGuard({
    normalizer: { type: 'Sequence', normalizers: Array.from({ length: 9 }, () => tenfold) },
  })
  const grown = (): never => {
    for (;;) 'a'.replaceAll('a', tenfold.content)
  }
  const started = performance.now()
  expect(() => guarded(1, grown)).toThrow(InputError)
  expect(performance.now() - started).toBeLessThan(3000)
})
