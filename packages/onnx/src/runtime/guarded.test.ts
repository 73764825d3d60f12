import { readdir, readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { RunCosts } from '../cost/run-costs.js'
import { memoryHere } from '../files/model-size-limit.js'
import { GraphBuilder } from '../graph/builder.js'
import { float32, int64, type Tensors } from '../graph/tensor.js'
import { products } from '../../test/products.js'
import { Session } from './session.js'

afterEach(() => vi.unstubAllEnvs())

const square = (n: number): Tensors => ({ x: float32([n, n], new Float32Array(n * n)) })

/** The processes that this one started. */
async function children(): Promise<string[]> {
  const lists = await Promise.all(
    (await readdir('/proc/self/task')).map((task) => readFile(`/proc/self/task/${task}/children`, 'utf8')),
  )
  return lists.join(' ').split(/\s+/).filter(Boolean)
}

describe('a guarded session', () => {
  it('ends a chain of large products by its signal, and then answers what is small', async () => {
    // 5e12 multiplications.
    await using session = await Session.create(products(40), { guarded: true })
    const running = session.run(square(5000), undefined, AbortSignal.timeout(500))
    let turns = 0
    const turning = setInterval(() => turns++, 10)
    await expect(running).rejects.toThrow('timeout')
    clearInterval(turning)
    // Meanwhile this thread was free.
    expect(turns).toBeGreaterThan(5)
    expect((await session.run(square(2)))['y']?.data).toEqual(new Float32Array(4))
  })

  it('ends it by its time, and says what to do where that is its work', async () => {
    await using session = await Session.create(products(40), { guarded: true })
    vi.stubEnv('HEADSTART_RUN_SECONDS', '0.3')
    await expect(session.run(square(5000))).rejects.toThrow('HEADSTART_RUN_SECONDS to more')
  })

  it('is not held by what is computed when it is loaded', async () => {
    const g = new GraphBuilder('constants')
    const ones = g.op('ConstantOfShape', [g.ints([5000, 5000])], { value: float32([1], [1]) })
    let y = ones
    for (let time = 0; time < 40; time++) y = g.op('MatMul', [y, ones])
    g.output('y', g.op('Add', [g.op('ReduceSum', [y], { keepdims: 0 }), g.input('x', 'float32', [])]), 'float32', [])
    vi.stubEnv('HEADSTART_RUN_SECONDS', '1')
    const started = performance.now()
    await expect(Session.create(g.build(), { guarded: true })).rejects.toThrow('more than 1 s')
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('runs apart where numbers say how much there is to do, which shapes do not tell', async () => {
    const g = new GraphBuilder('as many as it says')
    const count = g.input('count', 'int64', [1])
    g.output('y', g.op('ReduceSum', [g.op('ConstantOfShape', [count])], { keepdims: 0 }), 'float32', [])
    await using session = await Session.create(g.build(), { guarded: true })
    expect((await session.run({ count: int64([1], [3]) }))['y']?.data).toEqual(Float32Array.of(0))
    vi.stubEnv('HEADSTART_RUN_SECONDS', '5')
    const most = Math.floor((0.6 * memoryHere()) / 4)
    await expect(session.run({ count: int64([1], [most]) })).rejects.toThrow(
      expect.objectContaining({ fault: 'environment' }),
    )
  })

  it('runs apart what takes much memory by its shapes', () => {
    const g = new GraphBuilder('outer product')
    const [x, y] = [g.input('x', 'float32', ['n', 1]), g.input('y', 'float32', [1, 'n'])]
    g.output('z', g.op('ReduceSum', [g.op('Mul', [x, y])], { keepdims: 0 }), 'float32', [])
    expect(RunCosts.of(g.build())?.ofRun({ x: [1e6, 1], y: [1, 1e6] })?.bytes).toBeGreaterThan(4e12)
  })

  it.runIf(process.platform === 'linux')('starts no process for what is usual', async () => {
    const before = await children()
    await using session = await Session.create(products(4), { guarded: true })
    await session.run(square(64))
    // Those of other tests may have ended meanwhile.
    expect((await children()).filter((child) => !before.includes(child))).toEqual([])
  })
})
