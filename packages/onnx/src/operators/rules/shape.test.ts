import { describe } from 'vitest'
import { testRules } from '../../../test/test-rules.js'
import { float32, int64, tensor } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as shape from './shape.js'

const x = randomTensor([2, 3, 4])
const ints = (...values: number[]) => int64([values.length], values)
const end = Number.MAX_SAFE_INTEGER

describe('shapes', () => {
  testRules(shape, {
    Cast: [{ inputs: [x], attributes: { to: 1 } }],
    CastLike: [{ inputs: [x, randomTensor([1])], by: [0] }],
    Concat: [
      { inputs: [x], attributes: { axis: 0 } },
      { inputs: [x, randomTensor([2, 2, 4], 2), randomTensor([2, 1, 4], 3)], attributes: { axis: 1 } },
      { inputs: [x, randomTensor([2, 3, 1], 2)], attributes: { axis: -1 } },
    ],
    DepthToSpace: [
      { inputs: [randomTensor([2, 8, 1, 3])], attributes: { blocksize: 2 } },
      { inputs: [randomTensor([1, 12, 2, 1])], attributes: { blocksize: 2, mode: 'CRD' } },
    ],
    Dropout: [
      { inputs: [x, float32([], [0.5]), tensor('bool', [], Uint8Array.of(0))], by: [0] },
      { inputs: [x] },
      { inputs: [x], outputs: ['float32', 'bool'] },
      { inputs: [x], opset: 11 },
    ],
    Expand: [{ inputs: [randomTensor([3, 1]), ints(2, 3, 4)] }, { inputs: [x, ints(1, 1)] }],
    Flatten: [{ inputs: [x] }, { inputs: [x], attributes: { axis: -1 } }],
    Identity: [{ inputs: [x] }],
    Reshape: [{ inputs: [x, ints(4, -1)] }, { inputs: [x, ints(0, 12)] }],
    Slice: [
      { inputs: [x, ints(1), ints(3), ints(1)] },
      { inputs: [x, ints(0, 1), ints(1, end)] },
      { inputs: [x, ints(-2), ints(-1), ints(-1)] },
      { inputs: [x, ints(0), ints(4), ints(2), ints(2)] },
      { inputs: [x, ints(1), ints(end), ints(2), ints(2)] },
      { inputs: [x, ints(-1), ints(-end), ints(1), ints(-1)] },
      { inputs: [x, ints(-1, 1), ints(0, 2), ints(2, 0), ints(-2, 1)] },
      { inputs: [randomTensor([7]), ints(5), ints(0), ints(0), ints(-3)] },
      { inputs: [randomTensor([7]), ints(1), ints(6), ints(0), ints(3)] },
      { inputs: [x, tensor('int32', [1], Int32Array.of(1)), tensor('int32', [1], Int32Array.of(2))] },
    ],
    SpaceToDepth: [{ inputs: [randomTensor([2, 2, 4, 2])], attributes: { blocksize: 2 } }],
    Split: [
      { inputs: [x], outputs: ['float32', 'float32'], attributes: { axis: 2 } },
      { inputs: [x, ints(1, 2)], outputs: ['float32', 'float32'], attributes: { axis: 1 } },
      { inputs: [x], outputs: ['float32', 'float32'], attributes: { axis: -2, split: [2, 1] }, opset: 11 },
      { inputs: [x], outputs: ['float32', 'float32'], attributes: { axis: 1, num_outputs: 2 }, opset: 18 },
      { inputs: [x], outputs: ['float32', 'float32', 'float32', 'float32'], attributes: { axis: 2 }, opset: 12 },
    ],
    Squeeze: [
      { inputs: [randomTensor([2, 1, 3, 1])] },
      { inputs: [randomTensor([2, 1, 3, 1]), ints(1)] },
      { inputs: [randomTensor([2, 1, 3, 1])], attributes: { axes: [-1] }, opset: 11 },
    ],
    Tile: [{ inputs: [x, ints(1, 2, 3)] }, { inputs: [randomTensor([3]), ints(4)] }],
    Transpose: [
      { inputs: [x] },
      { inputs: [x], attributes: { perm: [1, 2, 0] } },
      { inputs: [randomTensor([2, 1, 3, 2])], attributes: { perm: [0, 2, 1, 3] } },
    ],
    Unsqueeze: [{ inputs: [x, ints(0, -1)] }, { inputs: [x], attributes: { axes: [1] }, opset: 12 }],
  })
})
