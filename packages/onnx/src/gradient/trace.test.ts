import { describe, expect, it } from 'vitest'
import { GraphBuilder, type Value } from '../graph/builder.js'
import { float32, int64 } from '../graph/tensor.js'
import { trace } from './trace.js'

/** A row of numbers, as many as `counts` has elements, and its shape in several forms. */
function network(write: (g: GraphBuilder, x: Value, counts: Value) => Record<string, Value>) {
  const g = new GraphBuilder('network')
  const values = write(g, g.input('x', 'float32', ['n', 'm']), g.input('counts', 'int64', ['k']))
  for (const [name, value] of Object.entries(values)) g.output(name, value, 'float32')
  const graph = g.build()
  return graph.with({ outputs: graph.outputs.map(({ name }) => ({ name })) })
}

const feeds = { x: float32([2, 3], [1, 2, 3, 4, 5, 6]), counts: int64([2], [3, 2]) }

describe('trace', () => {
  it('says type and shape of inputs, weights and values', async () => {
    const graph = network((g, x) => ({
      product: g.op('MatMul', [x, g.weight('w', float32([3, 1], [1, 2, 3]))]),
      isLarge: g.op('Greater', [x, g.weight('bound', float32([], [2]))]),
    }))
    const traced = await trace(graph, feeds, ['product', 'isLarge'])
    expect(traced.get('x')).toEqual({ name: 'x', type: 'float32', dims: [2, 3] })
    expect(traced.get('w')).toEqual({ name: 'w', type: 'float32', dims: [3, 1] })
    expect(traced.get('bound')).toEqual({ name: 'bound', type: 'float32', dims: [], constant: 2 })
    expect(traced.get('product')).toEqual({ name: 'product', type: 'float32', dims: [2, 1] })
    expect(traced.get('isLarge')).toEqual({ name: 'isLarge', type: 'bool', dims: [2, 3] })
  })

  it('tells a scalar from a value of unknown rank, which it runs', async () => {
    const graph = network((g, x, counts) => ({
      scalar: g.op('ReduceSum', [x], { keepdims: 0 }),
      turned: g.op('Reshape', [x, counts]),
      large: g.op('Transpose', [g.op('NonZero', [x])], { perm: [1, 0] }),
    }))
    const traced = await trace(graph, feeds, ['scalar', 'turned', 'large'])
    expect(traced.get('scalar')).toEqual({ name: 'scalar', type: 'float32', dims: [] })
    expect(traced.get('turned')).toEqual({ name: 'turned', type: 'float32', dims: [3, 2] })
    expect(traced.get('large')).toEqual({ name: 'large', type: 'int64', dims: [6, 2] })
  })

  it('notes whole numbers that depend on shapes alone, and no others', async () => {
    const graph = network((g, x, counts) => {
      const hidden = g.op('Exp', [x])
      const rows = g.op('Shape', [hidden], { end: 1 })
      const sizes = g.op('Concat', [rows, g.ints([5])], { axis: 0 })
      const cells = g.op('Mul', [g.op('Size', [x]), g.ints(2)])
      return { sizes, cells, doubled: g.op('Mul', [counts, g.ints([2])]) }
    })
    const traced = await trace(graph, feeds, ['sizes', 'cells', 'doubled'])
    expect(traced.get('sizes')?.values).toEqual([2, 5])
    expect(traced.get('cells')?.values).toEqual([12])
    expect(traced.get('doubled')).toEqual({ name: 'doubled', type: 'int64', dims: [2] })
  })

  it('does not believe what a file says of shapes inside', async () => {
    const graph = network((g, x) => ({ y: g.op('Exp', [x], {}, { name: 'hidden' }) }))
    const stale = graph.with({
      outputs: [{ name: 'y', type: 'float32', dims: [1, 3] }],
      valueInfo: new Map([['hidden', { name: 'hidden', type: 'float32', dims: [1, 3] }]]),
    })
    expect((await trace(stale, feeds, ['hidden', 'y'])).get('hidden')?.dims).toEqual([2, 3])
  })
})
