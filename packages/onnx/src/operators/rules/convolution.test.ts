import { describe, it } from 'vitest'
import { type RuleCase, testRules } from '../../../test/test-rules.js'
import { type AttributeInput, GraphBuilder, type Value } from '../../graph/builder.js'
import { checkGradient, randomTensor } from '../../test/index.js'
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
      convolve([2, 3, 6, 5], [3, 1, 3, 3], { group: 3, strides: [2, 2], auto_pad: 'SAME_UPPER' }, false),
      convolve([2, 3, 7, 8], [3, 1, 2, 2], { group: 3, strides: [3, 3] }),
      convolve([2, 3, 9, 9], [3, 1, 1, 3], { group: 3, strides: [2, 1], pads: [0, 2, 0, 2] }),
      convolve([3, 2, 12, 11], [2, 1, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
      convolve([2, 3, 9], [3, 1, 3], { group: 3, strides: [2], pads: [1, 1] }),
      convolve([2, 2, 3, 4, 3], [2, 1, 2, 2, 2], { group: 2, strides: [1, 2, 1] }),
      convolve([1, 2, 4, 5], [2, 1, 3, 1], { group: 2, strides: [1, 2], pads: [1, 0, 1, 0] }),
      convolve([1, 2, 3, 4, 5], [2, 1, 2, 2, 1], { group: 2, strides: [1, 1, 3] }),
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

  it("agree with each other's order of axes", async () => {
    const g = new GraphBuilder('chain')
    let seed = 1
    const convolve = (x: Value, w: number[], attributes: Record<string, AttributeInput> = {}) =>
      g.op('Conv', [x, g.weight(`w${seed}`, randomTensor(w, seed++, -0.5, 0.5))], attributes)
    const around = { pads: [1, 1, 1, 1] }
    const wide = convolve(g.input('x', 'float32', [2, 2, 15, 15]), [4, 2, 1, 1])
    const depthwise = convolve(wide, [4, 1, 3, 3], { ...around, group: 4, strides: [2, 2] })
    const strided = convolve(convolve(depthwise, [3, 4, 1, 1]), [4, 3, 3, 3], { ...around, strides: [2, 2] })
    const dense = convolve(convolve(strided, [3, 4, 1, 1]), [2, 3, 3, 3], around)
    const small = convolve(dense, [2, 1, 3, 3], { ...around, group: 2 })
    g.output(
      'y',
      g.op('ReduceMean', [g.op('Add', [small, convolve(dense, [2, 2, 1, 1])])], { axes: [2, 3] }),
      'float32',
    )
    await checkGradient(g.build(), { x: randomTensor([2, 2, 15, 15], 99) }, { directions: 8, step: 0.1 })
  })

  it('of large images are products of each image', async () => {
    const g = new GraphBuilder('large')
    const x = g.input('x', 'float32', [2, 2, 20, 21])
    const weights = [g.weight('w', randomTensor([3, 2, 1, 1], 1)), g.weight('b', randomTensor([3], 2))]
    g.output('y', g.op('Conv', [x, ...weights]), 'float32')
    await checkGradient(g.build(), { x: randomTensor([2, 2, 20, 21], 3) }, { directions: 8, step: 0.1 })
  })
})
