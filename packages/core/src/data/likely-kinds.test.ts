import { expect, it } from 'vitest'
import { likelyKinds } from './likely-kinds.js'

it.each([
  ['names', ['pos', 'neg', '', null], ['classification']],
  ['no labels', ['', undefined], ['classification']],
  ['names with commas', ['bread, cake', 'milk'], ['classification']],
  ['names with bars', ['cat|dog', 'cat'], ['multi-label', 'classification']],
  ['lists as Python writes them', ["['cat']", "['cat', 'dog']"], ['multi-label', 'classification']],
  ['lists of JSON', [['cat'], ['cat', 'dog'], []], ['multi-label']],
  ['ratings with halves', ['3.5', '4', '5'], ['regression', 'classification']],
  ['many whole numbers', Array.from({ length: 11 }, (_, n) => n), ['regression', 'classification']],
  ['stars', ['1', '2', '3', '4', '5'], ['classification', 'regression']],
  ['yes and no as numbers', ['0', '1', '1'], ['classification']],
])('labels that are %s', (_, labels, kinds) => {
  expect(likelyKinds(labels)).toEqual(kinds)
})
