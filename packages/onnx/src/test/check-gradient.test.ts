import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { twoLayers, threeRows } from '../../test/two-layers.js'
import { GraphBuilder } from '../graph/builder.js'
import { float32 } from '../graph/tensor.js'
import { checkGradient } from './index.js'

/** y = relu x, at a number so near to the kink that differences reach over it. */
function kink(): ReturnType<GraphBuilder['build']> {
  const g = new GraphBuilder('kink', { opsets: { '': 18, 'com.microsoft': 1 } })
  g.output('y', g.op('Relu', [g.input('x', 'float32', [2])]), 'float32', [2])
  return g.build()
}

describe('checkGradient', () => {
  it('takes the right gradient, by inputs and weights, in both precisions', async () => {
    await checkGradient(twoLayers(), { x: threeRows })
    await checkGradient(twoLayers(), { x: threeRows }, { precision: 'float32' })
    await checkGradient(twoLayers(), { x: threeRows }, { directions: 2 })
  })

  it('complains where gradient and differences are not the same', async () => {
    const near = { x: float32([2], [1, 0.00005]) }
    expect(await errorOf(() => checkGradient(kink(), near))).toMatch(
      /gradient by "x" in float32: first difference at index 1/,
    )
    const x = { x: float32([2], [1, 0.03]) }
    await checkGradient(kink(), x)
    expect(await errorOf(() => checkGradient(kink(), x, { precision: 'float32' }))).toMatch(
      /first difference at index 1/,
    )
    await checkGradient(kink(), x, { precision: 'float32', step: 0.01 })
  })

  it('checks only what is asked for', async () => {
    const g = new GraphBuilder('two')
    const x = g.input('x', 'float32', [2])
    g.output('smooth', g.op('Exp', [x]), 'float32', [2])
    g.output('kinked', g.op('Relu', [x]), 'float32', [2])
    const feeds = { x: float32([2], [1, 0.00005]) }
    await checkGradient(g.build(), feeds, { outputs: ['smooth'] })
    expect(await errorOf(() => checkGradient(g.build(), feeds))).toMatch(/first difference/)
  })
})
