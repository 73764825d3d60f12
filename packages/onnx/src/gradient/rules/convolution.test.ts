import { describe } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import type { AttributeInput } from '../../builder.js'
import { randomTensor } from '../../test/index.js'
import * as convolution from './convolution.js'

const convolve = (x: number[], w: number[], attributes: Record<string, AttributeInput> = {}, bias = true): RuleCase => {
  const inputs = [randomTensor(x, 1), randomTensor(w, 2)]
  return { inputs: bias ? [...inputs, randomTensor(w.slice(0, 1), 3)] : inputs, attributes }
}
const transpose = (x: number[], w: number[], attributes: Record<string, AttributeInput> = {}): RuleCase => {
  const group = typeof attributes['group'] === 'number' ? attributes['group'] : 1
  const bias = randomTensor([(w[1] as number) * group], 3)
  return { inputs: [randomTensor(x, 1), randomTensor(w, 2), bias], attributes }
}

describe('convolutions', () => {
  testRules(convolution, {
    Conv: [
      convolve([2, 3, 5], [4, 3, 3]),
      convolve([2, 3, 8], [4, 3, 3], { strides: [2], pads: [1, 0], dilations: [2] }),
      convolve([1, 4, 9], [4, 1, 3], { group: 4, strides: [2], pads: [1, 1] }),
      convolve([2, 3, 4, 5], [2, 3, 3, 2]),
      convolve([2, 3, 4, 5], [4, 3, 1, 1], {}, false),
      convolve([2, 3, 4, 5], [4, 3, 1, 1], { strides: [2, 2] }),
      convolve([2, 4, 4, 3], [6, 2, 1, 1], { group: 2 }),
      convolve([2, 2, 5, 6], [3, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
      convolve([1, 2, 6, 7], [2, 2, 3, 3], { strides: [3, 2], pads: [0, 1, 2, 1], dilations: [1, 2] }),
      convolve([2, 4, 5, 4], [4, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
      convolve([2, 3, 5, 5], [3, 1, 3, 3], { group: 3, pads: [1, 1, 1, 1] }),
      convolve([2, 3, 6, 5], [3, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
      convolve([1, 2, 5, 5], [4, 1, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
      convolve([2, 3, 7, 7], [3, 1, 3, 3], { group: 3, dilations: [2, 2], pads: [2, 2, 2, 2] }),
      convolve([1, 2, 5, 6], [2, 2, 3, 2], { auto_pad: 'SAME_UPPER', strides: [2, 2] }),
      convolve([1, 2, 5, 6], [2, 2, 3, 2], { auto_pad: 'SAME_LOWER' }),
      convolve([1, 2, 5, 6], [2, 2, 3, 2], { auto_pad: 'VALID' }),
      convolve([1, 2, 8, 8], [3, 2, 4, 4], { strides: [4, 4] }),
      convolve([1, 2, 3, 4, 3], [2, 2, 2, 3, 2], { pads: [1, 0, 0, 0, 1, 0] }),
    ],
    ConvTranspose: [
      transpose([2, 3, 4], [3, 2, 3]),
      transpose([2, 3, 4], [3, 2, 3], { strides: [2], pads: [1, 1], output_padding: [1] }),
      transpose([2, 3, 3, 4], [3, 2, 3, 2], { strides: [2, 3], dilations: [1, 2] }),
      transpose([1, 4, 3, 3], [4, 1, 3, 3], { group: 4, strides: [2, 2], pads: [1, 1, 0, 0] }),
      transpose([1, 4, 3, 3], [4, 2, 2, 2], { group: 2 }),
      transpose([1, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_UPPER' }),
      transpose([1, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], auto_pad: 'SAME_LOWER' }),
      transpose([1, 2, 3, 3], [2, 2, 4, 3], { strides: [2, 2], output_shape: [7, 6] }),
    ],
  })
})
