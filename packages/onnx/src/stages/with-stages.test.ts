import { describe, expect, it } from 'vitest'
import { exported } from '../../test/exported.js'
import { GraphBuilder, type Value } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { randomTensor } from '../test/index.js'
import { findStages } from './find-stages.js'
import { withStages } from './with-stages.js'

/** Two layers over tokens, which stand before the examples inside if asked for. */
function layers(tokensFirst: boolean): Graph {
  const g = new GraphBuilder('layers')
  const ids = g.input('ids', 'int64', ['batch', 'tokens'])
  let x = g.scope('embeddings', () => g.op('Gather', [g.weight('table', randomTensor([9, 4])), ids]))
  const turn = (value: Value): Value => (tokensFirst ? g.op('Transpose', [value], { perm: [1, 0, 2] }) : value)
  x = turn(x)
  for (const layer of [0, 1]) {
    x = g.scope(`encoder/layer.${layer}`, () =>
      g.op('Add', [x, g.op('Tanh', [g.op('MatMul', [x, g.weight('dense', randomTensor([4, 4]))])])]),
    )
  }
  const last = g.scope('head', () => g.op('MatMul', [turn(x), g.weight('matrix', randomTensor([4, 4]))]))
  g.output('y', last, 'float32', ['batch', 'tokens', 4])
  return g.build()
}

describe('withStages', () => {
  it('ends stages where each example has a row of its own', async () => {
    const { stages } = await withStages(layers(false))
    expect(stages.map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1', 'output'])
    const turned = await withStages(layers(true))
    expect(turned.stages.map(({ name, parameters }) => [name, parameters])).toEqual([
      ['embedding to output', 36 + 16 + 16 + 16],
    ])
    expect(findStages(layers(true)).map(({ name }) => name)).toEqual(['embedding', 'layer 0', 'layer 1', 'output'])
  })

  it.each(['bert', 'vit', 'swin'])('leaves the stages of %s as they are', async (name) => {
    const { graph } = exported(name)
    expect((await withStages(graph)).stages).toEqual(findStages(graph))
  })
})
