import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../graph/builder.js'
import type { Graph } from '../graph/graph.js'
import { float32, tensor } from '../graph/tensor.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { Session } from './session.js'

/** Multiplies a matrix by itself, which takes a while. */
function powers(times: number): Graph {
  const g = new GraphBuilder('powers')
  const x = g.input('x', 'float32', ['n', 'n'])
  let y = x
  for (let n = 0; n < times; n++) y = g.op('MatMul', [y, x])
  g.output('y', y, 'float32', ['n', 'n'])
  return g.build()
}

describe('a session aside', () => {
  it('answers to the bit as one that is not, several at once in order', async () => {
    const [here, aside] = await Promise.all([Session.create(twoLayers()), Session.create(twoLayers(), { aside: true })])
    const right = await here.run({ x: threeRows })
    const answers = await Promise.all([1, 2, 3].map(() => aside.run({ x: threeRows })))
    expect(answers).toEqual([right, right, right])
    expect(aside.outputs).toEqual(here.outputs)
    // What was given is still there.
    expect(threeRows.data).toHaveLength(9)
    await Promise.all([here.close(), aside.close()])
  })

  it('leaves this thread free while it runs', async () => {
    await using session = await Session.create(powers(40), { aside: true })
    const x = float32([300, 300], new Float32Array(300 * 300).fill(0.001))
    await session.run({ x })
    let turns = 0
    const turn = (): void => {
      turns++
      next = setImmediate(turn)
    }
    let next = setImmediate(turn)
    await session.run({ x })
    clearImmediate(next)
    expect(turns).toBeGreaterThan(20)
  })

  it('says what is wrong with a graph and with what it is fed, and goes on', async () => {
    const broken = twoLayers().with({ nodes: twoLayers().nodes.map((node) => ({ ...node, opType: 'Nothing' })) })
    await expect(Session.create(broken, { aside: true })).rejects.toThrow(/could not load the graph: .*Nothing/)
    const g = new GraphBuilder('reshape')
    g.output('y', g.op('Reshape', [g.input('x', 'float32', ['n']), g.ints([2, 2])]), 'float32', [2, 2])
    await using session = await Session.create(g.build(), { aside: true })
    await expect(session.run({ x: float32([3], [1, 2, 3]) })).rejects.toThrow(/could not run the graph: .*Reshape/)
    expect((await session.run({ x: float32([4], [1, 2, 3, 4]) }))['y']?.dims).toEqual([2, 2])
  })

  it('takes and gives texts, and what waits when it is closed is told so', async () => {
    const g = new GraphBuilder('identity')
    g.output('y', g.op('Identity', [g.input('x', 'string', ['n'])]), 'string', ['n'])
    const session = await Session.create(g.build(), { aside: true })
    const words = tensor('string', [2], ['größe', ''])
    expect(await session.run({ x: words })).toEqual({ y: words })
    const late = session.run({ x: words }).catch(String)
    await session.close()
    expect(await late).toMatch(/its thread ended/)
  })
})
