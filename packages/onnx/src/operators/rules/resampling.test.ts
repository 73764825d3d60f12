import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { float } from '../../graph/builder.js'
import { float32, int64 } from '../../graph/tensor.js'
import { randomTensor } from '../../test/index.js'
import * as resampling from './resampling.js'

const image = randomTensor([2, 2, 3, 4])
const none = float32([0], [])
const scaled = (height: number, width: number): RuleCase['inputs'] => [image, none, float32([4], [1, 1, height, width])]
const sized = (height: number, width: number): RuleCase['inputs'] => [image, '', '', int64([4], [2, 2, height, width])]
const pads = (...values: number[]) => int64([values.length], values)
const by = [0]

/** Places inside and outside of an image, of which differences reach over no pixel. */
const between = [1.3, 2.6, -0.4, 0.7, 4.4, -2.7, 3.6, 1.4, 6.7, 5.3, 0.4, 2.3]
function gridOf(dims: readonly number[], sizes: readonly number[], aligned: number): RuleCase['inputs'][number] {
  const values = Array.from({ length: dims.reduce((product, dim) => product * dim) }, (_, index) => {
    const [size = 1, place = 0] = [sizes[index % sizes.length], between[index % between.length]]
    return aligned ? (2 * place) / (size - 1) - 1 : (2 * place + 1) / size - 1
  })
  return float32(dims, values)
}

describe('resampling', () => {
  testRules(resampling, {
    GridSample: ['bilinear', 'nearest', 'bicubic']
      .flatMap((mode) =>
        ['zeros', 'border', 'reflection'].flatMap((padding_mode) =>
          [0, 1].map((align_corners) => ({
            inputs: [randomTensor([2, 2, 4, 5], 1), gridOf([2, 3, 2, 2], [5, 4], align_corners)],
            ...(mode === 'nearest' && { by: [0] }),
            attributes: { mode, padding_mode, align_corners },
            precision: 'float32' as const,
            step: 0.01,
            opset: 16,
          })),
        ),
      )
      .concat([
        {
          inputs: [randomTensor([1, 2, 3, 4, 5], 1), gridOf([1, 2, 1, 2, 3], [5, 4, 3], 0)],
          attributes: { mode: 'linear', padding_mode: 'zeros', align_corners: 0 },
          precision: 'float32',
          step: 0.01,
          opset: 20,
        },
      ]),
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
      ...[
        ['linear', [0, 0, 0.1, 0.2, 1, 1, 0.8, 0.9]],
        ['cubic', [0, 0, -0.3, 0.2, 1, 1, 0.8, 1.4]],
        ['nearest', [0, 0, 0.9, 0.2, 1, 1, 0.1, 0.6]],
      ].map(([mode, part]) => ({
        inputs: [image, float32([8], part as number[]), '' as const, int64([4], [...image.dims.slice(0, 2), 5, 3])],
        by,
        attributes: {
          mode: mode as string,
          coordinate_transformation_mode: 'tf_crop_and_resize',
          extrapolation_value: float(0.5),
        },
      })),
      { inputs: [image, '', float32([2], [2, 3])], by, attributes: { mode: 'linear', axes: [2, 3] }, opset: 18 },
    ],
  })
})
