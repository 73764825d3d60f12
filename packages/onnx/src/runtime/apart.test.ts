import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { memoryHere } from '../files/model-size-limit.js'
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

  it('answers each of those who ask at once', async () => {
    const runs = await Promise.all([5n, 1n, 3n].map((count) => session.run(feeds(count))))
    expect(runs.map(({ y }) => y?.data[0])).toEqual([7, 3, 5])
  })

  it('is run a hundred times, and nothing is left of each', async () => {
    const warned = vi.fn<() => void>()
    process.on('warning', warned)
    for (let time = 0; time < 100; time++) await session.run(feeds(1n))
    // Warnings come in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', warned)
    expect(warned).not.toHaveBeenCalled()
  })

  it('fails as others do', async () => {
    await expect(
      session.run({ count: tensor('int64', [], BigInt64Array.of(1n)), x: float32([2], [1, 2]) }),
    ).rejects.toThrow('expected')
  })
})

/** As many steps as the rows of a tensor that has rows, and nothing in them. */
function scan(): Graph {
  const b = new GraphBuilder('body')
  const sum = b.input('sum', 'float32', [1])
  b.input('row', 'float32', [0])
  b.output('next', b.op('Add', [sum, b.scalar(1)]), 'float32', [1])
  const g = new GraphBuilder('scan')
  const rows = g.op('ConstantOfShape', [g.op('Concat', [g.input('rows', 'int64', [1]), g.ints([0])], { axis: 0 })])
  const start = g.weight('start', float32([1], [0]))
  g.output('y', g.op('Scan', [start, rows], { body: b.build(), num_scan_inputs: 1 }), 'float32', [1])
  return g.build()
}

/** Sums up so many rows of a million numbers. */
function large(): Graph {
  const g = new GraphBuilder('large')
  const shape = g.op('Concat', [g.input('rows', 'int64', [1]), g.ints([1e6])], { axis: 0 })
  g.output('y', g.op('ReduceSum', [g.op('ConstantOfShape', [shape])], { keepdims: 0 }), 'float32', [])
  return g.build()
}

const rows = (count: bigint) => ({ rows: tensor('int64', [1], BigInt64Array.of(count)) })

/** A program that runs a graph without end. */
const endless = `
  import { GraphBuilder, Session, tensor } from '@headstart/onnx'
  const b = new GraphBuilder('body')
  b.input('i', 'int64', [])
  b.output('again', b.op('Identity', [b.input('more', 'bool', [])]), 'bool', [])
  b.output('after', b.op('Neg', [b.input('before', 'float32', [1])]), 'float32', [1])
  const g = new GraphBuilder('loop')
  const yes = g.weight('yes', tensor('bool', [], Uint8Array.of(1)))
  g.output('y', g.op('Loop', [g.ints(2 ** 52), yes, g.input('x', 'float32', [1])], { body: b.build() }), 'float32', [1])
  const session = await Session.create(g.build())
  setTimeout(() => process.stdout.write('runs'), 500)
  await session.run({ x: tensor('float32', [1], Float32Array.of(1)) })
`

describe('a graph of somebody else', () => {
  afterEach(() => vi.unstubAllEnvs())

  it.each([
    ['loop', loop, feeds(2n ** 62n), feeds(1n)],
    ['scan', scan, rows(2n ** 40n), rows(3n)],
  ] as const)('that never ends is ended without a signal: %s', async (_, graph, most, few) => {
    await using session = await Session.create(graph())
    vi.stubEnv('HEADSTART_RUN_SECONDS', '0.5')
    await expect(session.run(most)).rejects.toThrow('more than 0.5 s')
    vi.unstubAllEnvs()
    expect((await session.run(few))['y']?.data).toEqual(Float32Array.of(3))
  })

  it.runIf(process.platform === 'linux')(
    'that never ends is ended with the program, also where that is killed',
    async () => {
      const program = spawn(process.execPath, ['--input-type=module', '--eval', endless], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [said] = (await once(program.stdout, 'data')) as [Buffer]
      const children = execFileSync('pgrep', ['-P', String(program.pid)])
        .toString()
        .trim()
        .split('\n')
        .map(Number)
      expect(said.toString()).toBe('runs')
      program.kill('SIGKILL')
      await vi.waitFor(() => {
        for (const child of children) expect(existsSync(`/proc/${child}/fd/0`)).toBe(false)
      }, 5000)
    },
  )

  it('that takes long is ended as well, where every graph runs apart', async () => {
    vi.stubEnv('HEADSTART_APART', '1')
    const g = new GraphBuilder('products')
    const x = g.input('x', 'float32', ['n', 'n'])
    let y = x
    for (let times = 0; times < 1000; times++) y = g.op('MatMul', [y, x])
    g.output('y', y, 'float32', ['n', 'n'])
    await using session = await Session.create(g.build())
    vi.stubEnv('HEADSTART_RUN_SECONDS', '0.2')
    await expect(session.run({ x: float32([600, 600], new Float32Array(360_000)) })).rejects.toThrow('more than 0.2 s')
  })

  it.runIf(process.platform === 'linux')('cannot take all memory, where every graph runs apart', async () => {
    vi.stubEnv('HEADSTART_APART', '1')
    await using session = await Session.create(large())
    const most = BigInt(Math.floor((0.7 * memoryHere()) / 4e6))
    await expect(session.run(rows(most))).rejects.toThrow(expect.objectContaining({ fault: 'environment' }))
    expect((await session.run(rows(2n)))['y']?.data).toEqual(Float32Array.of(0))
  })
})
