import { expect, it } from 'vitest'
import { trainingPlots } from './training-plots.js'

const none = { loss: null, heldOutLoss: null, heldOutScore: null, run: 1, epochs: 4 }

it('draws losses and scores apart, over the epochs of a run, and leaves out what is no curve', () => {
  const plots = trainingPlots([
    { ...none, method: 'fine-tuned', epoch: 0.5, loss: 1 },
    { ...none, method: 'fine-tuned', epoch: 1, loss: 0.5, heldOutScore: 0.8 },
    { ...none, method: 'fine-tuned', epoch: 2, heldOutScore: 0.9 },
    { ...none, method: 'scratch', epoch: 0.5, loss: 2 },
    { ...none, method: 'scratch', epoch: 1, loss: 1.5 },
    { ...none, method: 'frozen', epoch: 1, loss: 0.4 },
  ])
  expect(plots.map(({ measure, x, epochs }) => [measure, x, epochs])).toEqual([
    ['loss', [0.5, 1], 4],
    ['held-out score', [1, 2], 4],
  ])
  expect(plots.map(({ lines }) => lines.map(({ name, values }) => [name, values]))).toEqual([
    [
      ['fine-tuned: loss', [1, 0.5]],
      ['scratch: loss', [2, 1.5]],
    ],
    [['fine-tuned: held-out score', [0.8, 0.9]]],
  ])
})

it('has the runs of a tuning one over the other, the one under way in front', () => {
  const point = { ...none, method: 'fine-tuned' }
  const [plot] = trainingPlots(
    [1, 2].flatMap((run) => [
      { ...point, run, epoch: 1, loss: 2 / run, heldOutLoss: run === 1 ? 3 : null },
      { ...point, run, epoch: 2, loss: 1 / run, heldOutLoss: run === 1 ? 2 : null },
    ]),
  )
  expect(plot?.x).toEqual([1, 2])
  expect(plot?.lines).toEqual([
    { name: '', color: 'var(--c0)', values: [2, 1], dashed: false, marked: false, faint: true },
    { name: 'fine-tuned: loss', color: 'var(--c0)', values: [1, 0.5], dashed: false, marked: false, faint: false },
    { name: 'fine-tuned: held-out loss', color: 'var(--c0)', values: [3, 2], dashed: true, marked: true, faint: true },
  ])
})
