import { describe, expect, it } from 'vitest'
import { errorOf } from '../../test/error-of.js'
import { gate } from '../../test/gate.js'
import { runGraph } from '../../test/run-graph.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { valuesRead } from './graph.js'
import { definedValues, rename, unusedName, usedNames } from './rename.js'
import { float32, tensor } from './tensor.js'
import { validate } from './validate.js'
import '../test/index.js'

describe('rename', () => {
  it('renames inputs, weights, inner values and outputs; the result is the same', async () => {
    const info = new Map([['hidden', { name: 'hidden', type: 'float32' as const }]])
    const graph = twoLayers().with({ valueInfo: info })
    const renamed = rename(graph, { x: 'features', w0: 'layer0/weight', hidden: 'code', y: 'scores' })
    validate(renamed)
    expect(renamed.inputs).toEqual([{ name: 'features', type: 'float32', dims: ['batch', 3] }])
    expect([...definedValues(renamed)]).toEqual([
      'features',
      'layer0/weight',
      'b0',
      'w1',
      'b1',
      'dense0',
      'code',
      'dense1',
      'scores',
    ])
    expect(renamed.valueInfo).toEqual(new Map([['code', { name: 'code', type: 'float32' }]]))
    const { y } = await runGraph(graph, { x: threeRows })
    const { scores } = await runGraph(renamed, { features: threeRows })
    expect(scores).toEqual(y)
  })

  it('swaps names', () => {
    const renamed = rename(twoLayers(), { dense0: 'hidden', hidden: 'dense0' })
    validate(renamed)
    expect(renamed.nodes.map(({ outputs }) => outputs[0])).toEqual(['hidden', 'dense0', 'dense1', 'y'])
  })

  it('reaches what nested graphs take from outside', async () => {
    const renamed = rename(gate(), { scaled: 'doubled', shift: 'offset' })
    validate(renamed)
    const [, choose] = renamed.nodes
    expect(choose && valuesRead(choose)).toEqual(['flag', 'doubled', 'offset', 'doubled'])
    const feeds = { flag: tensor('bool', [], new Uint8Array([1])), x: float32([2], [1, 2]) }
    expect((await runGraph(renamed, feeds)).y).toBeAllclose(float32([2], [12, 14]))
  })

  it('takes names of methods of objects for names like others', () => {
    const renamed = rename(rename(twoLayers(), { hidden: 'constructor' }), { x: 'toString' })
    expect(definedValues(renamed)).toContain('constructor')
    expect(definedValues(renamed)).toContain('toString')
  })

  it('refuses a name that is not in the graph, and one that is taken', async () => {
    expect(await errorOf(() => rename(twoLayers(), { z: 'a' }))).toBe(
      'GraphEditError: rename: expected the name of a value in the graph, got "z". See graph.toString().',
    )
    const taken = (got: string) =>
      `GraphEditError: rename: expected a name not yet in use, got ${got}. Choose another name.`
    expect(await errorOf(() => rename(twoLayers(), { x: 'hidden' }))).toBe(taken('"hidden" for "x"'))
    expect(await errorOf(() => rename(twoLayers(), { x: 'a', y: 'a' }))).toBe(taken('"a" for "y"'))
    expect(await errorOf(() => rename(twoLayers(), { x: '' }))).toBe(taken('"" for "x"'))
  })

  it('refuses a name that a nested graph uses, which would hide the value from it', async () => {
    expect(await errorOf(() => rename(gate(), { scaled: 'inner' }))).toMatch(
      /expected a name not yet in use, got "inner"/,
    )
  })
})

describe('usedNames', () => {
  it('has the names of nested graphs, which definedValues leaves out', () => {
    const outer = ['flag', 'x', 'float_2', 'shift', 'scaled', 'If', 'y']
    expect(definedValues(gate())).toEqual(new Set(outer))
    expect(usedNames(gate())).toEqual(new Set([...outer, 'inner', 'result']))
  })
})

describe('unusedName', () => {
  it('numbers a name that is taken, and takes it', () => {
    const taken = new Set(['a'])
    expect([1, 2, 3].map(() => unusedName('a', taken))).toEqual(['a_2', 'a_3', 'a_4'])
    expect(unusedName('b', taken)).toBe('b')
  })
})
