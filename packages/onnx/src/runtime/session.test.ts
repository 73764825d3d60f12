import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { countingRuntime } from '../../test/counting-runtime.js'
import { errorOf } from '../../test/error-of.js'
import { openSession, runGraph } from '../../test/run-graph.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { GraphBuilder } from '../graph/builder.js'
import { arrayConstructors, type ElementArray, type ElementType } from '../graph/element-type.js'
import { type Dimension, Graph } from '../graph/graph.js'
import { Session } from './session.js'
import { extract } from '../graph/subgraph.js'
import { float32, int64, sliceRows, type Tensor, tensor } from '../graph/tensor.js'
import '../test/index.js'

/** x as it is, in any type. */
function identity(type: ElementType): Graph {
  const g = new GraphBuilder('identity')
  g.output('y', g.op('Identity', [g.input('x', type, ['n'])]), type, ['n'])
  return g.build()
}

/** a + b */
function addition(dims: Dimension[]): Graph {
  const g = new GraphBuilder('sum')
  g.output('y', g.op('Add', [g.input('a', 'float32', dims), g.input('b', 'float32', dims)]), 'float32', dims)
  return g.build()
}

describe('run', () => {
  it('takes arrays of another realm, as a test runner has them', async () => {
    const data = runInNewContext('new Float32Array([1, 2])') as Float32Array
    expect(data).not.toBeInstanceOf(Float32Array)
    const session = await openSession(identity('float32'))
    expect(await session.run({ x: { type: 'float32', dims: [2], data } })).toEqual({ y: float32([2], [1, 2]) })
  })

  it('computes all outputs, or those that are asked for', async () => {
    const session = await openSession(extract(twoLayers(), ['x'], ['hidden', 'y']))
    const all = await session.run({ x: threeRows })
    expect(Object.keys(all)).toEqual(['hidden', 'y'])
    expect(await session.run({ x: threeRows }, ['y'])).toEqual({ y: all.y })
    // By hand, for the row [1, 2, 3] and weights of -0.2 to 0.9.
    const columns = [0, 1, 2, 3].map((column) => [-0.2, 0.2, 0.6].map((weight) => weight + column / 10))
    const bias = [-0.6, -0.3, 0, 0.3]
    const sums = columns.map(([a = 0, b = 0, c = 0], column) => a + 2 * b + 3 * c + (bias[column] ?? 0))
    expect(sliceRows(all.hidden as Tensor, 0, 1)).toBeAllclose(float32([1, 4], sums.map(Math.tanh)))
  })

  // Of others weights can be.
  const given = Object.keys(arrayConstructors).filter((type) => !/^bfloat16|^float[48]|int4$/.test(type))
  it.each(given as (keyof typeof arrayConstructors)[])('takes and gives %s', async (type) => {
    const data = new arrayConstructors[type](2) as ElementArray
    new Uint8Array((data as Uint8Array).buffer)[0] = 1
    expect(await runGraph(identity(type), { x: tensor(type, [2], data) })).toEqual({ y: tensor(type, [2], data) })
  })

  it('takes and gives text, and tensors without elements', async () => {
    const words = tensor('string', [3], ['größe', '', '👍'])
    expect(await runGraph(identity('string'), { x: words })).toEqual({ y: words })
    expect(await runGraph(identity('float32'), { x: float32([0], []) })).toEqual({ y: float32([0], []) })
  })

  it('takes views, and results stay when the session is closed', async () => {
    const session = await openSession(twoLayers())
    const { y } = await session.run({ x: sliceRows(threeRows, 1, 2) })
    const whole = await session.run({ x: threeRows })
    await session.close()
    expect(y).toBeAllclose(sliceRows(whole.y as Tensor, 1, 2))
  })

  it('may be called again before it is done', async () => {
    const session = await openSession(twoLayers())
    const rows = [0, 1, 2].map((row) => sliceRows(threeRows, row, row + 1))
    const results = await Promise.all(rows.map((x) => session.run({ x })))
    const { y } = await session.run({ x: threeRows })
    for (const [row, result] of results.entries()) {
      expect(result.y).toBeAllclose(sliceRows(y as Tensor, row, row + 1), { atol: 1e-7 })
    }
  })

  it('refuses tensors that do not fit, saying what was expected', async () => {
    const session = await openSession(twoLayers())
    const refusal = (feeds: Record<string, Tensor>) => errorOf(() => session.run(feeds))
    const expected = 'FeedError: session "two-layers", input "x": expected'
    expect(await refusal({})).toBe(`${expected} x: float32[batch, 3], got nothing`)
    expect(await refusal({ x: float32([1, 4], [1, 2, 3, 4]) })).toBe(
      `${expected} x: float32[batch, 3], got a tensor: float32[1, 4]`,
    )
    expect(await refusal({ x: float32([3], [1, 2, 3]) })).toBe(
      `${expected} x: float32[batch, 3], got a tensor: float32[3]`,
    )
    expect(await refusal({ x: int64([1, 3], [1, 2, 3]) })).toBe(
      `${expected} x: float32[batch, 3], got a tensor: int64[1, 3]`,
    )
    expect(await refusal({ x: { ...threeRows, dims: [2, 3] } })).toBe(`${expected} 6 elements, got 9`)
    expect(await refusal({ x: threeRows, z: threeRows })).toBe(
      'FeedError: session "two-layers", input "z": expected one of: x, got a tensor for an input that does not exist',
    )
  })

  it('refuses an output that does not exist, and data of another type than its tensor says', async () => {
    const session = await openSession(twoLayers())
    const prefix = 'SessionError: session "two-layers": onnxruntime could not run the graph: '
    expect(await errorOf(() => session.run({ x: threeRows }, ['z']))).toMatch(new RegExp(`^${prefix}.*\\bz\\b`))
    const doubles = { type: 'float32', dims: [1, 3], data: new Float64Array(3) } as unknown as Tensor
    expect(await errorOf(() => session.run({ x: doubles }))).toMatch(new RegExp(`^${prefix}.*float32`))
  })

  it('tells what onnxruntime finds wrong only when it runs', async () => {
    const g = new GraphBuilder('reshape')
    g.output('y', g.op('Reshape', [g.input('x', 'float32', ['n']), g.ints([2, 2])]), 'float32', [2, 2])
    const session = await openSession(g.build())
    expect(await errorOf(() => session.run({ x: float32([3], [1, 2, 3]) }))).toMatch(
      /^SessionError: session "reshape": onnxruntime could not run the graph: .*Reshape/,
    )
    expect((await session.run({ x: float32([4], [1, 2, 3, 4]) })).y).toEqual(float32([2, 2], [1, 2, 3, 4]))
  })
})

describe('runBatched', () => {
  it.each([1, 2, 3, 4, 7, 100])('in pieces of %i rows gives what run gives for seven', async (batchSize) => {
    const session = await openSession(extract(twoLayers(), ['x'], ['hidden', 'y']))
    const x = float32(
      [7, 3],
      Array.from({ length: 21 }, (_, index) => Math.sin(index)),
    )
    const whole = await session.run({ x })
    const pieces = await session.runBatched({ x }, batchSize)
    expect(Object.keys(pieces)).toEqual(['hidden', 'y'])
    for (const name of ['hidden', 'y']) expect(pieces[name]).toBeAllclose(whole[name] ?? [], { rtol: 1e-5, atol: 1e-6 })
  })

  it('cuts several inputs side by side', async () => {
    const left = float32([3, 2], [1, 2, 3, 4, 5, 6])
    const right = float32([3, 2], [10, 20, 30, 40, 50, 60])
    const session = await openSession(addition(['n', 2]))
    const { y } = await session.runBatched({ a: left, b: right }, 2)
    expect(y).toEqual(float32([3, 2], [11, 22, 33, 44, 55, 66]))
  })

  it('cuts text', async () => {
    const words = tensor('string', [3], ['a', 'b', 'c'])
    const session = await openSession(identity('string'))
    expect(await session.runBatched({ x: words }, 2)).toEqual({ y: words })
  })

  it('gives outputs without rows for inputs without rows', async () => {
    const session = await openSession(twoLayers())
    expect(await session.runBatched({ x: float32([0, 3], []) }, 2)).toEqual({ y: float32([0, 2], []) })
  })

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses pieces of %d rows', async (batchSize) => {
    const session = await openSession(twoLayers())
    expect(await errorOf(() => session.runBatched({ x: threeRows }, batchSize))).toBe(
      `SessionOptionError: session "two-layers", batchSize: expected a whole number from 1 on, got ${batchSize}`,
    )
  })

  it('refuses inputs that differ in rows, and scalars', async () => {
    const session = await openSession(addition(['n']))
    const rows = (count: number) => float32([count], new Float32Array(count))
    expect(await errorOf(() => session.runBatched({ a: rows(2), b: rows(3) }, 2))).toBe(
      'FeedError: session "sum", input "b": expected 2 rows, as the inputs before it, got 3',
    )
    expect(await errorOf(() => session.runBatched({ a: float32([], [1]), b: rows(3) }, 2))).toBe(
      'FeedError: session "sum", input "a": expected a tensor with rows, got a scalar',
    )
    expect(await errorOf(() => session.runBatched({ a: rows(3) }, 2))).toMatch(
      /^FeedError: .*"b": expected .*, got nothing$/,
    )
  })

  it('refuses outputs that do not have one row for each row put in', async () => {
    const g = new GraphBuilder('sum')
    const x = g.input('x', 'float32', ['n', 3])
    g.output('y', g.op('ReduceSum', [x, g.ints([0])]), 'float32', [1, 3])
    const session = await openSession(g.build())
    expect(await errorOf(() => session.runBatched({ x: threeRows }, 2))).toBe(
      'TensorError: session "sum", output "y": expected 3 rows, got 2',
    )
  })
})

describe('create', () => {
  it.each([
    { optimization: 'all' },
    { optimization: 'extended' },
    { optimization: 'basic' },
    { optimization: 'disabled' },
  ] as const)('gives the same numbers with %o', async (options) => {
    const session = await Session.create(twoLayers(), options)
    const { y } = await session.run({ x: threeRows })
    await session.close()
    expect(y).toBeAllclose((await runGraph(twoLayers(), { x: threeRows }))['y'] as Tensor, { rtol: 1e-6 })
  })

  it('says what onnxruntime inferred of outputs, where the graph does not', async () => {
    const graph = extract(twoLayers(), ['x'], ['hidden', 'y']).with({ valueInfo: new Map() })
    const untyped = graph.with({ outputs: [{ name: 'hidden' }, { name: 'y', type: 'float32' }] })
    const session = await openSession(untyped)
    expect(session.outputs).toEqual([
      { name: 'hidden', type: 'float32', dims: ['batch', 4] },
      { name: 'y', type: 'float32' },
    ])
  })

  it('gives the same results with any number of threads, however they wait', async () => {
    const [one, ...others] = await Promise.all(
      [{ threads: 1 }, { threads: 2 }, { spin: false }, { spin: 'while running' } as const, {}].map(async (options) => {
        const session = await Session.create(twoLayers(), options)
        const { y } = await session.run({ x: threeRows })
        await session.close()
        return y ?? []
      }),
    )
    for (const other of others) expect(other).toBeAllclose(one ?? [])
  })

  it.each([-1, 0.5])('refuses %d threads', async (threads) => {
    expect(await errorOf(() => Session.create(twoLayers(), { threads }))).toMatch(
      /^SessionError: session "two-layers": onnxruntime could not load the graph: .*hreads/,
    )
  })

  it('names the graph that onnxruntime does not take, and keeps its reason', async () => {
    const broken = twoLayers().with({
      name: 'broken',
      nodes: twoLayers().nodes.map((node) => ({ ...node, opType: 'Nothing' })),
    })
    const error = await Session.create(broken).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'SessionError', session: 'broken', phase: 'load', cause: expect.any(Error) })
    expect(String(error)).toMatch(/^SessionError: session "broken": onnxruntime could not load the graph: .*Nothing/s)
    const empty = new Graph({ name: 'empty', inputs: [], outputs: [], nodes: [] })
    expect(await errorOf(() => Session.create(empty))).toMatch(
      /^SessionError: session "empty": onnxruntime could not load/,
    )
  })

  it('refuses an element type that onnxruntime does not run', async () => {
    expect(await errorOf(() => Session.create(identity('bfloat16')))).toMatch(
      /^SessionError: session "identity": onnxruntime could not load the graph: /,
    )
  })

  it('shows what goes in and out', async () => {
    const { name, inputs, outputs } = await openSession(twoLayers())
    expect({ name, inputs, outputs }).toEqual({
      name: 'two-layers',
      inputs: [{ name: 'x', type: 'float32', dims: ['batch', 3] }],
      outputs: [{ name: 'y', type: 'float32', dims: ['batch', 2] }],
    })
  })
})

describe('close', () => {
  it('ends the session; again, it does nothing', async () => {
    const session = await Session.create(twoLayers(), { threads: 1 })
    await session.close()
    await session.close()
    const closed =
      'ClosedError: session "two-layers": expected to be used before it is closed, got a call after it. Close it last, or make a new one.'
    expect(await errorOf(() => session.run({ x: threeRows }))).toBe(closed)
    expect(await errorOf(() => session.runBatched({ x: threeRows }, 2))).toBe(closed)
  })

  it('gives back all that was loaded, however often', async () => {
    const { runtime, count } = countingRuntime()
    for (let round = 0; round < 30; round++) {
      const session = await Session.create(twoLayers(), { threads: 1, runtime })
      await session.run({ x: threeRows })
      await session[Symbol.asyncDispose]()
      await session.close()
    }
    expect(count).toEqual({ loaded: 30, released: 30 })
  })
})
