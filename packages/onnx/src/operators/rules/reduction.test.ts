import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float32, int64, type Tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as reduction from './reduction.js'

const any = randomTensor([2, 3, 4], 3)
const positive = randomTensor([2, 3, 4], 1, 0.5, 2)

/** Axes as an input since version 18 (ReduceSum: 13), as an attribute before. */
const ofAxes = (x: Tensor, since = 18): RuleCase[] => [
  { inputs: [x], attributes: { keepdims: 0 } },
  { inputs: [x], attributes: { keepdims: 1 }, opset: since },
  { inputs: [x, int64([1], [-1])], opset: since },
  { inputs: [x, int64([2], [0, 2])], attributes: { keepdims: 0 }, opset: 21 },
  { inputs: [x], attributes: { axes: [1], keepdims: 0 }, opset: since - 1 },
  { inputs: [x], attributes: { axes: [0, -1] }, opset: 11 },
]

describe('reductions', () => {
  testRules(reduction, {
    ReduceL1: ofAxes(positive),
    ReduceL2: ofAxes(any),
    ReduceLogSum: ofAxes(positive),
    ReduceLogSumExp: ofAxes(any),
    ReduceMax: ofAxes(any),
    ReduceMean: ofAxes(any),
    ReduceMin: ofAxes(any),
    ReduceProd: [
      ...ofAxes(positive),
      { title: 'one zero in a row', inputs: [float32([2, 3], [0, 2, 3, 4, 5, 6]), int64([1], [1])], opset: 18 },
      { title: 'two zeros in a row', inputs: [float32([2, 3], [0, 2, 0, 4, 0, 6]), int64([1], [1])], opset: 18 },
    ],
    ReduceSum: [
      ...ofAxes(any, 13),
      { inputs: [any, int64([0], [])], attributes: { noop_with_empty_axes: 1 }, opset: 13 },
    ],
    ReduceSumSquare: ofAxes(any),
  })
})
