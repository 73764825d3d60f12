import { describe, expect, it } from 'vitest'
import { exported, exportedNames, withoutNames, withoutNodeNames } from '../../test/exported.js'
import { encoder, mobileNetTop } from '../../test/networks.js'
import { runGraph } from '../../test/run-graph.js'
import { GraphBuilder } from '../graph/builder.js'
import { GraphEditError } from '../errors.js'
import { constantsAsWeights } from '../graph/constants-as-weights.js'
import type { Graph } from '../graph/graph.js'
import type { Tensors } from '../graph/tensor.js'
import { withInferredShapes } from '../runtime/with-inferred-shapes.js'
import { cut } from '../graph/subgraph.js'
import { randomTensor } from '../test/index.js'
import { findStages } from './find-stages.js'

const namesOf = (graph: Graph) => findStages(graph).map(({ name }) => name)

const expected: Readonly<Record<string, readonly string[]>> = {
  bert: ['embedding', 'layer 0', 'layer 1', 'pooler'],
  roberta: ['embedding', 'layer 0', 'layer 1'],
  // Two layers with the same weights.
  albert: ['embedding', 'layer 0'],
  deberta: ['embedding', 'layer 0', 'layer 1'],
  modernbert: ['embedding', 'layer 0', 'layer 1'],
  vit: ['embedding', 'layer 0', 'layer 1', 'output'],
  // What makes the picture smaller stands before the layers of its stage in one, behind them in the other.
  convnext: ['embedding', 'stage 0 layer 0', 'stage 0 layer 1', 'stage 1 layer 0', 'stage 1 layer 1', 'output'],
  swin: ['embedding', 'layer 0 block 0', 'layer 0 block 1', 'layer 1 block 0', 'layer 1 block 1', 'output'],
  resnet: ['embedding', 'stage 0 layer 0', 'stage 0 layer 1', 'stage 1 layer 0', 'stage 1 layer 1'],
}

/** With names of nothing. */
const numbered: Readonly<Record<string, readonly string[]>> = {
  bert: ['embedding', 'block 0', 'block 1', 'output'],
  roberta: ['embedding', 'block 0', 'block 1'],
  albert: ['embedding', 'block 0'],
  deberta: ['embedding', 'block 0', 'block 1'],
  modernbert: ['embedding', 'block 0', 'block 1'],
  vit: ['stem', 'block 0', 'block 1', 'output'],
  // Too little of them repeats; each part with a matrix is a block.
  convnext: ['stem', ...Array.from({ length: 5 }, (_, block) => `block ${block}`)],
  swin: ['stem', ...Array.from({ length: 9 }, (_, block) => `block ${block}`)],
  // What repeats is a layer that makes more channels and one that does not.
  resnet: ['stem', 'block 0', 'block 1'],
}

describe('findStages', () => {
  it.each(exportedNames)('finds the stages of an exported %s', (name) => {
    const { graph } = exported(name)
    const stages = findStages(graph)
    expect(stages.map((stage) => stage.name)).toEqual(expected[name])
    expect(stages.at(-1)?.output).toBe('encoding')
    const weights = [...constantsAsWeights(graph).initializers.values()].filter(
      ({ type, data }) => type === 'float32' && data.length > 1,
    )
    const parameters = stages.reduce((sum, stage) => sum + stage.parameters, 0)
    expect(parameters).toBe(weights.reduce((sum, { data }) => sum + data.length, 0))
    expect(stages.filter((stage) => stage.parameters === 0)).toEqual([])
  })

  it.each(exportedNames)('goes by repetition where the names of %s tell nothing', (name) => {
    expect(namesOf(withoutNames(exported(name).graph))).toEqual(numbered[name])
  })

  it('goes by the names of weights where nodes have none', () => {
    for (const name of ['bert', 'vit']) {
      expect(namesOf(withoutNodeNames(exported(name).graph))).toEqual(expected[name])
    }
  })

  it.each(exportedNames)('ends stages of %s where the network can be cut', async (name) => {
    const { graph, feeds, encoding } = exported(name)
    const stages = findStages(graph).map(({ output }) => output)
    const known = await withInferredShapes(graph, stages)
    expect((await runGraph(known, feeds))['encoding']).toBeAllclose(encoding, { rtol: 1e-4, atol: 1e-4 })
    for (const output of stages.slice(0, -1)) {
      const { prefix, suffix } = cut(known, [output])
      const before = new Set(prefix.nodes.flatMap(({ inputs }) => inputs).filter((input) => matrixOf(graph, input)))
      const behind = suffix.nodes.flatMap(({ inputs }) => inputs).filter((input) => matrixOf(graph, input))
      // What depends on shapes alone, such as a table of relative positions, is no part of the main path.
      const twice = behind.filter((input) => before.has(input) && !input.includes('rel_embeddings'))
      expect(twice, `computed twice, cut at "${output}"`).toEqual([])
      if ('pixel_values' in feeds)
        expect(
          suffix.inputs.map(({ name: input }) => input),
          `read behind "${output}"`,
        ).toEqual([output])
      const crossing = await runGraph(prefix, feedsFor(prefix, feeds))
      const results = await runGraph(suffix, { ...feedsFor(suffix, feeds), ...crossing })
      expect(results['encoding'], `cut at "${output}"`).toBeAllclose(encoding, { rtol: 1e-4, atol: 1e-4 })
    }
  })

  it('ends at the value that is asked for, and refuses one that is none', () => {
    const { graph } = exported('bert')
    const layer = findStages(graph)[2]?.output as string
    expect(findStages(graph, layer).map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1'])
    expect(() => findStages(graph, 'nothing')).toThrow(GraphEditError)
  })

  it('finds layers behind numbered wrappers, and blocks of convolutions without names', () => {
    const { graph } = exported('roberta')
    const wrapped = graph.with({ nodes: graph.nodes.map((node) => ({ ...node, name: `/0/auto_model${node.name}` })) })
    expect(namesOf(wrapped)).toEqual(expected['roberta'])
    let seed = 1
    const weights = (_: string, dims: readonly number[]) => randomTensor(dims, seed++)
    const block = { inputs: 4, outputs: 4, expanded: 8, stride: 1 }
    expect(namesOf(withoutNames(mobileNetTop([block, block, block], 5, weights)))).toEqual([
      'stem',
      'block 0',
      'block 1',
      'output',
    ])
    expect(namesOf(encoder({ layers: 2, width: 4, heads: 2, feedForward: 8 }, weights))).toEqual([
      'layer 0',
      'layer 1',
      'output',
    ])
  })

  it('takes a network without any cut as one stage', () => {
    const g = new GraphBuilder('small')
    const x = g.input('x', 'float32', ['batch', 3])
    const a = g.op('MatMul', [x, g.weight('a', randomTensor([3, 2]))])
    const b = g.op('MatMul', [x, g.weight('b', randomTensor([3, 2]))])
    g.output('y', g.op('Add', [a, b]), 'float32')
    expect(findStages(g.build())).toMatchObject([{ output: 'y', parameters: 12 }])
    const plain = new GraphBuilder('plain')
    plain.output('y', plain.op('Relu', [plain.input('x', 'float32', ['batch'])]), 'float32')
    expect(findStages(plain.build())).toMatchObject([{ output: 'y', parameters: 0 }])
  })
})

function matrixOf(graph: Graph, name: string): boolean {
  return (graph.initializers.get(name)?.dims ?? []).filter((dim) => dim > 1).length > 1
}

function feedsFor({ inputs }: Graph, feeds: Tensors): Tensors {
  return Object.fromEntries(Object.entries(feeds).filter(([name]) => inputs.some((input) => input.name === name)))
}
