import '@headstart/onnx/test'
import { expect, it } from 'vitest'
import { betaCdf, tQuantile } from './beta.js'

// scipy.stats.beta.cdf and scipy.stats.t.ppf, SciPy 1.17.1
it.each([
  [0.05, 1, 59, 0.9515054747505768],
  [0.05, 3, 98, 0.8817370188148796],
  [0.5, 2.5, 0.5, 0.07558681842161241],
  [0.9, 30, 4, 0.5769436641256929],
  [0.001, 0.5, 0.5, 0.020135041633377492],
])('is the distribution function of the beta distribution: %d, %d, %d', (x, a, b, expected) => {
  expect([betaCdf(x, a, b)]).toBeAllclose([expected], { rtol: 1e-10 })
})

it.each([
  [0.05, 1, -6.313751514675044],
  [0.05, 9, -1.8331129326562376],
  [0.025, 30, -2.042272456301238],
  [0.01, 5, -3.364929998907218],
  [0.9, 3, 1.637744353696209],
])("gives the quantiles of Student's t: %d with %d degrees of freedom", (probability, degrees, expected) => {
  expect([tQuantile(probability, degrees)]).toBeAllclose([expected], { rtol: 1e-9 })
})
