import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float32, int64, tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as arithmetic from './arithmetic.js'

const a = randomTensor([2, 3, 4], 1)
/** Every way in which two shapes broadcast. */
const shapes = [[2, 3, 4], [4], [3, 1], [1, 3, 4], [2, 1, 1], [], [1]]
const broadcasts: RuleCase[] = [
  ...shapes.map((dims, index) => ({ inputs: [a, randomTensor(dims, 10 + index)] })),
  { inputs: [randomTensor([3, 1], 2), randomTensor([1, 4], 3)] },
  { inputs: [randomTensor([4], 2), a] },
]
const positive = (dims: number[], seed: number) => randomTensor(dims, seed, 0.5, 2)
const several: RuleCase[] = [
  { inputs: [a] },
  { inputs: [a, randomTensor([4], 2)] },
  { inputs: [a, randomTensor([3, 1], 2), randomTensor([], 3)] },
]
const extremes: RuleCase[] = [
  { inputs: [a, randomTensor([2, 3, 4], 5)] },
  { inputs: [a, randomTensor([3, 1], 6), randomTensor([4], 7)] },
  { inputs: [randomTensor([3], 8), float32([], [0])], by: [0] },
]
const condition = tensor('bool', [2, 1, 4], Uint8Array.from([1, 0, 1, 0, 0, 1, 1, 0]))

describe('arithmetic', () => {
  testRules(arithmetic, {
    Add: broadcasts,
    Div: shapes.map((dims, index) => ({ inputs: [a, positive(dims, 20 + index)] })),
    Max: extremes,
    Mean: several,
    Min: extremes,
    Mod: [
      { inputs: [randomTensor([2, 3], 1, -5, 5), positive([3], 2)], attributes: { fmod: 1 } },
      { inputs: [randomTensor([1, 3], 3, -5, 5), float32([2, 1], [-1.3, 0.7])], attributes: { fmod: 1 } },
    ],
    Mul: broadcasts,
    Pow: [
      { inputs: [positive([2, 3], 1), randomTensor([3], 2)] },
      ...[0.5, 1, 2, 3, -1.5].map((exponent) => ({ inputs: [positive([2, 3], 3), float32([], [exponent])], by: [0] })),
      { inputs: [randomTensor([2, 3], 4), float32([1], [2])], by: [0] },
      { inputs: [randomTensor([2, 3], 4), int64([], [2])] },
      { inputs: [positive([2, 1], 5), int64([3], [2, 3, 4])] },
    ],
    Sub: broadcasts,
    Sum: several,
    Where: [
      { inputs: [condition, a, randomTensor([2, 3, 4], 2)] },
      { inputs: [condition, randomTensor([3, 1], 3), randomTensor([], 4)] },
    ],
  })
})
