import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { float32 } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as activation from './activation.js'

/** No number near 0, 1 or the other bounds used here. */
const x = float32([2, 4], [-3.5, -1.4, -0.6, -0.3, 0.3, 0.7, 1.6, 4])
const smooth = [{ inputs: [randomTensor([2, 3])] }, { inputs: [randomTensor([5], 2)] }]
const withAlpha = (alpha: number) => ({ inputs: [x], attributes: { alpha: float(alpha) } })
const scalar = (value: number) => float32([], [value])
const cube = randomTensor([2, 3, 4], 4)

describe('activation functions', () => {
  testRules(activation, {
    Celu: [{ inputs: [x] }, withAlpha(0.4)],
    Clip: [
      { inputs: [x, scalar(-1), scalar(1.2)] },
      { inputs: [x, '', scalar(1.2)] },
      { inputs: [x, scalar(0)], opset: 12 },
      { inputs: [x], attributes: { min: float(0), max: float(1.2) }, opset: 10 },
      { inputs: [x], attributes: { min: float(-1), max: float(1e30) }, opset: 10 },
      { inputs: [x], attributes: { max: float(-0.5) }, opset: 10 },
    ],
    Elu: [{ inputs: [x] }, withAlpha(0.4)],
    Gelu: [
      { inputs: [randomTensor([2, 3])], opset: 20 },
      { inputs: [randomTensor([2, 3], 2)], attributes: { approximate: 'tanh' }, opset: 20 },
    ],
    HardSigmoid: [{ inputs: [x] }, { inputs: [x], attributes: { alpha: float(0.35), beta: float(0.4) } }],
    HardSwish: [{ inputs: [x] }],
    LeakyRelu: [{ inputs: [x] }, withAlpha(0.3)],
    LogSoftmax: [
      { inputs: [cube] },
      { inputs: [cube], attributes: { axis: 1 } },
      { inputs: [cube], attributes: { axis: 1 }, opset: 11 },
      { inputs: [cube], attributes: { axis: -1 }, opset: 12 },
    ],
    Mish: [{ ...smooth[0], inputs: [randomTensor([2, 3])], opset: 18 }],
    PRelu: [
      { inputs: [x, randomTensor([4], 5)] },
      { inputs: [x, randomTensor([2, 1], 5)] },
      { inputs: [x, randomTensor([2, 4], 6)], opset: 11 },
      { inputs: [x, randomTensor([1], 5)], by: [0] },
    ],
    Relu: [{ inputs: [x] }],
    Selu: [{ inputs: [x] }, { inputs: [x], attributes: { alpha: float(1.2), gamma: float(0.8) } }],
    Softmax: [
      { inputs: [cube] },
      { inputs: [cube], attributes: { axis: 0 } },
      { inputs: [cube], attributes: { axis: 1 }, opset: 11 },
      { inputs: [cube], opset: 12 },
    ],
    Swish: [
      { inputs: [x], opset: 24 },
      { inputs: [x], attributes: { alpha: float(0.7) }, opset: 24 },
    ],
    ThresholdedRelu: [{ inputs: [x] }, withAlpha(2)],
  })
})
