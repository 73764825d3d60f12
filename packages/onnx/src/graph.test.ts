import { describe, expect, it } from 'vitest'
import { gate } from '../test/gate.js'
import { twoLayers } from '../test/two-layers.js'
import { connect } from './connect.js'
import { encodeModel } from './encode.js'
import { nestedGraphs, valuesRead } from './graph.js'
import { rename } from './rename.js'
import { cut } from './subgraph.js'

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
