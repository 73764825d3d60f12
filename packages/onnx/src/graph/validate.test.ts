import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { gate } from '../../test/gate.js'
import { twoLayers } from '../../test/two-layers.js'
import { InvalidGraphError } from '../errors.js'
import { GraphBuilder } from './builder.js'
import { type Graph, type GraphParts, type Node } from './graph.js'
import { float32 } from './tensor.js'
import { validate } from './validate.js'

/** Problems of `twoLayers` with some parts replaced. */
function problems(parts: (graph: Graph) => Partial<GraphParts>, graph = twoLayers()): readonly string[] {
  try {
    validate(graph.with(parts(graph)))
  } catch (error) {
    if (error instanceof InvalidGraphError) return error.problems
    throw error
  }
  return []
}

const changed = (nodes: readonly Node[], name: string, change: Partial<Node>): Node[] =>
  nodes.map((node) => (node.name === name ? { ...node, ...change } : node))

describe('validate', () => {
  it('accepts whole graphs', () => {
    for (const name of ['classifier', 'attributes', 'weights', 'old', 'function', 'sequence'])
      validate(fixture(name).graph())
    validate(twoLayers())
    validate(gate())
    expect(problems(() => ({}))).toEqual([])
  })

  it('accepts inputs and outputs that are left out, and an output that is an input or a weight', () => {
    expect(
      problems(({ nodes, outputs }) => ({
        nodes: changed(nodes, 'hidden', { inputs: ['dense0', ''], outputs: ['hidden', ''] }),
        outputs: [...outputs, { name: 'x' }, { name: 'w0' }],
      })),
    ).toEqual([])
  })

  it('finds a value that nothing writes', () => {
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'hidden', { inputs: ['dense'] }) }))).toEqual([
      'node "hidden" (Tanh) reads "dense", which nothing writes',
    ])
  })

  it('finds a node before the one that it needs, and a cycle', () => {
    expect(problems(({ nodes }) => ({ nodes: nodes.toReversed() }))).toEqual([
      'node "y" (Identity) reads "dense1", which is written later',
      'node "dense1" (Gemm) reads "hidden", which is written later',
      'node "hidden" (Tanh) reads "dense0", which is written later',
    ])
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'dense0', { inputs: ['x', 'hidden'] }) }))).toEqual([
      'node "dense0" (Gemm) reads "hidden", which is written later',
    ])
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'hidden', { inputs: ['hidden'] }) }))).toEqual([
      'node "hidden" (Tanh) reads "hidden", which is written later',
    ])
  })

  it('finds names that are used twice, by whatever', () => {
    expect(problems(({ inputs }) => ({ inputs: [...inputs, ...inputs] }))).toEqual([
      'input "x" is defined a second time',
    ])
    expect(problems(() => ({ inputs: [{ name: 'x' }, { name: 'w0' }] }))).toEqual([
      'weight "w0" is defined a second time',
    ])
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'dense1', { outputs: ['dense1', 'hidden'] }) }))).toEqual([
      'value of node "dense1" (Gemm) "hidden" is defined a second time',
    ])
  })

  it('finds two nodes of one name, where they have one', () => {
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'dense1', { name: 'hidden' }) }))).toEqual([
      'node "hidden" (Gemm): another node has that name',
    ])
    expect(problems(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node, name: '' })) }))).toEqual([])
  })

  it('finds inputs and weights without a name', () => {
    expect(problems(({ inputs }) => ({ inputs: [...inputs, { name: '' }] }))).toEqual(['input has no name'])
    expect(
      problems(({ initializers }) => ({ initializers: new Map([...initializers, ['', float32([], [1])]]) })),
    ).toEqual(['weight has no name'])
  })

  it('finds outputs that are missing', () => {
    expect(problems(() => ({ outputs: [] }))).toEqual(['the graph has no output'])
    expect(problems(() => ({ outputs: [{ name: 'z' }] }))).toEqual(['output "z" is written by nothing'])
  })

  it('finds operators of a domain without a version', () => {
    expect(problems(({ nodes }) => ({ nodes: changed(nodes, 'hidden', { domain: 'custom' }) }))).toEqual([
      'node "hidden" (Tanh): no operator set for domain "custom"',
    ])
    expect(problems(() => ({ opsets: new Map() }))).toContain(
      'node "dense0" (Gemm): no operator set for domain "ai.onnx"',
    )
  })

  it('finds weights that do not fill their shape', () => {
    const short = { type: 'float32' as const, dims: [4], data: new Float32Array(3) }
    expect(problems(({ initializers }) => ({ initializers: new Map([...initializers, ['b0', short]]) }))).toEqual([
      'weight "b0" of shape float32[4] has 3 elements',
    ])
  })

  it('looks into nested graphs, and tells an unknown outer value once', () => {
    const { initializers } = gate()
    const noShift = new Map([...initializers].filter(([name]) => name !== 'shift'))
    expect(problems(() => ({ initializers: noShift }), gate())).toEqual([
      'node "If" (If) reads "shift", which nothing writes',
    ])
    expect(problems(({ nodes }) => ({ nodes: nodes.toReversed() }), gate())).toEqual([
      'node "y" (Identity) reads "If", which is written later',
      'node "If" (If) reads "scaled", which is written later',
    ])
    const nested = ({ nodes }: Graph): Partial<GraphParts> => ({
      nodes: nodes.map((node) => {
        const branch = node.attributes.then_branch
        if (branch?.kind !== 'graph') return node
        const value = branch.value.with({ nodes: branch.value.nodes.toReversed(), outputs: [] })
        return { ...node, attributes: { ...node.attributes, then_branch: { kind: 'graph', value } } }
      }),
    })
    expect(problems(nested, gate())).toEqual([
      'node "return" (Identity) reads "inner", which is written later',
      'the graph has no output',
    ])
  })

  it('takes a moment with thousands of nodes', () => {
    const g = new GraphBuilder('long')
    let value = g.input('x', 'float32', ['n'])
    for (let index = 0; index < 8000; index++) value = g.op('Relu', [value])
    g.output('y', value, 'float32')
    const graph = g.build()
    const started = performance.now()
    validate(graph)
    // Some hundredths of a second; with a set of all names for each node it was seven seconds.
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('lists everything that is wrong in one message', async () => {
    const graph = twoLayers().with({ inputs: [], outputs: [{ name: 'z' }] })
    expect(await errorOf(() => validate(graph))).toBe(
      'InvalidGraphError: graph "two-layers" is not valid:\n' +
        '  - node "dense0" (Gemm) reads "x", which nothing writes\n' +
        '  - output "z" is written by nothing',
    )
  })
})
