import '@headstart/onnx/test'
import { type Network } from '@headstart/core'
import { random } from '@headstart/core/kit'
import { float32, type Graph, GraphBuilder, Session, type Tensor } from '@headstart/onnx'
import { cut } from '@headstart/onnx/kit'
import { describe, expect, it } from 'vitest'
import { sideBySide } from './side-by-side.js'

const { uniform } = random(1)
const weights = (...dims: number[]): Tensor<'float32'> =>
  float32(
    dims,
    Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => uniform() - 0.5),
  )

/** Two convolutions; the means of the second map, and of the first as well where it is asked for. */
function network(channels: number, withFirst: boolean): Graph {
  const g = new GraphBuilder('network')
  const pixels = g.input('pixels', 'float32', ['batch', 3, 8, 8])
  const convolution = (x: typeof pixels, from: number, name: string): typeof pixels => {
    const kernel = g.weight(`${name}/kernel`, weights(channels, from, 3, 3))
    return g.op('Relu', [g.op('Conv', [x, kernel], { strides: [2, 2], pads: [1, 1, 1, 1] })], {}, { name })
  }
  const means = (x: typeof pixels, name: string): typeof pixels =>
    g.op('Flatten', [g.op('GlobalAveragePool', [x])], {}, { name })
  const first = convolution(pixels, 3, 'first')
  const early = withFirst ? [means(first, 'early')] : []
  const second = convolution(first, channels, 'second')
  const features = g.op('Concat', [...early, means(second, 'late')], { axis: 1 })
  g.output('features', features, 'float32', ['batch', channels * (early.length + 1)])
  return g.build()
}

const plain = network(4, false)
const wide = network(6, true)

function whole(): Network {
  return sideBySide(
    'both',
    [
      { name: 'plain', graph: plain, cuts: [{ first: [4, 4, 4] }, { second: [4, 2, 2] }] },
      { name: 'wide', graph: wide, cuts: [{ first: [6, 4, 4], early: [6] }, { features: [12] }] },
    ],
    ['first', 'second', 'features'],
  )
}

async function run(graph: Graph, feeds: Record<string, Tensor>): Promise<Tensor> {
  await using session = await Session.create(graph, { threads: 1 })
  return Object.values(await session.run(feeds))[0] as Tensor
}

const pixels = weights(3, 3, 8, 8)
const rows = ({ dims, data }: Tensor): number[][] => {
  const [count = 0, columns = 0] = dims
  return Array.from({ length: count }, (_, row) => [
    ...(data as Float32Array).subarray(row * columns, (row + 1) * columns),
  ])
}

describe('networks side by side', () => {
  it('give the features of all, one after the other', async () => {
    const { graph } = whole()
    expect(graph.outputs).toEqual([{ name: 'features', type: 'float32', dims: ['batch', 16] }])
    const [left, right] = [await run(plain, { pixels }), await run(wide, { pixels })]
    const expected = rows(left).map((row, index) => [...row, ...(rows(right)[index] ?? [])])
    expect(await run(graph, { pixels })).toBeAllclose(float32([3, 16], expected.flat()), { atol: 1e-6 })
  })

  it('can be cut after each stage, at one value', async () => {
    const { graph, stages } = whole()
    const features = await run(graph, { pixels })
    expect(stages.map(({ name }) => name)).toEqual(['first', 'second', 'features'])
    for (const { output } of stages.slice(0, -1)) {
      const { prefix, suffix } = cut(graph, [output])
      expect(prefix.outputs).toHaveLength(1)
      expect(suffix.inputs.map(({ name }) => name)).toEqual([output])
      const between = await run(prefix, { pixels })
      expect(between.dims).toHaveLength(2)
      expect(await run(suffix, { [output]: between })).toBeAllclose(features, { atol: 1e-6 })
    }
  })
})
