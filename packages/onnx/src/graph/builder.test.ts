import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { runGraph } from '../../test/run-graph.js'
import { type AttributeInput, float, GraphBuilder, type Value } from './builder.js'
import { encodeModel } from './encode.js'
import type { Dimension } from './graph.js'
import { definedValues } from './rename.js'
import { float32, int64, type Tensor, tensor } from './tensor.js'
import '../test/index.js'

const matrix = float32([2, 3], [1, -2, 3, -4, 5, -6])
const map = ({ dims, data }: Tensor<'float32'>, to: (value: number) => number) => float32(dims, data.map(to))

/** The operator's one output. */
async function compute(opType: string, inputs: readonly Tensor[], attributes: Record<string, AttributeInput> = {}) {
  const g = new GraphBuilder(opType)
  const values = inputs.map(({ type, dims }, index) => g.input(`x${index}`, type, dims))
  const result = g.op(opType, values, attributes)
  const type = opType === 'Shape' ? 'int64' : 'float32'
  g.output('y', result, type)
  const { y } = await runGraph(g.build(), Object.fromEntries(inputs.map((input, index) => [`x${index}`, input])))
  return y
}

describe('op', () => {
  const weight = float32([3, 2], [1, 2, 3, 4, 5, 6])
  const bias = float32([2], [10, 20])
  // x·w, by hand: rows [1, -2, 3] and [-4, 5, -6].
  const product = float32([2, 2], [10, 12, -19, -24])
  const exponents = map(matrix, Math.exp)
  const rowSum = (row: number) => exponents.data.subarray(3 * row, 3 * row + 3).reduce((a, b) => a + b)

  it.each<[string, readonly Tensor[], Record<string, AttributeInput>, Tensor]>([
    ['Add', [matrix, float32([3], [1, 2, 3])], {}, float32([2, 3], [2, 0, 6, -3, 7, -3])],
    ['Sub', [matrix, float32([], [1])], {}, map(matrix, (value) => value - 1)],
    ['Mul', [matrix, matrix], {}, map(matrix, (value) => value ** 2)],
    ['Div', [matrix, float32([2, 1], [2, 4])], {}, float32([2, 3], [0.5, -1, 1.5, -1, 1.25, -1.5])],
    ['MatMul', [matrix, weight], {}, product],
    ['Gemm', [matrix, weight, bias], {}, float32([2, 2], [20, 32, -9, -4])],
    ['Gemm', [matrix, weight, bias], { alpha: float(2), beta: float(0) }, map(product, (value) => 2 * value)],
    ['Gemm', [matrix, float32([2, 3], [1, 3, 5, 2, 4, 6])], { transB: 1 }, product],
    [
      'Softmax',
      [matrix],
      { axis: 1 },
      float32(
        [2, 3],
        exponents.data.map((value, i) => value / rowSum(Math.floor(i / 3))),
      ),
    ],
    [
      'LogSoftmax',
      [matrix],
      {},
      float32(
        [2, 3],
        matrix.data.map((value, i) => value - Math.log(rowSum(Math.floor(i / 3)))),
      ),
    ],
    ['Sigmoid', [matrix], {}, map(matrix, (value) => 1 / (1 + Math.exp(-value)))],
    ['Tanh', [matrix], {}, map(matrix, Math.tanh)],
    ['Relu', [matrix], {}, map(matrix, (value) => Math.max(0, value))],
    ['LeakyRelu', [matrix], { alpha: float(0.5) }, map(matrix, (value) => (value < 0 ? value / 2 : value))],
    ['Sqrt', [map(matrix, Math.abs)], {}, map(matrix, (value) => Math.sqrt(Math.abs(value)))],
    ['Transpose', [matrix], { perm: [1, 0] }, float32([3, 2], [1, -4, -2, 5, 3, -6])],
    ['Reshape', [matrix, int64([2], [3, -1])], {}, float32([3, 2], matrix.data)],
    ['Unsqueeze', [matrix, int64([1], [0])], {}, float32([1, 2, 3], matrix.data)],
    ['Concat', [matrix, matrix], { axis: 0 }, float32([4, 3], [...matrix.data, ...matrix.data])],
    ['Gather', [matrix, int64([2], [1, 1])], {}, float32([2, 3], [-4, 5, -6, -4, 5, -6])],
    ['Slice', [matrix, int64([1], [1]), int64([1], [3]), int64([1], [1])], {}, float32([2, 2], [-2, 3, 5, -6])],
    ['ReduceSum', [matrix, int64([1], [1])], { keepdims: 0 }, float32([2], [2, -5])],
    ['ReduceMean', [matrix], { axes: [0] }, float32([1, 3], [-1.5, 1.5, -1.5])],
    ['ReduceMax', [matrix], { axes: [-1], keepdims: 0 }, float32([2], [3, 5])],
    [
      'Where',
      [tensor('bool', [3], new Uint8Array([1, 0, 1])), matrix, float32([], [0])],
      {},
      float32([2, 3], [1, 0, 3, -4, 0, -6]),
    ],
    ['Pad', [matrix, int64([4], [0, 1, 0, 0])], { mode: 'edge' }, float32([2, 4], [1, 1, -2, 3, -4, -4, 5, -6])],
    ['Cast', [int64([2], [3, -4])], { to: 1 }, float32([2], [3, -4])],
    ['Shape', [matrix], {}, int64([2], [2, 3])],
  ])('%s', async (opType, inputs, attributes, expected) => {
    expect(await compute(opType, inputs, attributes)).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-6 })
  })

  it('LayerNormalization has mean 0 and variance 1 in each row, up to epsilon', async () => {
    const inputs = [matrix, float32([3], [1, 1, 1]), float32([3], [0, 0, 0])]
    const rows = [matrix.data.subarray(0, 3), matrix.data.subarray(3)].flatMap((row) => {
      const mean = row.reduce((a, b) => a + b) / 3
      const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3
      return Array.from(row, (value) => (value - mean) / Math.sqrt(variance + 0.1))
    })
    expect(await compute('LayerNormalization', inputs, { epsilon: float(0.1) })).toBeAllclose(float32([2, 3], rows))
  })

  it('leaves an optional input out', async () => {
    const g = new GraphBuilder('clip')
    g.output('y', g.op('Clip', [g.input('x', 'float32', ['n']), '', g.scalar(1)]), 'float32', ['n'])
    const { y } = await runGraph(g.build(), { x: float32([3], [-5, 0, 5]) })
    expect(y).toEqual(float32([3], [-5, 0, 1]))
  })

  it('takes each kind of attribute', async () => {
    const g = new GraphBuilder('attributes', { opsets: { '': 17, 'ai.onnx.ml': 2 } })
    const words = g.input('words', 'string', ['n'])
    const attributes = {
      keys_strings: ['bad', 'good'],
      values_floats: { kind: 'floats', value: [-1, 1] },
      default_float: float(0.5),
    } as const
    const codes = g.op('LabelEncoder', [words], attributes, { domain: 'ai.onnx.ml' })
    const offset = g.op('Constant', [], { value: float32([], [100]) })
    g.output('codes', g.op('Add', [codes, offset]), 'float32', ['n'])
    const { codes: result } = await runGraph(g.build(), { words: tensor('string', [3], ['good', 'bad', 'größe']) })
    expect(result).toEqual(float32([3], [101, 99, 100.5]))
  })

  it('refuses a fraction that is not marked as a float', async () => {
    const g = new GraphBuilder('net')
    const x = g.input('x', 'float32', ['n'])
    const message = 'expected a whole number, got 0.1. Write float(...) for a float.'
    expect(await errorOf(() => g.op('LeakyRelu', [x], { alpha: 0.1 }))).toBe(
      `GraphEditError: attribute "alpha": ${message}`,
    )
    expect(await errorOf(() => g.op('F', [x], { list: [1, 0.1] }))).toBe(`GraphEditError: attribute "list": ${message}`)
  })
})

describe('ops', () => {
  it('gives each output of a node', async () => {
    const g = new GraphBuilder('split')
    const [left, right] = g.ops('Split', [g.input('x', 'float32', [4])], 2, { axis: 0 }) as [Value, Value]
    g.output('left', left, 'float32', [2])
    g.output('right', right, 'float32', [2])
    const results = await runGraph(g.build(), { x: float32([4], [1, 2, 3, 4]) })
    expect(results).toEqual({ left: float32([2], [1, 2]), right: float32([2], [3, 4]) })
  })
})

describe('constants', () => {
  it('are weights, one for each content, wherever they are asked for', () => {
    const g = new GraphBuilder('net')
    const first = g.scope('layer0', () => [g.scalar(0.5), g.ints([1, -1]), g.ints(1)])
    const second = g.scope('layer1', () => [g.scalar(0.5), g.ints([1, -1]), g.ints(1)])
    expect(second).toEqual(first)
    g.output('y', g.op('Identity', [g.scalar(0.5)]), 'float32', [])
    const { initializers } = g.build()
    expect([...initializers.values()]).toEqual([float32([], [0.5]), int64([2], [1, -1]), int64([], [1])])
    expect(g.ints([1])).not.toBe(g.ints(1))
  })

  it('are not taken for a weight that has the same name', async () => {
    const g = new GraphBuilder('net')
    const mine = g.weight('float_2', float32([1], [-7]))
    g.output('y', g.op('Mul', [mine, g.scalar(2)]), 'float32', [1])
    expect((await runGraph(g.build(), {})).y).toEqual(float32([1], [-14]))
  })
})

describe('names', () => {
  it('come from the operator, or are given, with a number where they are taken', () => {
    const g = new GraphBuilder('net')
    const x = g.input('x', 'float32', ['n'])
    expect([g.op('Relu', [x]), g.op('Relu', [x]), g.op('Relu', [x], {}, { name: 'act' })]).toEqual([
      'Relu',
      'Relu_1',
      'act',
    ])
    expect(g.ops('Split', [x], 3)).toEqual(['Split', 'Split:1', 'Split:2'])
  })

  it('have the prefixes of the scopes they are made in, also after an error inside', async () => {
    const g = new GraphBuilder('net')
    const inner = g.scope('block', () => g.scope('layer0', () => g.weight('w', float32([], [1]))))
    expect(inner).toBe('block/layer0/w')
    expect(g.scope('block', () => g.op('Relu', [inner]))).toBe('block/Relu')
    const fails = (): never => g.scope('broken', () => JSON.parse('{') as never)
    expect(await errorOf(fails)).toMatch(/^SyntaxError/)
    expect(g.op('Relu', [inner])).toBe('Relu')
  })

  it('are refused when they are taken', async () => {
    const g = new GraphBuilder('net')
    g.input('x', 'float32', [1])
    const taken = 'GraphEditError: graph "net": expected a name not yet in use, got "x". Choose another name.'
    expect(await errorOf(() => g.input('x', 'float32', [1]))).toBe(taken)
    expect(await errorOf(() => g.weight('x', float32([], [1])))).toBe(taken)
    expect(await errorOf(() => g.output('x', g.scalar(1), 'float32'))).toBe(taken)
  })
})

describe('build', () => {
  const dims: Dimension[] = ['batch', 2]

  it('gives a graph with what was declared', () => {
    const g = new GraphBuilder('net', { opsets: { '': 15, custom: 1 } })
    const relu = g.op('Relu', [g.input('x', 'float32', dims)], {}, { name: 'y' })
    g.output('y', relu, 'float32', dims)
    g.metadata('author', 'somebody')
    const graph = g.build()
    expect(graph.name).toBe('net')
    expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', dims }])
    expect(graph.outputs).toEqual([{ name: 'y', type: 'float32', dims }])
    expect(graph.nodes).toEqual([
      { name: 'y', opType: 'Relu', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} },
    ])
    expect(graph.opsets).toEqual(new Map(Object.entries({ '': 15, custom: 1 })))
    expect(graph.metadata).toEqual(new Map([['author', 'somebody']]))
    expect([...definedValues(graph)]).toEqual(['x', 'y'])
  })

  it('gives a graph that later steps of the builder do not change', () => {
    const g = new GraphBuilder('net')
    const x = g.input('x', 'float32', dims)
    g.output('y', g.op('Relu', [x]), 'float32', dims)
    const graph = g.build()
    const before = encodeModel(graph)
    g.output('z', g.op('Mul', [g.input('extra', 'float32', dims), g.scalar(2)]), 'float32', dims)
    g.metadata('later', 'yes')
    expect(encodeModel(graph)).toEqual(before)
    expect(g.build().outputs.map(({ name }) => name)).toEqual(['y', 'z'])
  })

  it('refuses a graph that is not valid', async () => {
    const g = new GraphBuilder('net')
    g.op('Relu', ['x' as Value], {}, { domain: 'custom' })
    expect(await errorOf(() => g.build())).toBe(
      'InvalidGraphError: graph "net" is not valid:\n' +
        '  - node "Relu" (Relu): no operator set for domain "custom"\n' +
        '  - node "Relu" (Relu) reads "x", which nothing writes\n' +
        '  - the graph has no output',
    )
  })
})
