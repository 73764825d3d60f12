import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { runGraph } from '../../test/run-graph.js'
import '../test/index.js'
import { decodeModel } from './decode.js'
import type { Graph } from './graph.js'
import {
  AttributeProto_AttributeType as Kind,
  AttributeProtoSchema,
  FunctionProtoSchema,
  ModelProtoSchema,
} from './proto/onnx_pb.js'
import { float32 } from './tensor.js'

/** The function Bent(x) = -Elu(x; alpha), alpha 2 where it is left out, called twice, by a function and inside of a branch. */
function model(version = 17n): Graph {
  const alpha = create(AttributeProtoSchema, { name: 'alpha', type: Kind.FLOAT, f: 2 })
  const bytes = toBinary(AttributeProtoSchema, alpha)
  const passed = { name: 'alpha', type: Kind.FLOAT, refAttrName: 'alpha' }
  const bent = create(FunctionProtoSchema, {
    name: 'Bent',
    domain: 'own',
    input: ['a'],
    output: ['b'],
    opsetImport: [{ domain: '', version }],
    node: [
      { opType: 'Elu', input: ['a'], output: ['c'], attribute: [passed] },
      { opType: 'Neg', input: ['c'], output: ['b'] },
    ],
  })
  // attribute_proto
  bent.$unknown = [{ no: 11, wireType: 2, data: Uint8Array.of(bytes.length, ...bytes) }]
  const twice = {
    name: 'Twice',
    domain: 'own',
    input: ['a'],
    output: ['b'],
    opsetImport: [{ domain: '', version }],
    node: [
      {
        opType: 'Bent',
        domain: 'own',
        input: ['a'],
        output: ['c'],
        attribute: [{ name: 'alpha', type: Kind.FLOAT, f: 3 }],
      },
      { opType: 'Bent', domain: 'own', input: ['c'], output: ['b'] },
    ],
  }
  const tensor = { value: { case: 'tensorType' as const, value: { elemType: 1 } } }
  const graph = {
    name: 'calls',
    input: [{ name: 'x', type: tensor }],
    output: [{ name: 'y', type: tensor }],
    node: [{ name: 'call', opType: 'Twice', domain: 'own', input: ['x'], output: ['y'] }],
  }
  const opsetImport = [
    { domain: '', version: 17n },
    { domain: 'own', version: 1n },
  ]
  return decodeModel(
    toBinary(
      ModelProtoSchema,
      create(ModelProtoSchema, { irVersion: 8n, graph, opsetImport, functions: [bent, twice] }),
    ),
  )
}

describe('inlineFunctions', () => {
  it('writes calls in calls out, with attributes that are given, or their defaults', async () => {
    const graph = model()
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Elu', 'Neg', 'Elu', 'Neg'])
    expect(graph.nodes.flatMap(({ attributes: { alpha } }) => (alpha ? [alpha.value] : []))).toEqual([3, 2])
    const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * Math.expm1(x))
    const expected = [-1, 2].map((x) => -elu(-elu(x, 3), 2))
    expect((await runGraph(graph, { x: float32([2], [-1, 2]) }))['y']).toBeAllclose(float32([2], expected))
  })

  it('leaves functions for another version of the standard operators', () => {
    const graph = model(16n)
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(['Twice'])
    expect(graph.functions.map(({ name }) => name)).toEqual(['Bent', 'Twice'])
  })

  it.each([
    ['twice the next, forty times', 40, (level: number) => [level + 1, level + 1]],
    ['itself', 1, () => [0]],
    ['the next, a thousand times', 1000, (level: number) => [level + 1]],
  ] as const)('refuses functions that call %s', (_, count, calls) => {
    const functions = Array.from({ length: count }, (__, level) => ({
      name: `F${level}`,
      domain: 'own',
      input: ['a'],
      output: ['b'],
      node: calls(level).map((to, place) => ({
        opType: to < count ? `F${to}` : 'Neg',
        domain: to < count ? 'own' : '',
        input: ['a'],
        output: [place === 0 ? 'b' : 'c'],
      })),
    }))
    const graph = { name: 'calls', node: [{ opType: 'F0', domain: 'own', input: ['x'], output: ['y'] }] }
    const opsetImport = [{ domain: '', version: 17n }]
    const bytes = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph, opsetImport, functions }))
    expect(() => decodeModel(bytes)).toThrow('functions written out')
  })
})
