import { expect, it } from 'vitest'
import { zeroMatrix } from '../contract/matrix.js'
import { Dataset } from '../data/dataset.js'
import { labelDoubts } from './doubtful-labels.js'
import { nearestOthers } from './nearest.js'

it('asks the neighbors alone where there are too many classes for probabilities of each', async () => {
  // 2,001 classes of two alike examples each; of the first two classes one label is swapped.
  const rows = 4002
  const features = zeroMatrix(rows, 2)
  for (let row = 0; row < rows; row++) {
    const angle = (2 * Math.PI * (row >> 1)) / (rows / 2) + 1e-4 * (row % 2)
    features.data.set([Math.cos(angle), Math.sin(angle)], 2 * row)
  }
  const labels = Array.from({ length: rows }, (_, row) => `class ${row >> 1}`)
  const data = new Dataset<number, string>(
    labels.map((label, input) => ({ input, label: input === 1 ? 'class 900' : label })),
  )
  const { fit, likeliest } = await labelDoubts(data, features, await nearestOthers(features, 1, undefined), {})
  expect(fit[1]).toBe(0)
  expect(likeliest[1]).toBe('class 0')
  expect(fit.filter((value) => value === 1)).toHaveLength(rows - 2)
})
