import { float32, GraphBuilder } from '@headstart/onnx'
import { describe, expect, it } from 'vitest'
import { layeredBackbone } from '../../test/layered-backbone.js'
import type { Network } from '../contract/backbone.js'
import { freshWeights } from './fresh-weights.js'

const ones = (...dims: number[]) =>
  float32(dims, new Float32Array(dims.reduce((product, dim) => product * dim, 1)).fill(1))

/** Large weights of each kind. */
function everyKind(): Network {
  const g = new GraphBuilder('every kind')
  const x = g.input('ids', 'int64', ['batch', 'tokens'])
  const weight = (name: string, ...dims: number[]) => g.weight(name, ones(...dims))
  const embedded = g.op('Gather', [weight('table', 300, 50), x])
  const rectified = g.op('Relu', [
    g.op('Add', [g.op('MatMul', [embedded, weight('rectified', 50, 200)]), weight('bias', 200)]),
  ])
  const plain = g.op('Tanh', [g.op('MatMul', [rectified, weight('plain', 200, 100)])])
  const statistics = ['scale', 'shift', 'mean', 'variance'].map((name) => weight(name, 100))
  const normed = g.op('BatchNormalization', [g.op('Squeeze', [plain]), ...statistics])
  g.output('y', g.op('Mul', [g.op('PRelu', [normed, weight('slope', 100)]), g.scalar(3)]), 'float32')
  return { graph: g.build(), stages: [] }
}

const statisticsOf = ({ graph }: Network, name: string) => {
  const data = Array.from((graph.initializers.get(name)?.data ?? []) as ArrayLike<number>)
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length
  const variance = data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length
  return { mean, sd: Math.sqrt(variance), largest: Math.max(...data.map(Math.abs)) }
}

describe('freshWeights', () => {
  const fresh = freshWeights(everyKind())

  it('draws kernels before a rectifier with variance 2 / fan-in, others within the limits of Glorot and Bengio', () => {
    expect(statisticsOf(fresh, 'rectified')).toEqual({
      mean: expect.closeTo(0, 2),
      sd: expect.closeTo(Math.sqrt(2 / 50), 2),
      largest: expect.any(Number),
    })
    const limit = Math.sqrt(6 / 300)
    expect(statisticsOf(fresh, 'plain').largest).toBeLessThanOrEqual(limit)
    expect(statisticsOf(fresh, 'plain').sd).toBeCloseTo(limit / Math.sqrt(3), 3)
  })

  it('draws embeddings with a standard deviation of 0.02', () => {
    expect(statisticsOf(fresh, 'table')).toMatchObject({ mean: expect.closeTo(0, 3), sd: expect.closeTo(0.02, 3) })
  })

  it.each([
    ['bias', 0],
    ['shift', 0],
    ['scale', 1],
    ['slope', 0.25],
    ['mean', 0],
    ['variance', 1],
  ])('sets %s to %f', (name, value) => {
    expect(new Set(fresh.graph.initializers.get(name)?.data as Float32Array)).toEqual(new Set([value]))
  })

  it('keeps constants, shapes, nodes and stages', () => {
    const before = everyKind()
    expect(fresh.graph.initializers.get('float_3')).toEqual(before.graph.initializers.get('float_3'))
    expect(fresh.graph.nodes).toEqual(before.graph.nodes)
    expect([...fresh.graph.initializers].map(([name, { dims }]) => [name, dims])).toEqual(
      [...before.graph.initializers].map(([name, { dims }]) => [name, dims]),
    )
  })

  it('gives the same weights for the same seed, and others for another', () => {
    const weights = (seed?: number): string =>
      String(freshWeights(everyKind(), seed).graph.initializers.get('plain')?.data)
    expect(weights()).toBe(weights(0))
    expect(weights(1)).not.toBe(weights(0))
  })

  it('makes a backbone with a fingerprint of its own', () => {
    const backbone = layeredBackbone()
    const fresh = backbone.withNetwork(freshWeights(backbone.network))
    expect(fresh.fingerprint).not.toBe(backbone.fingerprint)
    expect(fresh.id).toBe(backbone.id)
  })
})
