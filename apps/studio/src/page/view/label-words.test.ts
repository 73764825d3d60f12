import { expect, it } from 'vitest'
import { classesIn, joinedLabels, labelInWords } from './label-words.js'

it('says a label of each kind in words, and which classes it names', () => {
  expect(labelInWords('a|b', 'classification')).toBe('a|b')
  expect(labelInWords('a|b', 'multi-label')).toBe('a, b')
  expect(labelInWords('[]', 'multi-label')).toBe('none of them')
  expect(labelInWords(null, 'regression')).toBe('without a label')
  expect(classesIn('a|b', 'classification')).toEqual(['a|b'])
  expect(classesIn('b | a', 'multi-label')).toEqual(['b', 'a'])
  expect(classesIn('3.5', 'regression')).toEqual([])
})

it('joins classes in the order of their keys', () => {
  expect(joinedLabels(['b', 'a', 'b'], ['a', 'b'])).toBe('a|b')
  expect(joinedLabels([], ['a'])).toBe('[]')
})
