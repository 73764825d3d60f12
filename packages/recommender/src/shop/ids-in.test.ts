import { expect, it } from 'vitest'
import { Catalog } from './catalog.js'
import { idsIn } from './ids-in.js'

const catalog = new Catalog(['007', '7', 'a,b', 'say "hi"', '🎁', ' x ', 'i1'].map((id) => ({ id })))

it.each<[string, string[]]>([
  ['', []],
  ['i1', ['i1']],
  ['a,b', ['a,b']],
  ['say "hi"', ['say "hi"']],
  ['007,7, i1', ['007', '7', 'i1']],
  ['"a,b","say ""hi""",🎁', ['a,b', 'say "hi"', '🎁']],
  ['i1, x ', ['i1', ' x ']],
  ['i1,,gone,', ['i1', 'gone']],
  ['a,c', ['a', 'c']],
])('reads %j', (value, ids) => {
  expect(idsIn(value, catalog, '--history')).toEqual(ids)
})

it('refuses a quote that is never closed', () => {
  expect(() => idsIn('"a,b', catalog, '--history')).toThrow(
    'option --history: expected ids separated by commas, as a line of CSV, got "a,b. Put ids with commas in double quotes and double the quotes within, or repeat --history.',
  )
})
