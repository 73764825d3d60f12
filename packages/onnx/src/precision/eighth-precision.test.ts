import { describe, expect, it } from 'vitest'
import { differentiate, meanSquaredError } from '../../src/gradient/index.js'
import { runGraph } from '../../test/run-graph.js'
import { typeCodes } from '../graph/element-type.js'
import { decodeModel } from '../graph/decode.js'
import { encodeModel } from '../graph/encode.js'
import { GraphBuilder } from '../graph/builder.js'
import { validate } from '../graph/validate.js'
import { float32, type Tensor, tensor } from '../graph/tensor.js'
import '../test/index.js'
import { numbersOf } from './dequantize-tensor.js'

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)

describe('numbers of few bits', () => {
  it.each(['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz'] as const)(
    'are those of onnxruntime: %s',
    async (type) => {
      const weight = tensor(type, [256], bytes)
      const g = new GraphBuilder('cast', { opsets: { '': 23 } })
      g.output('y', g.op('Cast', [g.weight('w', weight)], { to: typeCodes.float32 }), 'float32', [256])
      expect(Array.from(numbersOf(weight))).toEqual(
        Array.from((await runGraph(g.build(), {}))['y']?.data as Float32Array),
      )
    },
  )

  it.each(['int4', 'uint4'] as const)('are those of onnxruntime: %s', async (type) => {
    const weight = tensor(type, [3, 5], Uint8Array.of(0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0x0e))
    const g = new GraphBuilder('dequantize', { opsets: { '': 23 } })
    const y = g.op('DequantizeLinear', [g.weight('w', weight), g.weight('scale', float32([], [1]))])
    g.output('y', y, 'float32', [3, 5])
    expect(Array.from(numbersOf(weight))).toEqual(
      Array.from((await runGraph(g.build(), {}))['y']?.data as Float32Array),
    )
  })

  it('are powers of two, or halves', () => {
    expect(numbersOf(tensor('float8e8m0', [3], Uint8Array.of(127, 130, 126)))).toEqual(Float32Array.of(1, 8, 0.5))
    expect(numbersOf(tensor('float4e2m1', [5], Uint8Array.of(0x10, 0x72, 0x0d)))).toEqual([0, 0.5, 1, 6, -3])
  })

  it.each([
    ['int4', Uint8Array.of(0x21, 0xf3, 0x45)],
    ['float8e4m3fn', Uint8Array.of(0x38, 0x40, 0xb8, 0x30, 0x28, 0xc0)],
  ] as const)('stay as they are in a frozen part, behind which a head is trained: %s', async (type, data) => {
    const g = new GraphBuilder('frozen', { opsets: { '': 21 } })
    const scale = g.weight('scale', float32([], [0.25]))
    const frozen = g.op('DequantizeLinear', [g.weight('packed', tensor(type, [2, 3], data)), scale])
    const hidden = g.op('MatMul', [g.input('x', 'float32', ['batch', 2]), frozen])
    g.output('y', g.op('MatMul', [hidden, g.weight('head', float32([3, 1], [1, 2, 3]))]), 'float32', ['batch', 1])
    const graph = decodeModel(encodeModel(g.build()))
    validate(graph)
    expect(graph.initializers.get('packed')).toEqual({ type, dims: [2, 3], data })
    expect(graph.parameterCount).toBe(6 + 1 + 3)
    const { graph: whole, loss } = meanSquaredError(graph, { predictions: 'y' })
    const feeds = { x: float32([1, 2], [1, 2]), targets: float32([1, 1], [1]), weights: float32([1], [1]) }
    const training = await differentiate(whole, { loss, parameters: ['head'], feeds })
    const results = await runGraph(training.graph, { ...feeds, head: graph.initializers.get('head') as Tensor })
    const rows = Array.from(numbersOf(graph.initializers.get('packed') as Tensor), (value) => value / 4)
    const features = [0, 1, 2].map((column) => (rows[column] as number) + 2 * (rows[3 + column] as number))
    const error = features.reduce((sum, feature, index) => sum + feature * (index + 1), 0) - 1
    expect(results[training.gradients.get('head') ?? '']?.data).toBeAllclose(
      Float32Array.from(features, (one) => 2 * error * one),
      // onnxruntime multiplies numbers of 4 bits with such of 8.
      { rtol: type === 'int4' ? 0.01 : 1e-6 },
    )
  })
})
