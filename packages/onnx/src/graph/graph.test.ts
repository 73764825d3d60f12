import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/fixture.js'
import { gate } from '../../test/gate.js'
import { twoLayers } from '../../test/two-layers.js'
import { connect } from './connect.js'
import { encodeModel } from './encode.js'
import { Graph, nestedGraphs, printValueInfo, valuesRead } from './graph.js'
import { rename } from './rename.js'
import { cut } from './subgraph.js'
import { zeros } from './tensor.js'

describe('Graph', () => {
  it('is not changed by edits', () => {
    const graph = twoLayers()
    const before = encodeModel(graph)
    const { prefix, suffix } = cut(graph, ['hidden'])
    const parts = [encodeModel(prefix), encodeModel(suffix)]
    connect(prefix, suffix, { hidden: 'hidden' })
    rename(graph, { x: 'features', y: 'scores' })
    graph.with({ name: 'other', inputs: [], nodes: [] })
    expect(encodeModel(graph)).toEqual(before)
    expect([encodeModel(prefix), encodeModel(suffix)]).toEqual(parts)
  })

  it('shares what an edit leaves alone', () => {
    const graph = twoLayers()
    const { prefix } = cut(graph, ['hidden'])
    expect(graph.with({ name: 'other' }).nodes).toBe(graph.nodes)
    expect(prefix.nodes[0]).toBe(graph.nodes[0])
    expect(prefix.initializers.get('w0')).toBe(graph.initializers.get('w0'))
  })

  it('replaces parts, and keeps the others', () => {
    const graph = twoLayers()
    const renamed = graph.with({ name: 'other', metadata: new Map([['key', 'value']]) })
    expect(renamed).toEqual({ ...graph, name: 'other', metadata: new Map([['key', 'value']]) })
  })

  it('knows who writes and who reads each value, in nested graphs too', () => {
    const graph = gate()
    const [mul, choose] = graph.nodes
    expect(graph.producers().get('scaled')).toBe(mul)
    expect(graph.producers().has('x')).toBe(false)
    expect(graph.consumers().get('scaled')).toEqual([choose])
    expect(graph.consumers().get('shift')).toEqual([choose])
    expect(graph.consumers().has('inner')).toBe(false)
  })

  it('counts a value that a node reads twice, or leaves out, as one reader or none', () => {
    const node = {
      name: 'square',
      opType: 'Mul',
      domain: '',
      inputs: ['x', 'x', ''],
      outputs: ['y', ''],
      attributes: {},
    }
    const graph = twoLayers().with({ nodes: [node] })
    expect(graph.consumers()).toEqual(new Map([['x', [node]]]))
    expect(graph.producers()).toEqual(new Map([['y', node]]))
  })

  it('counts parameters', () => {
    expect(twoLayers().parameterCount).toBe(3 * 4 + 4 + 4 * 2 + 2)
  })
})

describe('valuesRead', () => {
  it('lists inputs, then what nested graphs take from outside', () => {
    const [, choose] = gate().nodes
    expect(choose && valuesRead(choose)).toEqual(['flag', 'scaled', 'shift', 'scaled'])
  })
})

describe('nestedGraphs', () => {
  it('lists the graphs among the attributes', () => {
    const [mul, choose] = gate().nodes
    expect(mul && nestedGraphs(mul)).toEqual([])
    expect(choose && nestedGraphs(choose).map(({ name }) => name)).toEqual(['Add', 'Neg'])
  })
})

describe('toString', () => {
  it('prints one line for each input, weight, node and output', () => {
    expect(twoLayers().toString()).toMatchInlineSnapshot(`
      "graph two-layers (ai.onnx 17) {
        input  x: float32[batch, 3]
        weight w0: float32[3, 4]
        weight b0: float32[4] = -0.6, -0.3, 0, 0.3
        weight w1: float32[4, 2] = 0.4, 0.2, 0, -0.2, -0.4, -0.6, -0.8, -1
        weight b1: float32[2] = -1, -0.5
        dense0 = Gemm(x, w0, b0)
        hidden = Tanh(dense0)
        dense1 = Gemm(hidden, w1, b1)
        y = Identity(dense1)
        output y: float32[batch, 2]
      }"
    `)
  })

  it('prints nested graphs under their node', () => {
    expect(String(gate())).toMatchInlineSnapshot(`
      "graph gate (ai.onnx 17) {
        input  flag: bool[]
        input  x: float32[n]
        weight float_2: float32[] = 2
        weight shift: float32[1] = 10
        scaled = Mul(x, float_2)
        If = If(flag) {then_branch=
          graph Add {
            inner = Add(scaled, shift)
            result = Identity(inner)
            output result: float32
          }, else_branch=
          graph Neg {
            inner = Neg(scaled)
            result = Identity(inner)
            output result: float32
          }}
        y = Identity(If)
        output y: float32[n]
      }"
    `)
  })

  it('prints attributes as they would be written', () => {
    expect(fixture('attributes').graph().toString()).toMatchInlineSnapshot(`
      "graph attributes (ai.onnx 17, ai.onnx.ml 2) {
        input  x: float32[2, 2]
        input  flag: bool[]
        input  words: string[n]
        weight pads: int64[4] = 0, 1, 0, 1
        leaky = LeakyRelu(x) {alpha=0.25}
        turned = Transpose(leaky) {perm=[1, 0]}
        ten = Constant() {value=float32[] = 10}
        tall = Mul(turned, ten)
        chosen = If(flag) {else_branch=
          graph else {
            else_out = Neg(tall)
            output else_out: float32[2, 2]
          }, then_branch=
          graph then {
            then_out = Add(tall, leaky)
            output then_out: float32[2, 2]
          }}
        y = ReduceSum(chosen) {keepdims=0}
        edges = Pad(chosen, pads) {mode="edge"}
        codes = ai.onnx.ml.LabelEncoder(words) {default_float=0, keys_strings=["good", "bad", "größe"], values_floats=[1, -1, 0.5]}
        output y: float32[]
        output edges: float32[2, width]
        output codes: float32[n]
      }"
    `)
  })

  it('prints what is left out and what is unknown', () => {
    const graph = new Graph({
      name: '',
      inputs: [{ name: 'x' }],
      outputs: [{ name: 'y', type: 'int64' }],
      nodes: [{ name: '', opType: 'F', domain: 'custom', inputs: ['x', '', 'w'], outputs: ['', 'y'], attributes: {} }],
      initializers: new Map([['w', zeros('float32', [3, 3])]]),
    })
    expect(graph.toString()).toMatchInlineSnapshot(`
      "graph (no name) {
        input  x: ?
        weight w: float32[3, 3]
        _, y = custom.F(x, _, w)
        output y: int64
      }"
    `)
  })
})

describe('printValueInfo', () => {
  it('prints name, type and shape', () => {
    expect(printValueInfo({ name: 'ids', type: 'int64', dims: ['batch', '', 3] })).toBe('ids: int64[batch, ?, 3]')
    expect(printValueInfo({ name: 'scale', type: 'float32', dims: [] })).toBe('scale: float32[]')
    expect(printValueInfo({ name: 'any', type: 'bool' })).toBe('any: bool')
  })

  it('prints the kind of a value that is no tensor', () => {
    const parts = fixture('sequence').graph().valueInfo.get('parts')
    expect(parts && printValueInfo(parts)).toBe('parts: sequenceType')
  })
})
