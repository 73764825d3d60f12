import { describe, expect, it } from 'vitest'
import { exported } from './exported.js'
import { runGraph } from './run-graph.js'
import { GraphBuilder, type Value } from '../src/graph/builder.js'
import { differentiate } from '../src/gradient/index.js'
import { constantsAsWeights } from '../src/graph/constants-as-weights.js'
import type { Graph } from '../src/graph/graph.js'
import { float32, int64, sizeOf, type Tensor, tensor, type Tensors } from '../src/graph/tensor.js'
import { randomTensor } from '../src/test/index.js'
import { randomNumbers } from '../src/test/random-tensor.js'
import { weightRoles } from '../src/training/index.js'
import { dequantize } from '../src/precision/dequantize.js'
import { fromBfloat16, fromFloat16 } from '../src/precision/half-precision.js'
import { precisionOf, toFullPrecision } from '../src/precision/to-full-precision.js'
import { toFloat32, withFloat32Interface } from '../src/precision/to-float32.js'

const both = { opsets: { '': 17, 'com.microsoft': 1 } }
const microsoft = { domain: 'com.microsoft' }

/** Whole numbers over the range of a type, the same for the same seed. */
function whole<T extends 'int8' | 'uint8'>(type: T, dims: readonly number[], seed = 1): Tensor<T> {
  const next = randomNumbers(seed)
  const from = type === 'int8' ? -128 : 0
  const values = Array.from({ length: sizeOf(dims) }, () => from + Math.floor(256 * next()))
  return tensor(type, dims, (type === 'int8' ? Int8Array.from(values) : Uint8Array.from(values)) as Tensor<T>['data'])
}

const scalar = (value: number): Tensor => float32([], [value])
const zero = (type: 'int8' | 'uint8', value: number): Tensor =>
  tensor(type, [], type === 'int8' ? Int8Array.of(value) : Uint8Array.of(value))

/** Runs a quantized graph and what was made of it. */
async function expectLike(graph: Graph, feeds: Tensors, atol: number): Promise<Graph> {
  const { graph: made, kept } = dequantize(graph)
  expect(kept).toEqual([])
  const [expected, results] = [await runGraph(graph, feeds), await runGraph(made, feeds)]
  for (const [name, value] of Object.entries(expected))
    expect(results[name], name).toBeAllclose(value, { rtol: 0, atol })
  return made
}

/** Differentiates the mean of the output `y` by all weights with a role. */
async function expectTrainable(graph: Graph, feeds: Tensors, weights: readonly string[]): Promise<void> {
  const roles = [...weightRoles(graph)].flatMap(([name, { kind }]) =>
    kind === 'kernel' || kind === 'embedding' ? [name] : [],
  )
  expect(roles).toEqual(weights)
  const loss: Graph = graph.with({
    nodes: [
      ...graph.nodes,
      {
        name: 'loss',
        opType: 'ReduceMean',
        domain: '',
        inputs: ['y'],
        outputs: ['loss'],
        attributes: { keepdims: { kind: 'int', value: 0 } },
      },
    ],
    outputs: [{ name: 'loss' }],
  })
  const training = await differentiate(loss, { loss: 'loss', parameters: roles, feeds })
  const results = await runGraph(training.graph, {
    ...feeds,
    ...Object.fromEntries(roles.map((name) => [name, graph.initializers.get(name) as Tensor])),
  })
  for (const name of roles) {
    const gradient = results[training.gradients.get(name) ?? '']?.data as Float32Array
    expect(
      gradient.some((value) => value !== 0),
      name,
    ).toBe(true)
  }
}

describe('dequantize', () => {
  /** A dense layer as onnxruntime quantizes it dynamically, over rows of a quantized table. */
  function dynamic(scales: Tensor): Graph {
    const g = new GraphBuilder('dynamic')
    const rows = g.op('Gather', [
      g.weight('table', whole('uint8', [9, 6])),
      g.input('ids', 'int64', ['batch', 'tokens']),
    ])
    const x = g.op('DequantizeLinear', [
      rows,
      g.weight('table scale', scalar(0.01)),
      g.weight('table zero', zero('uint8', 100)),
    ])
    const [quantized, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [x], 3) as [Value, Value, Value]
    const matrix = g.weight('dense', whole('int8', [6, 4], 2))
    const product = g.op('MatMulInteger', [quantized, matrix, zeroPoint, g.weight('dense zero', zero('int8', 0))])
    const both = g.op('Mul', [scale, g.weight('dense scale', scales)])
    const dense = g.op('Mul', [g.op('Cast', [product], { to: 1 }), both])
    g.output('y', g.op('Add', [dense, g.weight('bias', randomTensor([4]))]), 'float32')
    return g.build()
  }

  it.each([
    ['one scale', scalar(0.02)],
    ['a scale for each column', float32([4], [0.01, 0.02, 0.03, 0.04])],
  ])('writes dynamically quantized matrices and tables as float32 ones: %s', async (_, scales) => {
    const feeds = { ids: int64([2, 3], [1, 2, 3, 8, 0, 5]) }
    const made = await expectLike(dynamic(scales), feeds, 0.1)
    expect(made.nodes.map(({ opType }) => opType)).toEqual(['Gather', 'MatMul', 'Add', 'Identity'])
    await expectTrainable(made, feeds, ['table/dequantized', 'dense/dequantized'])
  })

  it('writes dynamically quantized convolutions as float32 ones', async () => {
    const g = new GraphBuilder('convolution')
    const x = g.input('x', 'float32', ['batch', 3, 6, 6])
    const [quantized, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [x], 3) as [Value, Value, Value]
    const kernel = g.weight('kernel', whole('uint8', [4, 3, 3, 3]))
    const sums = g.op('ConvInteger', [quantized, kernel, zeroPoint, g.weight('zero', zero('uint8', 128))], {
      pads: [1, 1, 1, 1],
      strides: [2, 2],
    })
    g.output(
      'y',
      g.op('Mul', [g.op('Cast', [sums], { to: 1 }), g.op('Mul', [scale, g.weight('scale', scalar(0.01))])]),
      'float32',
    )
    const feeds = { x: randomTensor([2, 3, 6, 6]) }
    await expectTrainable(await expectLike(g.build(), feeds, 0.1), feeds, ['kernel/dequantized'])
  })

  it('writes fused products of onnxruntime as MatMul', async () => {
    const g = new GraphBuilder('fused', both)
    const x = g.input('x', 'float32', ['batch', 6])
    const weight = g.weight('first', whole('int8', [6, 5]))
    const hidden = g.op(
      'DynamicQuantizeMatMul',
      [x, weight, g.weight('first scale', scalar(0.01)), '', g.weight('bias', randomTensor([5]))],
      {},
      microsoft,
    )
    const [quantized, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [hidden], 3) as [Value, Value, Value]
    const inputs = [
      quantized,
      g.weight('second', whole('uint8', [5, 3], 2)),
      scale,
      g.weight('second scale', scalar(0.02)),
      zeroPoint,
      g.weight('second zero', zero('uint8', 120)),
    ]
    g.output('y', g.op('MatMulIntegerToFloat', inputs, {}, microsoft), 'float32')
    const feeds = { x: randomTensor([4, 6]) }
    await expectTrainable(await expectLike(g.build(), feeds, 0.4), feeds, ['first/dequantized', 'second/dequantized'])
  })

  it.each([
    { bits: 4, zeros: false },
    { bits: 4, zeros: true },
    { bits: 8, zeros: true },
  ])('unpacks matrices of $bits bits, zero points given: $zeros', async ({ bits, zeros }) => {
    const [K, N, size] = [32, 3, 16]
    const g = new GraphBuilder('packed', both)
    const x = g.input('x', 'float32', ['batch', K])
    const zeroBytes = Math.ceil(((K / size) * bits) / 8)
    const inputs = [
      x,
      g.weight('packed', whole('uint8', [N, K / size, (size * bits) / 8])),
      g.weight('scales', randomTensor([N * (K / size)], 3, 0.01, 0.1)),
      ...(zeros ? [g.weight('zeros', whole('uint8', [N * zeroBytes], 4))] : []),
    ]
    g.output('y', g.op('MatMulNBits', inputs, { K, N, bits, block_size: size }, microsoft), 'float32')
    const feeds = { x: randomTensor([2, K]) }
    await expectTrainable(await expectLike(g.build(), feeds, 1e-3), feeds, ['packed/dequantized'])
  })

  it('writes quantized attention as attention', async () => {
    const g = new GraphBuilder('attention', both)
    const x = g.input('x', 'float32', ['batch', 'tokens', 8])
    const [quantized, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [x], 3) as [Value, Value, Value]
    const inputs = [
      quantized,
      g.weight('qkv', whole('int8', [8, 24])),
      g.weight('bias', randomTensor([24])),
      scale,
      g.weight('scale', scalar(0.004)),
      '' as const,
      zeroPoint,
      g.weight('zero', zero('int8', 0)),
    ]
    g.output('y', g.op('QAttention', inputs, { num_heads: 2 }, microsoft), 'float32')
    const feeds = { x: randomTensor([2, 5, 8]) }
    await expectTrainable(await expectLike(g.build(), feeds, 0.1), feeds, ['qkv/dequantized'])
  })

  /** Quantizes to 8 bits from a range. */
  const range = (g: GraphBuilder, name: string, scale: number, zeroPoint: number): [Value, Value] => [
    g.weight(`${name} scale`, scalar(scale)),
    g.weight(`${name} zero`, zero('uint8', zeroPoint)),
  ]

  it('writes statically quantized operators as those on numbers, and keeps what a range cuts off', async () => {
    const g = new GraphBuilder('static', both)
    const of = range(g, 'x', 0.02, 128)
    const x = g.op('QuantizeLinear', [g.input('x', 'float32', ['batch', 3, 6, 6]), ...of])
    const kernel = [
      g.weight('kernel', whole('int8', [4, 3, 3, 3])),
      g.weight('kernel scales', float32([4], [0.01, 0.02, 0.01, 0.005])),
      g.weight('kernel zeros', tensor('int8', [4], new Int8Array(4))),
    ]
    const bias = g.weight('bias', tensor('int32', [4], Int32Array.from([500, -500, 100, 0])))
    // From 0 on: a Relu is hidden in it.
    const inner = range(g, 'inner', 0.05, 0)
    const convolved = g.op('QLinearConv', [x, ...of, ...(kernel as [Value, Value, Value]), ...inner, bias], {
      pads: [1, 1, 1, 1],
    })
    const summed = range(g, 'sum', 0.1, 0)
    const sum = g.op('QLinearAdd', [convolved, ...inner, convolved, ...inner, ...summed], {}, microsoft)
    const pooled = g.op('QLinearGlobalAveragePool', [sum, ...summed, ...inner], {}, microsoft)
    const flat = g.op('Flatten', [pooled])
    const dense = range(g, 'dense', 0.02, 128)
    const product = g.op('QLinearMatMul', [
      flat,
      ...inner,
      g.weight('matrix', whole('uint8', [4, 2], 5)),
      ...range(g, 'matrix', 0.002, 128),
      ...dense,
    ])
    g.output('y', g.op('DequantizeLinear', [product, ...dense]), 'float32')
    const feeds = { x: randomTensor([2, 3, 6, 6], 7, -2, 2) }
    const made = await expectLike(g.build(), feeds, 0.05)
    await expectTrainable(made, feeds, ['kernel/dequantized', 'matrix/dequantized'])
    expect(made.nodes.map(({ opType }) => opType)).toEqual([
      'Clip',
      'Conv',
      'Clip',
      'Add',
      'Clip',
      'GlobalAveragePool',
      'Clip',
      'Flatten',
      'MatMul',
      'Clip',
      'Identity',
      'Identity',
    ])
  })

  it('takes quantized weights and activations between QuantizeLinear and DequantizeLinear as numbers', async () => {
    const g = new GraphBuilder('pairs')
    const of = range(g, 'x', 0.02, 128)
    const x = g.op('DequantizeLinear', [g.op('QuantizeLinear', [g.input('x', 'float32', ['batch', 6]), ...of]), ...of])
    const scales = g.weight('scales', randomTensor([4], 2, 0.01, 0.02))
    const matrix = g.op('DequantizeLinear', [g.weight('matrix', whole('int8', [6, 4])), scales], { axis: 1 })
    g.output('y', g.op('MatMul', [x, matrix]), 'float32')
    const feeds = { x: randomTensor([3, 6], 5) }
    const made = await expectLike(g.build(), feeds, 0.1)
    await expectTrainable(made, feeds, ['matrix/dequantized'])
  })

  it('follows quantized activations through every operator that only moves them', async () => {
    const g = new GraphBuilder('moved')
    const of = range(g, 'x', 0.02, 128)
    const x = g.op('QuantizeLinear', [g.input('x', 'float32', ['batch', 6]), ...of])
    const repeated = g.op('Tile', [x, g.ints([1, 2])])
    const picked = g.op('GatherElements', [repeated, g.weight('places', int64([1, 2], [7, 3]))], { axis: 1 })
    g.output('y', g.op('DequantizeLinear', [picked, ...of]), 'float32')
    const feeds = { x: randomTensor([1, 6], 5) }
    const made = await expectLike(g.build(), feeds, 0.02)
    expect(made.nodes.map(({ opType }) => opType)).toEqual(['Clip', 'Tile', 'GatherElements', 'Identity', 'Identity'])
  })

  it('leaves activations that are split into several', () => {
    const g = new GraphBuilder('split')
    const of = range(g, 'x', 0.02, 128)
    const parts = g.ops('Split', [g.op('QuantizeLinear', [g.input('x', 'float32', [1, 6]), ...of])], 2, { axis: 1 })
    parts.forEach((part, index) => g.output(`y${index}`, g.op('DequantizeLinear', [part, ...of]), 'float32'))
    expect(dequantize(g.build()).kept).toEqual(['QuantizeLinear', 'DequantizeLinear'])
  })

  it('names what it leaves', () => {
    const g = new GraphBuilder('left', both)
    const x = g.input('x', 'float32', ['batch', 6])
    const [quantized, scale, zeroPoint] = g.ops('DynamicQuantizeLinear', [x], 3) as [Value, Value, Value]
    const inputs = [
      quantized,
      g.input('w', 'uint8', [6, 3]),
      scale,
      g.input('scale', 'float32', []),
      zeroPoint,
      '' as const,
    ]
    g.output('y', g.op('MatMulIntegerToFloat', inputs, {}, microsoft), 'float32')
    const graph = g.build()
    expect(dequantize(graph)).toMatchObject({
      weights: [],
      kept: ['DynamicQuantizeLinear', 'com.microsoft.MatMulIntegerToFloat'],
    })
    expect(toFullPrecision(graph).notices).toEqual([
      'No quantized weight could be made a float32 one.',
      'Left as they are, and not to be trained: DynamicQuantizeLinear, com.microsoft.MatMulIntegerToFloat.',
    ])
  })
})

/** The nearest number of half precision, of those that are not below its range. */
function toFloat16(value: number): number {
  if (value === 0) return 0
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14)
  const fraction = Math.round(Math.abs(value) * 2 ** (10 - exponent))
  return (value < 0 ? 0x8000 : 0) + ((exponent + 14) << 10) + fraction
}

/** A network as converters to half precision write it. */
function inHalf(graph: Graph): Graph {
  const opened = constantsAsWeights(graph)
  const half = (weight: Tensor): Tensor =>
    weight.type === 'float32'
      ? tensor('float16', weight.dims, Uint16Array.from(weight.data as Float32Array, toFloat16))
      : weight
  return opened.with({
    initializers: new Map([...opened.initializers].map(([name, weight]) => [name, half(weight)])),
    nodes: opened.nodes.map((node) =>
      node.opType === 'Cast' && node.attributes['to']?.value === 1
        ? { ...node, attributes: { to: { kind: 'int', value: 10 } } }
        : node,
    ),
    inputs: opened.inputs.map((info) => (info.type === 'float32' ? { ...info, type: 'float16' } : info)),
    outputs: opened.outputs.map((info) => ({ ...info, type: 'float16' })),
    valueInfo: new Map(),
  })
}

describe('half precision', () => {
  it('is read from its bits', () => {
    const values = [0, 1, -2, 0.333251953125, 65504, 2 ** -14, 2 ** -24, Infinity, -Infinity]
    const bits = [0, 0x3c00, 0xc000, 0x3555, 0x7bff, 0x0400, 1, 0x7c00, 0xfc00]
    expect([...fromFloat16(Uint16Array.from(bits))]).toEqual(values)
    expect(fromFloat16(Uint16Array.of(0x7e00))[0]).toBeNaN()
    expect([...fromBfloat16(Uint16Array.of(0x3f80, 0xc040, 0x7f80))]).toEqual([1, -3, Infinity])
  })

  it.each(['bert', 'vit'])('%s runs as it is, and becomes float32', async (name) => {
    const { graph, feeds, encoding } = exported(name)
    const half = inHalf(graph)
    expect([precisionOf(graph), precisionOf(half)]).toEqual(['float32', 'float16'])
    const single = toFloat32(half)
    expect(precisionOf(single)).toBe('float32')
    expect((await runGraph(withFloat32Interface(half), feeds))['encoding']).toBeAllclose(encoding, {
      rtol: 0,
      atol: 0.1,
    })
    expect((await runGraph(single, feeds))['encoding']).toBeAllclose(encoding, { rtol: 0, atol: 0.02 })
    expect(toFullPrecision(half)).toEqual({
      graph: single,
      notices: [
        'Weights in half precision were made float32 ones. Take a file in float32 (such as model.onnx) where there is one.',
      ],
    })
    expect(toFullPrecision(graph)).toEqual({ graph, notices: [] })
    expect(withFloat32Interface(graph)).toBe(graph)
  })

  it('is also meant inside conditions', () => {
    const inner = new GraphBuilder('then')
    inner.output('z', inner.weight('w', tensor('float16', [1], Uint16Array.of(0x3c00))), 'float16')
    const g = new GraphBuilder('outer')
    const branch = inner.build()
    g.output(
      'y',
      g.op('If', [g.input('condition', 'bool', [])], { then_branch: branch, else_branch: branch }),
      'float16',
    )
    const attribute = toFloat32(g.build()).nodes[0]?.attributes['then_branch']
    expect(attribute?.kind === 'graph' && attribute.value.initializers.get('w')).toEqual(float32([1], [1]))
  })
})
