import { describe, expect, it } from 'vitest'
import { GraphBuilder, type Value } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { float32 } from '../graph/tensor.js'
import { checkGradient, randomTensor } from '../test/index.js'
import { fusePatterns } from './fuse-patterns.js'
import { upgradeOpset } from './upgrade-opset.js'

function network(write: (g: GraphBuilder, x: Value) => Value, opset = 17): Graph {
  const g = new GraphBuilder('network', { opsets: { '': opset } })
  const x = g.op('Add', [g.input('x', 'float32', [2, 4]), g.weight('shift', randomTensor([4], 9))])
  g.output('y', write(g, x), 'float32', [2, 4])
  return g.build()
}

const operators = (graph: Graph) => graph.nodes.map(({ opType }) => opType)
const x = randomTensor([2, 4], 1)

const erf = (g: GraphBuilder, x: Value) => g.op('Erf', [g.op('Div', [x, g.scalar(Math.SQRT2)])])
const gelus: Record<string, (g: GraphBuilder, x: Value) => Value> = {
  'x (1 + erf) ½': (g, x) => g.op('Mul', [g.op('Mul', [x, g.op('Add', [erf(g, x), g.scalar(1)])]), g.scalar(0.5)]),
  '(x ½) (1 + erf)': (g, x) => g.op('Mul', [g.op('Mul', [x, g.scalar(0.5)]), g.op('Add', [g.scalar(1), erf(g, x)])]),
  'x ((1 + erf) ½), scaled by √½': (g, x) => {
    const scaled = g.op('Erf', [g.op('Mul', [x, g.scalar(Math.SQRT1_2)])])
    return g.op('Mul', [x, g.op('Mul', [g.op('Add', [scaled, g.scalar(1)]), g.scalar(0.5)])])
  },
}

function normalization(g: GraphBuilder, x: Value, square: 'Pow' | 'Mul', epsilon = 1e-5): Value {
  const centered = g.op('Sub', [x, g.op('ReduceMean', [x], { axes: [-1] })])
  const squares = square === 'Pow' ? g.op('Pow', [centered, g.scalar(2)]) : g.op('Mul', [centered, centered])
  const variance = g.op('ReduceMean', [squares], { axes: [-1] })
  const unit = g.op('Div', [centered, g.op('Sqrt', [g.op('Add', [variance, g.scalar(epsilon)])])])
  return g.op('Add', [
    g.op('Mul', [unit, g.weight('scale', randomTensor([4], 2))]),
    g.weight('bias', randomTensor([4], 3)),
  ])
}

describe('fusePatterns', () => {
  it.each(Object.entries(gelus))('recognizes Gelu as %s', async (_, write) => {
    const graph = network(write)
    expect(operators(fusePatterns(graph))).toEqual(['Add', 'Gelu', 'Identity'])
    await checkGradient(graph, { x }, { by: ['x', 'shift'] })
  })

  it.each(['Pow', 'Mul'] as const)('recognizes layer normalization with %s', async (square) => {
    const graph = network((g, x) => normalization(g, x, square), 13)
    const fused = fusePatterns(upgradeOpset(graph))
    expect(operators(fused)).toEqual(['Add', 'LayerNormalization', 'Identity'])
    expect(fused.nodes[1]?.attributes['epsilon']?.value).toBeCloseTo(1e-5, 10)
    await checkGradient(graph, { x }, { by: ['x', 'shift', 'scale', 'bias'] })
  })

  it('leaves alone what is nearly the same', () => {
    const others = [
      network((g, x) => g.op('Mul', [g.op('Mul', [x, g.op('Add', [erf(g, x), g.scalar(1)])]), g.scalar(0.4)])),
      network((g, x) =>
        g.op('Mul', [g.op('Mul', [x, g.op('Add', [erf(g, g.op('Neg', [x])), g.scalar(1)])]), g.scalar(0.5)]),
      ),
      network((g, x) => g.op('Mul', [g.op('Mul', [x, g.scalar(0.5)]), g.scalar(0.5)])),
      network((g, x) => g.op('Add', [g.op('Mul', [x, x]), g.weight('w', float32([4], [1, 2, 3, 4]))])),
    ]
    for (const graph of others) expect(fusePatterns(graph)).toBe(graph)
  })

  it('leaves alone what is used elsewhere as well', () => {
    const graph = network((g, x) => {
      const sum = g.op('Add', [erf(g, x), g.scalar(1)])
      return g.op('Add', [sum, g.op('Mul', [g.op('Mul', [x, sum]), g.scalar(0.5)])])
    })
    expect(fusePatterns(graph)).toBe(graph)
  })
})
