import { describe, expect, it } from 'vitest'
import { differentiate } from '../src/gradient/index.js'
import { errorOf } from './error-of.js'
import { runGraph } from './run-graph.js'
import { decodeModel } from '../src/graph/decode.js'
import { encodeModel } from '../src/graph/encode.js'
import { Graph, type Node } from '../src/graph/graph.js'
import { sortNodes } from '../src/graph/sort-nodes.js'
import { float32, type Tensor } from '../src/graph/tensor.js'

const node = (opType: string, inputs: readonly string[], output: string, attributes: Node['attributes'] = {}): Node => {
  return { name: output, opType, domain: '', inputs, outputs: [output], attributes }
}

/** y = a + a · v with a = x · w, its product written first. */
const branched = new Graph({
  name: 'branched',
  inputs: [{ name: 'x', type: 'float32', dims: [1] }],
  outputs: [{ name: 'y', type: 'float32', dims: [1] }],
  nodes: [node('Mul', ['a', 'v'], 'b'), node('Mul', ['x', 'w'], 'a'), node('Add', ['a', 'b'], 'y')],
  initializers: new Map([
    ['w', float32([1], [2])],
    ['v', float32([1], [10])],
  ]),
  opsets: new Map([['', 17]]),
})
const names = (graph: Graph): string[] => graph.nodes.map(({ name }) => name)

describe('nodes out of order', () => {
  it('are put in order when a model is decoded', () => {
    expect(names(decodeModel(encodeModel(branched)))).toEqual(['a', 'b', 'y'])
  })

  it('have the gradient of all ways: 3 + 3 · 10', async () => {
    const feeds = { x: float32([1], [3]) }
    const { graph, gradients } = await differentiate(branched, { loss: 'y', parameters: ['w'], feeds })
    const results = await runGraph(graph, { ...feeds, w: branched.initializers.get('w') as Tensor })
    expect(results[gradients.get('w') as string]?.data).toEqual(Float32Array.of(33))
  })

  it('are put in order inside of nested graphs, by what these take from outside', () => {
    const nodes = [node('Neg', ['inner'], 'result'), node('Relu', ['outer'], 'inner')]
    const value = new Graph({ name: 'branch', inputs: [], outputs: [{ name: 'result' }], nodes })
    const branch = { kind: 'graph', value } as const
    const choice = node('If', ['flag'], 'y', { then_branch: branch, else_branch: branch })
    const sorted = sortNodes(branched.with({ nodes: [choice, node('Relu', ['x'], 'outer')] }))
    expect(names(sorted)).toEqual(['outer', 'y'])
    const inner = sorted.nodes[1]?.attributes['then_branch']
    expect(inner?.kind === 'graph' && names(inner.value)).toEqual(['inner', 'result'])
  })

  it('that are in order stay as they are', () => {
    const sorted = sortNodes(branched)
    expect(sortNodes(sorted)).toBe(sorted)
  })

  it('may not read each other in a circle', async () => {
    const round = branched.with({
      nodes: [node('Add', ['x', 'b'], 'a'), node('Relu', ['a'], 'b'), node('Neg', ['b'], 'y')],
    })
    expect(await errorOf(() => decodeModel(encodeModel(round), 'round.onnx'))).toBe(
      'OnnxFormatError: round.onnx: nodes read each other in a circle: "a" reads "b" reads "a". Export it again.',
    )
  })

  it('can be a chain of any length', () => {
    const nodes = Array.from({ length: 8000 }, (_, i) => node('Relu', [`v${i}`], `v${i + 1}`)).reverse()
    expect(sortNodes(branched.with({ nodes })).nodes[0]?.inputs).toEqual(['v0'])
  })
})
