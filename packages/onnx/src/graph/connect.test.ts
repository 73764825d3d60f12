import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { gate } from '../../test/gate.js'
import { runGraph } from '../../test/run-graph.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { GraphBuilder } from './builder.js'
import { connect } from './connect.js'
import { encodeModel } from './encode.js'
import type { Graph } from './graph.js'
import { rename } from './rename.js'
import { cut, extract } from './subgraph.js'
import { float32, tensor } from './tensor.js'
import { validate } from './validate.js'
import '../test/index.js'

/** z = factor · x, with the factor as a weight called w0, a name that `twoLayers` has too. */
function scaling(factor: number, { name = 'scaling', input = 'x', opset = 17 } = {}): Graph {
  const g = new GraphBuilder(name, { opsets: { '': opset } })
  const x = g.input(input, 'float32', ['batch', 'columns'])
  g.output('z', g.op('Mul', [x, g.weight('w0', float32([], [factor]))], {}, { name: 'hidden' }), 'float32')
  return g.build()
}

describe('connect', () => {
  it('puts together what cut took apart', async () => {
    const { graph, feeds, outputs } = fixture('classifier')
    const { prefix, suffix } = cut(graph(), ['hidden'])
    const whole = connect(prefix, suffix, { hidden: 'hidden' })
    validate(whole)
    expect(whole).toEqual(graph())
    expect((await runGraph(whole, feeds)).y).toBeAllclose(outputs.y ?? [])
  })

  it('appends nodes to an output or to any value inside, giving new names to what is taken', async () => {
    const before = await runGraph(extract(twoLayers(), ['x'], ['y', 'hidden']), { x: threeRows })
    for (const [value, { data }] of Object.entries(before)) {
      const longer = connect(twoLayers(), scaling(-2), { x: value })
      validate(longer)
      expect(longer.outputs).toEqual([{ name: 'z', type: 'float32', dims: undefined }])
      expect(longer.initializers.get('scaling/w0')).toEqual(float32([], [-2]))
      expect(longer.nodes.map(({ name }) => name)).toEqual(['dense0', 'hidden', 'dense1', 'y', 'scaling/hidden', 'z'])
      const { z } = await runGraph(longer, { x: threeRows })
      expect(z).toBeAllclose(Array.from(data as Float32Array, (element) => -2 * element))
    }
  })

  it('keeps what was an output as a known value inside', () => {
    const longer = connect(twoLayers(), scaling(2), { x: 'y' })
    expect(longer.valueInfo.get('y')).toEqual({ name: 'y', type: 'float32', dims: ['batch', 2] })
  })

  it('takes further inputs, and joins those of the same name', async () => {
    const g = new GraphBuilder('mix')
    const sum = g.op('Add', [g.input('a', 'float32', ['n', 'm']), g.input('extra', 'float32', [])])
    g.output(
      'z',
      g.op('Add', [sum, g.op('ReduceMean', [g.input('x', 'float32', ['n', 3])], { keepdims: 0 })]),
      'float32',
    )
    const mixed = connect(twoLayers(), g.build(), { a: 'y' })
    expect(mixed.inputs.map(({ name }) => name)).toEqual(['x', 'extra'])
    const { y } = await runGraph(twoLayers(), { x: threeRows })
    const { z } = await runGraph(mixed, { x: threeRows, extra: float32([], [100]) })
    const mean = threeRows.data.reduce((a, b) => a + b) / threeRows.data.length
    expect(z).toBeAllclose(Array.from(y?.data as Float32Array, (element) => element + 100 + mean))
  })

  it('never gives a name that the second graph has itself', async () => {
    const second = rename(scaling(3, { name: 's' }), { hidden: 's/w0' })
    const longer = connect(twoLayers(), second, { x: 'y' })
    validate(longer)
    expect(longer.initializers.has('s/w0_2')).toBe(true)
    const { y } = await runGraph(twoLayers(), { x: threeRows })
    const { z } = await runGraph(longer, { x: threeRows })
    expect(z).toBeAllclose(Array.from(y?.data as Float32Array, (element) => 3 * element))
  })

  it('never hides a value of the first graph from a nested graph of the second', async () => {
    // The nested graphs call a value "inner"; so is, here, the value that they are to be fed from.
    const first = rename(scaling(5, { input: 'v' }), { z: 'inner' })
    const second = cut(gate(), ['scaled']).suffix
    const longer = connect(first, second, { scaled: 'inner' })
    validate(longer)
    const feeds = { v: float32([1, 2], [1, -1]), flag: tensor('bool', [], new Uint8Array([1])) }
    expect((await runGraph(longer, feeds)).y).toBeAllclose(float32([1, 2], [15, 5]))
  })

  it('joins metadata, and keeps one of each function that both parts have', async () => {
    const { graph, feeds, outputs } = fixture('function')
    const { prefix, suffix } = cut(graph().with({ metadata: new Map([['a', '1']]) }), ['sum'])
    const whole = connect(prefix, suffix.with({ metadata: new Map([['b', '2']]) }), { sum: 'sum' })
    expect(whole.functions).toEqual(graph().functions)
    expect(whole.metadata).toEqual(new Map(Object.entries({ a: '1', b: '2' })))
    expect((await runGraph(whole, feeds)).y).toEqual(outputs.y)
  })

  it('adds operator sets that only one has', () => {
    const { opsets } = connect(fixture('attributes').graph(), scaling(2, { input: 'v' }), { v: 'edges' })
    expect(opsets).toEqual(new Map(Object.entries({ '': 17, 'ai.onnx.ml': 2 })))
  })

  it('refuses names that do not exist', async () => {
    expect(await errorOf(() => connect(twoLayers(), scaling(2), { w0: 'y' }))).toBe(
      'GraphEditError: connect: expected an input of graph "scaling", got "w0". See its inputs.',
    )
    expect(await errorOf(() => connect(twoLayers(), scaling(2), { x: 'z' }))).toBe(
      'GraphEditError: connect: expected a value of graph "two-layers", got "z". See its toString().',
    )
    expect(await errorOf(() => connect(gate(), scaling(2), { x: 'inner' }))).toMatch(
      /a value of graph "gate", got "inner"/,
    )
  })

  it('refuses two versions of one operator set', async () => {
    expect(await errorOf(() => connect(twoLayers(), scaling(2, { opset: 13 }), { x: 'y' }))).toBe(
      'GraphEditError: connect: expected operator set "ai.onnx" in version 17, as in graph "two-layers", ' +
        'got version 13. Build the graph for that version.',
    )
  })

  it('refuses an output whose name the first graph has', async () => {
    const second = rename(scaling(2), { z: 'y' })
    expect(await errorOf(() => connect(twoLayers(), second, { x: 'y' }))).toBe(
      'GraphEditError: connect: expected an output name not yet in use, got "y". Rename it first.',
    )
  })

  it('gives a graph that can be written', () => {
    expect(encodeModel(connect(twoLayers(), scaling(2), { x: 'y' })).length).toBeGreaterThan(0)
  })
})
