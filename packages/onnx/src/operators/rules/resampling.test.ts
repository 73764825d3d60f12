import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float32, int64 } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as resampling from './resampling.js'

const image = randomTensor([2, 2, 3, 4])
const none = float32([0], [])
const scaled = (height: number, width: number): RuleCase['inputs'] => [image, none, float32([4], [1, 1, height, width])]
const sized = (height: number, width: number): RuleCase['inputs'] => [image, '', '', int64([4], [2, 2, height, width])]
const pads = (...values: number[]) => int64([values.length], values)
const by = [0]

describe('resampling', () => {
  testRules(resampling, {
    Pad: [
      { inputs: [image, pads(0, 0, 1, 2, 0, 0, 0, 1)] },
      { inputs: [image, pads(1, 0, 0, -1, 0, 0, -1, 2), float32([], [0.5])] },
      { inputs: [image, pads(0, 0, 1, 2, 0, 0, 2, 1)], attributes: { mode: 'reflect' } },
      { inputs: [image, pads(1, 0, 1, 0, 0, 2, 2, 1)], attributes: { mode: 'edge' } },
      { inputs: [image, pads(1, 0, 0, 2), '', pads(2, -1)], opset: 18 },
      { inputs: [image, pads(1, 1, 2, 2), '', pads(-1, 1)], attributes: { mode: 'wrap' }, opset: 19 },
    ],
    Resize: [
      {
        inputs: scaled(2, 2),
        by,
        attributes: { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      },
      { inputs: scaled(2, 1.5), by, attributes: { mode: 'linear' }, opset: 11 },
      { inputs: sized(5, 3), by, attributes: { mode: 'linear', coordinate_transformation_mode: 'align_corners' } },
      { inputs: sized(2, 6), by, attributes: { mode: 'linear', coordinate_transformation_mode: 'pytorch_half_pixel' } },
      { inputs: sized(6, 8), by, attributes: { mode: 'cubic' } },
      { inputs: scaled(0.7, 0.5), by, attributes: { mode: 'nearest' } },
      { inputs: sized(2, 2), by, attributes: { mode: 'linear', antialias: 1 }, opset: 18 },
      { inputs: [image, '', float32([2], [2, 3])], by, attributes: { mode: 'linear', axes: [2, 3] }, opset: 18 },
    ],
  })
})
