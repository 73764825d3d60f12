import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float32, int64 } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as indexing from './indexing.js'

const x = randomTensor([3, 4, 2])
const zeroed = float32([2, 2], [0, 3, 2, 0])
const someZeros = float32([3, 2], [4, 0, 5, 3, 0, 2])
const square = randomTensor([2, 3, 3], 2)

describe('indexing', () => {
  testRules(indexing, {
    CumSum: [
      { inputs: [x, int64([], [1])] },
      { inputs: [x, int64([], [-1])], attributes: { exclusive: 1 } },
      { inputs: [x, int64([], [0])], attributes: { reverse: 1 } },
      { inputs: [x, int64([], [0])], attributes: { reverse: 1, exclusive: 1 }, opset: 11 },
    ],
    Gather: [
      { title: 'the same row twice', inputs: [x, int64([5], [0, 2, 2, -1, 0])] },
      { inputs: [x, int64([2, 2], [0, 1, 3, 1])], attributes: { axis: 1 } },
      { title: 'one slice', inputs: [x, int64([], [-1])], attributes: { axis: 1 } },
      { inputs: [x, int64([1], [1])], attributes: { axis: -1 } },
    ],
    GatherElements: [
      { inputs: [x, int64([2, 4, 2], [0, 1, 2, 0, 1, 2, 0, 0, -1, 0, 0, 0, 1, 1, 1, 1])] },
      { inputs: [x, int64([3, 1, 2], [0, 3, 1, -1, 1, 2])], attributes: { axis: 1 } },
    ],
    GatherND: [
      { inputs: [x, int64([3, 1], [2, 0, 2])] },
      { inputs: [x, int64([4, 2], [0, 1, 2, -1, 0, 1, -3, 0])] },
      { inputs: [x, int64([2, 3], [0, 0, 1, 2, 3, 0])] },
      { inputs: [x, int64([3, 2, 1], [0, 3, 1, -1, 0, 0])], attributes: { batch_dims: 1 } },
    ],
    OneHot: [
      { inputs: [int64([2, 3], [0, 2, 1, -1, 5, 2]), int64([], [3]), float32([2], [-0.5, 2])] },
      { inputs: [int64([2], [1, 0]), int64([1], [4]), float32([2], [-0.5, 2])], attributes: { axis: 0 } },
    ],
    ReverseSequence: [
      { inputs: [x, int64([4], [1, 2, 3, 3])] },
      { inputs: [x, int64([3], [4, 1, 2])], attributes: { batch_axis: 0, time_axis: 1 } },
    ],
    ScatterElements: [
      { inputs: [x, int64([1, 2, 2], [2, 1, 0, 2]), randomTensor([1, 2, 2], 2)] },
      {
        inputs: [x, int64([3, 1, 2], [0, 1, -1, 2, 3, 3]), randomTensor([3, 1, 2], 2)],
        attributes: { axis: 1 },
        opset: 11,
      },
      {
        inputs: [x, int64([3, 2, 2], [0, 0, 0, 0, -1, 2, 3, 3, 1, 1, 1, 2]), randomTensor([3, 2, 2], 2)],
        attributes: { axis: 1, reduction: 'add' },
      },
      ...['mul', 'min', 'max'].map((reduction) => ({
        inputs: [x, int64([3, 2, 2], [0, 0, 0, 0, -1, 2, 3, 3, 1, 1, 1, 2]), randomTensor([3, 2, 2], 2)],
        attributes: { axis: 1, reduction },
        opset: 18,
      })),
    ],
    ScatterND: [
      ...['mul', 'min', 'max'].map((reduction) => ({
        inputs: [x, int64([3, 2], [2, 0, 1, 3, 2, 0]), randomTensor([3, 2], 2)],
        attributes: { reduction },
        opset: 18,
      })),
      {
        title: 'zeros',
        inputs: [zeroed, int64([3, 1], [1, 0, 1]), someZeros],
        attributes: { reduction: 'mul' },
        opset: 18,
      },
      { inputs: [x, int64([2, 1], [2, 0]), randomTensor([2, 4, 2], 2)] },
      { inputs: [x, int64([2, 2], [2, 0, 1, 3]), randomTensor([2, 2], 2)], opset: 11 },
      { inputs: [x, int64([3, 2], [2, 0, 1, 3, 2, 0]), randomTensor([3, 2], 2)], attributes: { reduction: 'add' } },
    ],
    TopK: [
      { inputs: [x, int64([1], [2])], attributes: { axis: 1 }, outputs: ['float32', 'int64'] },
      { inputs: [x, int64([1], [1])], attributes: { largest: 0 }, outputs: ['float32', 'int64'], opset: 11 },
    ],
    Trilu: [
      { inputs: [square] },
      { inputs: [square, int64([], [1])], attributes: { upper: 0 } },
      { inputs: [square, int64([], [-1])] },
    ],
  })
})
