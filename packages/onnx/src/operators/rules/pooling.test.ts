import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { randomTensor } from '../../test/index.js'
import * as pooling from './pooling.js'

const image = randomTensor([2, 2, 5, 6])
const line = randomTensor([2, 3, 7], 4)
const average = [
  { inputs: [image], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
  { inputs: [image], attributes: { kernel_shape: [3, 2], strides: [1, 2], pads: [1, 0, 1, 1] } },
  { inputs: [image], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 } },
  { inputs: [image], attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 } },
  { inputs: [image], attributes: { kernel_shape: [2, 2], strides: [3, 3] } },
  { inputs: [image], attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: 'SAME_UPPER' } },
  { inputs: [line], attributes: { kernel_shape: [3], strides: [2] } },
  { inputs: [randomTensor([1, 1, 3, 4, 3])], attributes: { kernel_shape: [2, 2, 2] } },
]

describe('pooling', () => {
  testRules(pooling, {
    AveragePool: [
      ...average,
      {
        inputs: [image],
        attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: 1 },
        opset: 19,
      },
      { inputs: [image], attributes: { kernel_shape: [2, 2], dilations: [2, 3] }, opset: 19 },
    ],
    GlobalAveragePool: [{ inputs: [image] }, { inputs: [line] }],
    GlobalMaxPool: [{ inputs: [image] }, { inputs: [line] }],
    MaxPool: [
      ...average.map(({ inputs, attributes }) => {
        return {
          inputs,
          attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'count_include_pad')),
        }
      }),
      { inputs: [image], attributes: { kernel_shape: [2, 2], dilations: [2, 3] } },
      { inputs: [image], attributes: { kernel_shape: [2, 2] }, outputs: ['float32', 'int64'] },
    ],
  })
})
