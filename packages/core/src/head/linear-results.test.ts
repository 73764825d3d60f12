import '@headstart/onnx/test'
import { Session, tensor } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { headNames, linearHead } from './head.js'
import { lossesOf, scoreOf } from './held-out-loss.js'
import { linearResults } from './linear-results.js'
import type { Matrix } from '../contract/matrix.js'
import { random } from '../kit/random.js'
import type { Kind } from '../contract/target.js'

const { normal } = random(3)
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, normal)
const matrix = (columns: number, ...data: number[]): Matrix => ({
  rows: data.length / columns,
  columns,
  data: Float32Array.from(data),
})

describe('linearResults', () => {
  it.each<[Kind, string[]]>([
    ['classification', ['a', 'b', 'c']],
    ['multi-label', ['a', 'b']],
    ['regression', []],
  ])('%s: what the graph of a head gives', async (kind, labels) => {
    const outputs = Math.max(labels.length, 1)
    const weights = { weight: draw(5 * outputs), bias: draw(outputs) }
    const features = matrix(5, ...draw(20))
    const session = await Session.create(linearHead(kind, labels, weights).graph)
    const expected = (await session.run({ [headNames.features]: tensor('float32', [4, 5], features.data) }))[
      headNames.result[kind]
    ]
    await session.close()
    expect(linearResults(kind, features, weights).data).toBeAllclose((expected?.data ?? []) as Float32Array, {
      rtol: 1e-4,
      atol: 1e-6,
    })
  })

  it('does not overflow', () => {
    const sure = linearResults('classification', matrix(1, 1000), {
      weight: Float64Array.of(1, -1),
      bias: new Float64Array(2),
    })
    expect([...sure.data]).toEqual([1, 0])
  })
})

describe('held-out losses and scores', () => {
  it('of classes: -log of the probability of the right one; accuracy', () => {
    const [targets, results] = [matrix(2, 1, 0, 0, 1), matrix(2, 0.8, 0.2, 0.6, 0.4)]
    expect(lossesOf('classification', targets, results)).toBeAllclose([-Math.log(0.8), -Math.log(0.4)])
    expect(scoreOf('classification', targets, results)).toBe(0.5)
  })

  it('of labels: summed over them; all of an example right at once', () => {
    const [targets, results] = [matrix(2, 1, 0, 1, 1), matrix(2, 0.8, 0.2, 0.6, 0.4)]
    expect(lossesOf('multi-label', targets, results)).toBeAllclose([-2 * Math.log(0.8), -Math.log(0.6) - Math.log(0.4)])
    expect(scoreOf('multi-label', targets, results)).toBe(0.5)
  })

  it('of numbers: half the squared error; the coefficient of determination', () => {
    const [targets, results] = [matrix(1, 1, 3), matrix(1, 2, 3)]
    expect(lossesOf('regression', targets, results)).toBeAllclose([0.5, 0])
    expect(scoreOf('regression', targets, results)).toBeCloseTo(0.5, 12)
  })
})
