import { expect, it } from 'vitest'
import type { HeldOut } from '../project/history.js'
import { confusionOf, limitsOf, missesOf } from './limits.js'

const question = (
  id: string,
  label: string,
  spam: number,
  familiarity: number | null = null,
): HeldOut['questions'][number] => ({
  id,
  label,
  predicted: spam >= 0.5 ? 'spam' : 'ham',
  probabilities: { ham: 1 - spam, spam },
  familiarity,
  known: familiarity === null ? null : familiarity >= 0.3,
  score: Number(label === (spam >= 0.5 ? 'spam' : 'ham')),
})

const held: HeldOut = {
  run: 'r',
  questions: [
    question('a', 'spam', 0.95, 0.9),
    question('b', 'spam', 0.35, 0.2),
    question('c', 'ham', 0.1, 0.5),
    question('d', 'ham', 0.75, 0.4),
  ],
}

it('puts every question in the cell of its label and its answer', () => {
  expect(confusionOf(held)).toEqual({
    run: 'r',
    labels: ['ham', 'spam'],
    cells: [
      { given: 'spam', predicted: 'spam', ids: ['a'] },
      { given: 'spam', predicted: 'ham', ids: ['b'] },
      { given: 'ham', predicted: 'ham', ids: ['c'] },
      { given: 'ham', predicted: 'spam', ids: ['d'] },
    ],
  })
})

it('says what each threshold costs', () => {
  const { confidence, calibration, detection, familiarity } = limitsOf(held)
  const at = (threshold: number) => confidence.threshold.indexOf(threshold)
  // Sure by 0.95, 0.65, 0.9 and 0.75; the second and the last are wrong.
  expect([confidence.refused[at(0)], confidence.risk[at(0)]]).toEqual([0, 0.5])
  expect([confidence.refused[at(0.7)], confidence.risk[at(0.7)]]).toEqual([0.25, 1 / 3])
  expect([confidence.refused[at(0.8)], confidence.risk[at(0.8)]]).toEqual([0.5, 0])
  expect([confidence.refused[at(1)], confidence.risk[at(1)]]).toEqual([1, null])
  expect(calibration).toMatchObject({ right: [0, 0, 1], count: [1, 1, 2] })
  expect(calibration.error).toBeCloseTo(0.65 / 4 + 0.75 / 4 + (0.075 * 2) / 4, 10)
  expect(detection?.label).toBe('spam')
  expect([detection?.precision[30], detection?.recall[30]]).toEqual([2 / 3, 1])
  expect([detection?.precision[80], detection?.recall[80]]).toEqual([1, 0.5])
  expect(familiarity?.usual).toBe(0.4)
  // Below 0.41 lie the two that are wrong.
  expect([familiarity?.refused[30], familiarity?.errorsSaved[30]]).toEqual([0.5, 1])
})

it('says nothing of what the model cannot tell', () => {
  const three = [...held.questions, { ...question('e', 'other', 0.2), predicted: 'other' }]
  expect(limitsOf({ run: 'r', questions: three })).toMatchObject({ detection: null, familiarity: null })
})

it('what was furthest off comes first, and what was right is none of it', () => {
  const asked = (id: string, label: string, predicted: string, score: number | null): HeldOut['questions'][number] => ({
    id,
    label,
    predicted,
    probabilities: {},
    familiarity: null,
    known: null,
    score,
  })
  const questions = [
    asked('a', '3', '2.8', -0.2),
    asked('b', '1', '4', -3),
    asked('c', '5', '5', 0),
    asked('d', '2', '9', null),
  ]
  expect(missesOf({ run: 'r', questions })).toEqual({
    run: 'r',
    examples: 4,
    worst: [
      { id: 'b', given: '1', answered: '4', score: -3 },
      { id: 'a', given: '3', answered: '2.8', score: -0.2 },
    ],
  })
})
