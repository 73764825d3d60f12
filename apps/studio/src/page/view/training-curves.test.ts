import { expect, it } from 'vitest'
import { trainingCurves } from './training-curves.js'

it('lays what is measured of several methods on one axis, and leaves out what is no curve', () => {
  const point = { loss: null, heldOutLoss: null, heldOutScore: null }
  const { x, lines } = trainingCurves([
    { ...point, method: 'fine-tuned', epoch: 0.5, loss: 1 },
    { ...point, method: 'fine-tuned', epoch: 1, loss: 0.5, heldOutScore: 0.8 },
    { ...point, method: 'fine-tuned', epoch: 2, heldOutScore: 0.9 },
    { ...point, method: 'scratch', epoch: 0.5, loss: 2 },
    { ...point, method: 'scratch', epoch: 1, loss: 1.5 },
    { ...point, method: 'frozen', epoch: 1, loss: 0.4 },
  ])
  expect(x).toEqual([0.5, 1, 2])
  expect(lines.map(({ name, values }) => [name, values])).toEqual([
    ['fine-tuned: loss', [1, 0.5, null]],
    ['fine-tuned: held-out score', [null, 0.8, 0.9]],
    ['scratch: loss', [2, 1.5, null]],
  ])
})
