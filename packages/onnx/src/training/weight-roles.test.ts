import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { float32, int64, sizeOf } from '../graph/tensor.js'
import { isTrainable, weightRoles } from './weight-roles.js'

const ones = (...dims: number[]) => float32(dims, new Float32Array(sizeOf(dims)).fill(1))

/** One weight of each kind, and constants. */
function everyKind(): Graph {
  const g = new GraphBuilder('every kind')
  const ids = g.input('ids', 'int64', ['batch', 'tokens'])
  const x = g.input('x', 'float32', ['batch', 6, 8, 8])
  const weight = (name: string, ...dims: number[]) => g.weight(name, ones(...dims))

  const embedded = g.op('Gather', [weight('table', 10, 4), ids])
  const timed = g.op('Add', [embedded, weight('sinusoids', 7, 4)])
  const dense = g.op('Add', [g.op('MatMul', [timed, weight('dense', 4, 5)]), weight('bias', 5)])
  const moved = g.op('MatMul', [
    g.op('Relu', [dense]),
    g.op('Transpose', [weight('transposed', 3, 5)], { perm: [1, 0] }),
  ])
  const normed = g.op('LayerNormalization', [moved, weight('scale', 3), weight('shift', 3)])
  const scaled = g.op('Mul', [g.op('Mul', [normed, g.scalar(0.125)]), weight('gain', 3)])
  g.output(
    'text',
    g.op('Gemm', [g.op('Squeeze', [scaled]), weight('gemm', 9, 3), weight('gemm bias', 9)], { transB: 1 }),
    'float32',
  )

  const convolved = g.op('Conv', [x, weight('kernel', 12, 3, 5, 5), weight('kernel bias', 12)], { group: 2 })
  const batch = ['gamma', 'beta', 'mean', 'variance'].map((name) => weight(name, 12))
  const rectified = g.op('PRelu', [g.op('BatchNormalization', [convolved, ...batch]), weight('slope', 12, 1, 1)])
  const shape = g.weight('shape', int64([2], [-1, 12]))
  g.output('image', g.op('ConvTranspose', [g.op('Reshape', [rectified, shape]), weight('up', 12, 2, 3, 3)]), 'float32')
  return g.build()
}

describe('weightRoles', () => {
  it('tells by its operators what a weight does', () => {
    const roles = Object.fromEntries(weightRoles(everyKind()))
    expect(roles).toEqual({
      table: { kind: 'embedding' },
      dense: { kind: 'kernel', fanIn: 4, fanOut: 5, rectified: true },
      bias: { kind: 'bias' },
      transposed: { kind: 'kernel', fanIn: 5, fanOut: 3, rectified: false },
      scale: { kind: 'scale' },
      shift: { kind: 'bias' },
      gain: { kind: 'scale' },
      gemm: { kind: 'kernel', fanIn: 3, fanOut: 9, rectified: false },
      'gemm bias': { kind: 'bias' },
      kernel: { kind: 'kernel', fanIn: 75, fanOut: 150, rectified: true },
      'kernel bias': { kind: 'bias' },
      gamma: { kind: 'scale' },
      beta: { kind: 'bias' },
      mean: { kind: 'mean' },
      variance: { kind: 'variance' },
      slope: { kind: 'slope' },
      up: { kind: 'kernel', fanIn: 108, fanOut: 18, rectified: false },
    })
  })

  it('leaves what is measured out of training', () => {
    const measured = [...weightRoles(everyKind())].filter(([, role]) => !isTrainable(role)).map(([name]) => name)
    expect(measured).toEqual(['mean', 'variance'])
  })
})
