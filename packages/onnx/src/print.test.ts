import { describe, expect, it } from 'vitest'
import { fixture } from '../test/fixture.js'
import { gate } from '../test/gate.js'
import { twoLayers } from '../test/two-layers.js'
import { Graph } from './graph.js'
import { printValueInfo } from './print.js'
import { zeros } from './tensor.js'

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
