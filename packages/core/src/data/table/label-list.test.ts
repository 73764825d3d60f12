import { expect, it } from 'vitest'
import { labelsIn } from './label-list.js'

it.each([
  ['["cat", "dog"]', ['cat', 'dog']],
  ["['cat', 'dog']", ['cat', 'dog']],
  [`["it's", 'a "dog"']`, ["it's", 'a "dog"']],
  ["['it\\'s', 'cat, dog']", ["it's", 'cat, dog']],
  ["['cat' 'dog']", ['cat', 'dog']],
  ["('cat',)", ['cat']],
  ["{'cat', 'dog'}", ['cat', 'dog']],
  ['[cat, wild dog]', ['cat', 'wild dog']],
  ['[1, 2]', ['1', '2']],
  ['[]', []],
  ['', []],
  ['cat | dog', ['cat', 'dog']],
  ['cat|cat|', ['cat']],
  ['cat', ['cat']],
  ['(other)', ['(other)']],
  ['cat, dog', ['cat, dog']],
])('the labels of %s', (cell, labels) => {
  expect(labelsIn(cell)).toEqual(labels)
})
