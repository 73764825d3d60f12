import { expect, it } from 'vitest'
import { describeOddLabels, joinedName } from './odd-labels.js'

it('says of labels that differ by capitals, mean nothing or are numbers what to do', () => {
  expect(describeOddLabels(['pos', 'neg', 'pos', '1', '2'])).toEqual([])
  expect(describeOddLabels(['pos', 'Pos', 'POS', 'neg'])).toEqual([
    expect.stringMatching(/: "pos", "Pos", "POS"\. If they are one/),
  ])
  expect(describeOddLabels(['NaN', 'null', 'neg'])).toEqual([
    expect.stringMatching(/^"NaN", "null" are taken for classes/),
  ])
  const numbers = Array.from({ length: 40 }, (_, index) => `${index / 2}`)
  expect(describeOddLabels(numbers)).toEqual([expect.stringMatching(/^All 40 labels are numbers.*--kind regression/)])
  expect(describeOddLabels(numbers.slice(0, 5))).toEqual([])
})

it.each([
  [['a, b', 'a', 'b', 'c'], 'a, b'],
  [['a', 'b;c', 'c|b', 'b'], 'b;c'],
  [['Smith, Ann', 'Smith, John', 'Brown, John', 'Brown, Ann'], undefined],
  [['New York, NY', 'Albany, NY', 'NY'], undefined],
  [['a', 'b'], undefined],
])('finds among %j a name that is several', (labels, joined) => void expect(joinedName(labels)).toBe(joined))
