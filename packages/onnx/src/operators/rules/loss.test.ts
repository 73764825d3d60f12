import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float32, int64, tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as loss from './loss.js'

const rows = randomTensor([4, 3])
const classes = int64([4], [2, 0, 1, 2])
const places = randomTensor([2, 3, 4], 2)
const classesOfPlaces = tensor('int32', [2, 4], Int32Array.of(0, 1, 2, 1, 1, 2, 0, 0))
const weights = float32([3], [0.5, 2, 1])

const cases = [
  { inputs: [rows, classes] },
  { inputs: [rows, classes, weights], by: [0] },
  { inputs: [rows, classes, weights] },
  { inputs: [rows, classes], attributes: { reduction: 'sum' } },
  { inputs: [rows, classes, weights], attributes: { reduction: 'none' } },
  { inputs: [rows, classes], attributes: { ignore_index: 2 } },
  { inputs: [rows, int64([4], [2, -100, 1, -100]), weights], attributes: { ignore_index: -100 } },
  { inputs: [places, classesOfPlaces], attributes: { ignore_index: 1 } },
  { inputs: [places, classesOfPlaces, weights], attributes: { reduction: 'none' }, opset: 12 },
]

describe('losses as operators', () => {
  testRules(loss, {
    NegativeLogLikelihoodLoss: cases,
    SoftmaxCrossEntropyLoss: [
      ...cases,
      { inputs: [rows, classes, weights], outputs: ['float32', 'float32'] },
      { title: 'an output that nothing reads', inputs: [rows, classes], outputs: ['float32', ''] },
    ],
  })
})
