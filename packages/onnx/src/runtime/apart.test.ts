import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GraphBuilder } from '../graph/builder.js'
import { float32, tensor } from '../graph/tensor.js'
import type { Graph } from '../graph/graph.js'
import { Session } from './session.js'

/** Adds 1 to x, `count` times. */
function loop(): Graph {
  const b = new GraphBuilder('body')
  b.input('i', 'int64', [])
  const more = b.input('more', 'bool', [])
  const before = b.input('before', 'float32', [1])
  b.output('again', b.op('Identity', [more]), 'bool', [])
  b.output('after', b.op('Add', [before, b.scalar(1)]), 'float32', [1])
  const g = new GraphBuilder('loop')
  const count = g.input('count', 'int64', [])
  const x = g.input('x', 'float32', [1])
  const yes = g.weight('yes', tensor('bool', [], Uint8Array.of(1)))
  g.output('y', g.op('Loop', [count, yes, x], { body: b.build() }), 'float32', [1])
  return g.build()
}

const feeds = (count: bigint) => ({ count: tensor('int64', [], BigInt64Array.of(count)), x: float32([1], [2]) })

describe('a graph with a loop', () => {
  let session: Session
  beforeAll(async () => {
    session = await Session.create(loop())
  })
  afterAll(() => session.close())

  it('gives what it gives, again and again', async () => {
    for (const count of [3n, 10n])
      expect((await session.run(feeds(count)))['y']?.data).toEqual(Float32Array.of(2 + Number(count)))
  })

  it('that never ends is ended by its signal, and runs again after that', async () => {
    const started = performance.now()
    const running = session.run(feeds(2n ** 62n), undefined, AbortSignal.timeout(300))
    // Meanwhile this thread is free.
    let turns = 0
    const turning = setInterval(() => turns++, 10)
    await expect(running).rejects.toThrow('timeout')
    clearInterval(turning)
    expect(turns).toBeGreaterThan(5)
    expect(performance.now() - started).toBeLessThan(2000)
    expect((await session.run(feeds(1n)))['y']?.data).toEqual(Float32Array.of(3))
  })

  it('fails as others do', async () => {
    await expect(
      session.run({ count: tensor('int64', [], BigInt64Array.of(1n)), x: float32([2], [1, 2]) }),
    ).rejects.toThrow('expected')
  })
})
