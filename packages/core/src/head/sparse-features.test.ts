import '@headstart/onnx/test'
import { expect, it } from 'vitest'
import { sparseMatrix } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import { SparseFeatures } from './sparse-features.js'

const [rows, columns, scale] = [7, 11, 0.5]
const numbers = random(2)
const dense = Array.from({ length: rows }, () =>
  Array.from({ length: columns }, () => (numbers.uniform() < 0.4 ? Math.fround(numbers.normal()) : 0)),
)
const mean = Float64Array.from({ length: columns }, (_, column) =>
  dense.reduce((sum, row) => sum + (row[column] ?? 0) / rows, 0),
)
const features = new SparseFeatures(
  sparseMatrix(rows, columns, (row, into) => into.set(dense[row] as number[])),
  mean,
  scale,
)
/** What is never written down. */
const standard = dense.map((row) => row.map((value, column) => scale * (value - (mean[column] as number))))

it.each([1, 4, 5, 16, 18])('features of mostly zeros times %i vectors are those of all their numbers', (count) => {
  const vectors = Float64Array.from({ length: columns * count }, () => numbers.normal())
  expect(features.times(vectors, count)).toBeAllclose(
    standard.flatMap((row) =>
      Array.from({ length: count }, (_, k) =>
        row.reduce((sum, value, i) => sum + value * (vectors[i * count + k] ?? 0), 0),
      ),
    ),
    { rtol: 1e-12, atol: 1e-12 },
  )
  const others = Float64Array.from({ length: rows * count }, () => numbers.normal())
  expect(features.transposedTimes(others, count)).toBeAllclose(
    Array.from({ length: columns }, (_, column) =>
      Array.from({ length: count }, (_, k) =>
        standard.reduce((sum, row, i) => sum + (row[column] ?? 0) * (others[i * count + k] ?? 0), 0),
      ),
    ).flat(),
    { rtol: 1e-12, atol: 1e-12 },
  )
})
