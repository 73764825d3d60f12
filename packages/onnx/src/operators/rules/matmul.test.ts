import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { randomTensor } from '../../test/index.js'
import * as matmul from './matmul.js'

const product = (a: number[], b: number[]): RuleCase => ({ inputs: [randomTensor(a, 1), randomTensor(b, 2)] })
const [left, right] = [randomTensor([2, 3], 1), randomTensor([3, 4], 2)]

describe('matrix products', () => {
  testRules(matmul, {
    Gemm: [
      { inputs: [left, right] },
      { inputs: [left, right, randomTensor([4], 3)] },
      { inputs: [left, right, randomTensor([2, 1], 3)], attributes: { alpha: float(0.7), beta: float(1.3) } },
      { inputs: [left, right, randomTensor([], 3)], attributes: { beta: float(0.5) }, opset: 11 },
      { inputs: [randomTensor([3, 2], 1), right, randomTensor([2, 4], 3)], attributes: { transA: 1 } },
      { inputs: [left, randomTensor([4, 3], 2)], attributes: { transB: 1 } },
      {
        inputs: [randomTensor([3, 2], 1), randomTensor([4, 3], 2)],
        attributes: { transA: 1, transB: 1, alpha: float(2) },
      },
    ],
    MatMul: [
      product([2, 3], [3, 4]),
      product([3], [3, 4]),
      product([2, 3], [3]),
      product([3], [3]),
      product([5, 2, 3], [3, 4]),
      product([2, 2, 2, 3], [3, 4]),
      product([2, 3], [5, 3, 4]),
      product([2, 3], [2, 2, 3, 4]),
      product([5, 2, 3], [5, 3, 4]),
      product([2, 1, 2, 3], [4, 3, 2]),
      product([1, 2, 3], [5, 3, 4]),
      product([5, 2, 3], [1, 3, 4]),
      product([5, 2, 3], [3]),
      product([3], [5, 3, 4]),
    ],
  })
})
