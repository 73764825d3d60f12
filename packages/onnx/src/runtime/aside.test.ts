import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../graph/builder.js'
import { float32, tensor } from '../graph/tensor.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { products } from '../../test/products.js'
import { Session } from './session.js'

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
    await using session = await Session.create(products(40), { aside: true })
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

  it('is closed while it answers, and the process goes on', async () => {
    const x = float32([64, 64], new Float32Array(64 * 64))
    for (let time = 0; time < 8; time++) {
      const session = await Session.create(products(20), { aside: true })
      const asked = Array.from({ length: 4 * (time + 1) }, () => session.run({ x }).catch(String))
      await asked[time]
      await session.close()
      // Each is an answer, or that there is none.
      for (const answer of await Promise.all(asked))
        expect(typeof answer === 'string' ? answer : answer['y']?.dims.join()).toMatch(/^64,64$|its thread ended/)
    }
  })
})
