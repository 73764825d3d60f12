import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { randomTensor } from '../../test/index.js'
import * as normalization from './normalization.js'

const x = randomTensor([2, 4, 3])
const image = randomTensor([2, 4, 3, 2], 2)
const channels = (seed: number) => randomTensor([4], seed, 0.5, 2)

describe('normalizations', () => {
  testRules(normalization, {
    BatchNormalization: [
      { inputs: [image, channels(3), channels(4), channels(5), channels(6)], by: [0, 1, 2] },
      {
        inputs: [x, channels(3), channels(4), channels(5), channels(6)],
        by: [0, 1, 2],
        attributes: { epsilon: float(0.1) },
        opset: 11,
      },
      {
        title: 'statistics of one instance',
        inputs: [randomTensor([1, 4, 5]), channels(3), channels(4), channels(5), channels(6)],
        by: [0, 1, 2],
        attributes: { training_mode: 1, epsilon: float(0.1) },
        outputs: ['float32', '', ''],
      },
      { inputs: [randomTensor([3, 4]), channels(3), channels(4), channels(5), channels(6)], by: [0, 1, 2] },
    ],
    GroupNormalization: [
      { inputs: [image, channels(3), channels(4)], attributes: { num_groups: 2 }, opset: 21, precision: 'float32' },
      { inputs: [image, randomTensor([2], 3), randomTensor([2], 4)], attributes: { num_groups: 2 }, opset: 18 },
    ],
    InstanceNormalization: [
      { inputs: [image, channels(3), channels(4)] },
      { inputs: [x, channels(3), channels(4)], attributes: { epsilon: float(0.1) } },
    ],
    LayerNormalization: [
      { inputs: [x, randomTensor([3], 3)] },
      { inputs: [x, randomTensor([3], 3), randomTensor([3], 4)], attributes: { epsilon: float(0.1) } },
      { inputs: [x, randomTensor([4, 3], 3), randomTensor([4, 3], 4)], attributes: { axis: 1 } },
      { inputs: [image, randomTensor([3, 2], 3), randomTensor([3, 2], 4)], attributes: { axis: -2 }, opset: 18 },
    ],
    LpNormalization: [{ inputs: [x] }, { inputs: [randomTensor([2, 4, 3], 5, 0.5, 2)], attributes: { axis: 1, p: 1 } }],
    LRN: [
      { inputs: [image], attributes: { size: 3, alpha: float(0.5), beta: float(0.6), bias: float(2) } },
      { inputs: [image], attributes: { size: 1 } },
    ],
    MeanVarianceNormalization: [{ inputs: [image] }, { inputs: [image], attributes: { axes: [0, 1] } }],
    RMSNormalization: [
      { inputs: [x, randomTensor([3], 3)], opset: 23 },
      { inputs: [x, randomTensor([4, 3], 3)], attributes: { axis: 1, epsilon: float(0.1) }, opset: 23 },
    ],
    SimplifiedLayerNormalization: [
      { inputs: [x, randomTensor([3], 3)], attributes: { axis: -1, epsilon: float(0.01) } },
    ],
  })
})
