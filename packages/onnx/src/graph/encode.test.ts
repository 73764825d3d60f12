import { describe, expect, it } from 'vitest'
import { fixture } from '../../test/fixture.js'
import { runGraph } from '../../test/run-graph.js'
import { twoLayers } from '../../test/two-layers.js'
import { GraphBuilder } from './builder.js'
import { decodeModel } from './decode.js'
import { encodeModel } from './encode.js'
import { type Attribute, Graph } from './graph.js'
import { float32, int64, tensor } from './tensor.js'
import '../test/index.js'

describe('encodeModel', () => {
  it.each(['classifier', 'attributes', 'weights', 'old', 'function', 'sequence'])(
    'is undone by decodeModel for "%s", and runs as before',
    async (name) => {
      const { graph, feeds, outputs } = fixture(name)
      const before = graph()
      const after = decodeModel(encodeModel(before))
      expect(after).toEqual(before)
      const results = await runGraph(after, feeds)
      for (const [output, expected] of Object.entries(outputs)) {
        expect(results[output]).toBeAllclose(expected, { rtol: 1e-5, atol: 1e-6 })
      }
    },
  )

  it('keeps every kind of attribute, also where it is empty', () => {
    const attributes: Record<string, Attribute> = {
      int: { kind: 'int', value: -3 },
      float: { kind: 'float', value: 0.5 },
      string: { kind: 'string', value: 'größe' },
      tensor: { kind: 'tensor', value: tensor('string', [2], ['a', 'ü']) },
      graph: { kind: 'graph', value: twoLayers().with({ opsets: new Map() }) },
      ints: { kind: 'ints', value: [1, -2] },
      floats: { kind: 'floats', value: [0.5, -0.25] },
      strings: { kind: 'strings', value: ['', 'b'] },
      zero: { kind: 'int', value: 0 },
      noText: { kind: 'string', value: '' },
      noInts: { kind: 'ints', value: [] },
      noFloats: { kind: 'floats', value: [] },
      noStrings: { kind: 'strings', value: [] },
      noElements: { kind: 'tensor', value: int64([0, 3], []) },
    }
    const graph = oneNode(attributes)
    expect(decodeModel(encodeModel(graph))).toEqual(graph)
  })

  it('keeps inputs and outputs left out, domains, metadata and what is known of values', () => {
    const graph = new Graph({
      name: 'parts',
      inputs: [{ name: 'x' }, { name: 'mask', type: 'bool', dims: ['batch', '', 3] }, { name: 'text', type: 'string' }],
      outputs: [{ name: 'y', type: 'float64', dims: [] }],
      nodes: [
        { name: '', opType: 'F', domain: 'custom', inputs: ['x', '', 'mask'], outputs: ['', 'y'], attributes: {} },
      ],
      initializers: new Map([['w', float32([1], [Number.NaN])]]),
      opsets: new Map(Object.entries({ '': 17, custom: 1 })),
      valueInfo: new Map([['h', { name: 'h', type: 'bfloat16', dims: [0] }]]),
      metadata: new Map([['key', 'größe']]),
    })
    expect(decodeModel(encodeModel(graph))).toEqual(graph)
  })

  it('writes "to the very end" as the largest int64', () => {
    const { nodes } = decodeModel(encodeModel(oneNode({ end: { kind: 'int', value: Number.MAX_SAFE_INTEGER } })))
    expect(nodes[0]?.attributes.end?.value).toBe(Number.MAX_SAFE_INTEGER)
    for (const value of [2 ** 63, -(2 ** 63)]) {
      const again = decodeModel(encodeModel(oneNode({ end: { kind: 'ints', value: [value] } })))
      expect(again.nodes[0]?.attributes.end?.value).toEqual([value])
    }
  })

  it('leaves out inputs that are left out at the end, at which onnxruntime ends the process', async () => {
    const g = new GraphBuilder('ends empty')
    const x = g.input('x', 'float32', [2])
    g.output('y', g.op('LayerNormalization', [x, g.weight('scale', float32([2], [1, 1])), '']), 'float32')
    const graph = g.build()
    expect(decodeModel(encodeModel(graph)).nodes[0]?.inputs).toEqual(['x', 'scale'])
    expect((await runGraph(graph, { x: float32([2], [1, 3]) }))['y']).toBeAllclose(float32([2], [-1, 1]), {
      atol: 1e-4,
    })
  })

  it('gives the same bytes for the same graph', () => {
    const bytes = encodeModel(twoLayers())
    expect(encodeModel(twoLayers())).toEqual(bytes)
    expect(encodeModel(decodeModel(bytes))).toEqual(bytes)
  })
})

function oneNode(attributes: Record<string, Attribute>): Graph {
  return new Graph({
    name: 'one node',
    inputs: [],
    outputs: [{ name: 'y', type: 'float32' }],
    nodes: [{ name: 'n', opType: 'F', domain: '', inputs: [], outputs: ['y'], attributes }],
    opsets: new Map([['', 17]]),
  })
}
