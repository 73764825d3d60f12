import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float } from '../../builder.js'
import { randomTensor } from '../../test/index.js'
import * as microsoft from './microsoft.js'

const x = randomTensor([2, 3, 4], 1)
const [a, b] = [randomTensor([2, 3, 4], 1), randomTensor([2, 4, 2], 2)]
const [at, bt] = [randomTensor([2, 4, 3], 1), randomTensor([2, 2, 4], 2)]

describe('operators of onnxruntime', () => {
  testRules(
    microsoft,
    {
      BiasGelu: [{ inputs: [x, randomTensor([4], 2)] }],
      // Its kernel for double precision has constants of single precision.
      FastGelu: [
        { inputs: [x], precision: 'float32' },
        { inputs: [x, randomTensor([4], 2)], precision: 'float32' },
      ],
      FusedMatMul: [
        { inputs: [a, b], attributes: { alpha: float(0.5) } },
        { inputs: [at, b], attributes: { transA: 1 } },
        { inputs: [a, bt], attributes: { transB: 1, alpha: float(2) } },
        { inputs: [at, bt], attributes: { transA: 1, transB: 1 } },
        { inputs: [a, randomTensor([2, 4], 3)], attributes: { transB: 1 } },
        { inputs: [at, randomTensor([4, 2], 3)], attributes: { transA: 1 } },
        { inputs: [randomTensor([3, 4], 3), bt], attributes: { transB: 1 } },
        { inputs: [randomTensor([3, 4], 3), b], attributes: { alpha: float(3) } },
        { inputs: [randomTensor([4, 3], 3), b], attributes: { transA: 1 } },
      ],
      Gelu: [{ inputs: [x] }],
      QuickGelu: [{ inputs: [x] }, { inputs: [x], attributes: { alpha: float(1.2) } }],
    },
    'com.microsoft',
  )
})
