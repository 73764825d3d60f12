import { describe, expect, it } from 'vitest'
import { diamond, twoRows } from '../../test/diamond.js'
import { errorOf } from '../../test/error-of.js'
import { fixture } from '../../test/fixture.js'
import { gate } from '../../test/gate.js'
import { runGraph } from '../../test/run-graph.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { GraphBuilder } from './builder.js'
import type { Graph } from './graph.js'
import { definedValues } from './rename.js'
import { cut, extract } from './subgraph.js'
import { float32, int64, tensor, type Tensors } from './tensor.js'
import { validate } from './validate.js'
import '../test/index.js'

/** What the suffix computes from what the prefix computes, and from those of the inputs that it needs itself. */
async function runInTwo(graph: Graph, values: readonly string[], feeds: Tensors): Promise<Tensors> {
  const { prefix, suffix } = cut(graph, values)
  validate(prefix)
  validate(suffix)
  expect(prefix.outputs.map(({ name }) => name)).toEqual(values)
  const known = { ...feeds, ...(await runGraph(prefix, pick(feeds, prefix))) }
  return runGraph(suffix, pick(known, suffix))
}

function pick(tensors: Tensors, { inputs }: Graph): Tensors {
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => inputs.some((input) => input.name === name)))
}

function subsets(values: readonly string[], size: number): string[][] {
  if (size === 0) return [[]]
  return values.flatMap((value, index) => subsets(values.slice(index + 1), size - 1).map((rest) => [value, ...rest]))
}

describe('cut', () => {
  const values = [...definedValues(diamond())]

  it.each([...subsets(values, 1), ...subsets(values, 2)])(
    'at %s %s computes what the whole computes',
    async (...names) => {
      const whole = await runGraph(diamond(), { x: twoRows })
      expect((await runInTwo(diamond(), names, { x: twoRows })).y).toEqual(whole.y)
    },
  )

  it('at all values of a network at once, and in any order, too', async () => {
    const names = [...definedValues(twoLayers())].reverse()
    const whole = await runGraph(twoLayers(), { x: threeRows })
    expect((await runInTwo(twoLayers(), names, { x: threeRows })).y).toEqual(whole.y)
  })

  it('at what nested graphs take from outside', async () => {
    for (const flag of [0, 1]) {
      const feeds = { flag: tensor('bool', [], new Uint8Array([flag])), x: float32([2], [1, -2]) }
      const whole = await runGraph(gate(), feeds)
      expect((await runInTwo(gate(), ['scaled'], feeds)).y).toEqual(whole.y)
    }
  })

  it('in models of the reference implementation', async () => {
    const { graph, feeds, outputs } = fixture('classifier')
    expect((await runInTwo(graph(), ['hidden'], feeds)).y).toBeAllclose(outputs.y ?? [])
    const custom = fixture('function')
    expect((await runInTwo(custom.graph(), ['minus'], custom.feeds)).y).toEqual(custom.outputs.y)
  })

  it('parts nodes and weights between the two', () => {
    const { prefix, suffix } = cut(twoLayers(), ['hidden'])
    expect(prefix.nodes.map(({ name }) => name)).toEqual(['dense0', 'hidden'])
    expect([...prefix.initializers.keys()]).toEqual(['w0', 'b0'])
    expect(suffix.nodes.map(({ name }) => name)).toEqual(['dense1', 'y'])
    expect([...suffix.initializers.keys()]).toEqual(['w1', 'b1'])
    expect(suffix.inputs).toEqual([{ name: 'hidden', type: 'float32' }])
    expect(suffix.outputs).toEqual([{ name: 'y', type: 'float32', dims: ['batch', 2] }])
  })

  it('carries an input along that the values do not separate from the outputs', () => {
    const { suffix } = cut(diamond(), ['joined'])
    expect(suffix.inputs.map(({ name }) => name)).toEqual(['joined', 'x'])
    const { suffix: whole } = cut(diamond(), ['dense'])
    expect(whole.inputs.map(({ name }) => name)).toEqual(['dense', 'x'])
  })

  it('leaves out of the suffix what later values make needless', () => {
    const { prefix, suffix } = cut(twoLayers(), ['dense0', 'hidden'])
    expect(prefix.outputs.map(({ name }) => name)).toEqual(['dense0', 'hidden'])
    expect(suffix.inputs.map(({ name }) => name)).toEqual(['hidden'])
  })

  it('keeps operator sets and metadata on both sides', () => {
    const { prefix, suffix } = cut(fixture('classifier').graph(), ['hidden'])
    for (const part of [prefix, suffix]) {
      expect(part.opsets).toEqual(new Map([['', 17]]))
      expect(part.metadata.get('author')).toBe('numpy')
    }
    expect(suffix.inputs).toEqual([{ name: 'hidden', type: 'float32', dims: ['batch', 4] }])
  })

  it('refuses a value that is not in the graph, also one of a nested graph only, and none', async () => {
    expect(await errorOf(() => cut(twoLayers(), ['hidden', 'z']))).toBe(
      'GraphEditError: extract: expected a value of graph "two-layers", got "z". See graph.toString().',
    )
    expect(await errorOf(() => cut(gate(), ['inner']))).toMatch(/expected a value of graph "gate", got "inner"/)
    expect(await errorOf(() => cut(twoLayers(), []))).toBe(
      'GraphEditError: extract: expected at least one value, got none. Name where to cut.',
    )
  })
})

describe('extract', () => {
  it('gives the part between any values, without the rest', async () => {
    const middle = extract(twoLayers(), ['dense0'], ['dense1'])
    expect(middle.nodes.map(({ name }) => name)).toEqual(['hidden', 'dense1'])
    const { dense1 } = await runGraph(middle, { dense0: float32([1, 4], [0, 0, 0, 0]) })
    expect(dense1).toBeAllclose(float32([1, 2], [-1, -0.5]))
  })

  it('turns weights into inputs of their type and shape', async () => {
    const open = extract(twoLayers(), ['x', 'w0'], ['y'])
    expect(open.inputs[1]).toEqual({ name: 'w0', type: 'float32', dims: [3, 4] })
    expect(open.initializers.has('w0')).toBe(false)
    const w0 = twoLayers().initializers.get('w0') ?? threeRows
    expect(await runGraph(open, { x: threeRows, w0 })).toEqual(await runGraph(twoLayers(), { x: threeRows }))
  })

  it('writes an input aside where a node is needed for another of its outputs', () => {
    const part = extract(diamond(), ['split'], ['joined'])
    expect(part.nodes[0]?.outputs).toEqual(['split_2', 'split:1'])
    expect(part.inputs.map(({ name }) => name)).toEqual(['split', 'x'])
  })

  it('takes the type of a new input from the options, where the graph does not say', async () => {
    const g = new GraphBuilder('length')
    const shape = g.op('Shape', [g.input('x', 'float32', ['n'])], {}, { name: 'shape' })
    g.output('y', g.op('Mul', [shape, shape]), 'int64', [1])
    const half = extract(g.build(), ['shape'], ['y'], { types: { shape: 'int64' } })
    expect(half.inputs).toEqual([{ name: 'shape', type: 'int64' }])
    expect((await runGraph(half, { shape: int64([1], [3]) })).y).toEqual(int64([1], [9]))
    expect(extract(g.build(), ['shape'], ['y']).inputs).toEqual([{ name: 'shape', type: 'float32' }])
  })

  it('gives outputs in the order that is asked for, inputs and weights among them', async () => {
    const part = extract(twoLayers(), ['x'], ['b1', 'hidden', 'x'])
    const results = await runGraph(part, { x: threeRows })
    expect(Object.keys(results)).toEqual(['b1', 'hidden', 'x'])
    expect(results.x).toEqual(threeRows)
    expect(results.b1).toEqual(twoLayers().initializers.get('b1'))
  })
})
