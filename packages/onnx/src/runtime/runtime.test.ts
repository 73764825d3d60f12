import * as ort from 'onnxruntime-node'
import { afterEach, describe, expect, it } from 'vitest'
import { countingRuntime } from '../../test/counting-runtime.js'
import { errorOf } from '../../test/error-of.js'
import { threeRows, twoLayers } from '../../test/two-layers.js'
import { setRuntime } from './default-runtime.js'
import { onnxruntime } from './onnxruntime.js'
import type { Runtime } from './runtime.js'
import { Session } from './session.js'
import '../test/index.js'

/** onnxruntime on a machine with a GPU, which does not know the operator Tanh. The CPU stands in for it. */
function withGpu(): { runtime: Runtime; asked: Record<string, unknown>[] } {
  const asked: Record<string, unknown>[] = []
  const create = (model: Uint8Array, options: Record<string, unknown>): Promise<ort.InferenceSession> => {
    asked.push(options)
    const { session } = options['extra'] as { session: object }
    const extra = Buffer.from(model).includes('Tanh') ? { session } : {}
    return ort.InferenceSession.create(model, { ...options, executionProviders: ['cpu'], extra })
  }
  const module = { Tensor: ort.Tensor, InferenceSession: { create } }
  return { runtime: onnxruntime('pretended', module, ['cpu', 'gpu', 'absent']), asked }
}

describe('device', () => {
  it('is the CPU where nothing is asked for, and the session says so', async () => {
    const session = await Session.create(twoLayers())
    expect([session.runtime, session.devices]).toEqual(['@headstart/runtime', ['cpu']])
    await session.close()
  })

  it('is refused where the runtime does not know it, even beside one that it knows', async () => {
    for (const device of ['gpu', ['gpu', 'cpu'], { name: 'gpu', deviceId: 1 }]) {
      expect(await errorOf(() => Session.create(twoLayers(), { device }))).toMatch(
        /^DeviceError: session "two-layers", device: expected devices of @headstart\/runtime on this machine \(cpu.*\), got gpu\. Take one of these, such as the CPU, or a runtime that has it: /,
      )
    }
    expect(await errorOf(() => Session.create(twoLayers(), { device: [] }))).toMatch(/, got none\. /)
  })

  it('is refused where the machine does not have it, with the reason', async () => {
    const { runtime } = withGpu()
    const load: Runtime['load'] = async (model, options) => {
      if (options.devices.includes('absent')) throw new Error('Failed to load shared library\nat line 1')
      return runtime.load(model, options)
    }
    const options = { runtime: { ...runtime, load }, device: ['absent', 'cpu'] }
    expect(await errorOf(() => Session.create(twoLayers(), options))).toBe(
      'DeviceError: session "two-layers", device: expected "absent" on this machine, got Failed to load shared library. ' +
        'Install what it needs, or run on the CPU.',
    )
  })

  it('runs on the CPU only what the CPU is asked for', async () => {
    const { runtime, asked } = withGpu()
    expect(await errorOf(() => Session.create(twoLayers(), { runtime, device: 'gpu' }))).toBe(
      'DeviceError: session "two-layers", device: expected all operators of the graph on gpu, got some that only the CPU runs. ' +
        "Ask for ['gpu', 'cpu'] to run these on the CPU.",
    )
    const session = await Session.create(twoLayers(), { runtime, device: [{ name: 'gpu', deviceId: 1 }, 'cpu'] })
    expect([session.runtime, session.devices]).toEqual(['pretended', ['gpu', 'cpu']])
    expect(asked.at(-1)?.['executionProviders']).toEqual([{ name: 'gpu', deviceId: 1 }, 'cpu'])
    await session.close()
  })

  it('is not blamed for a graph that no device takes', async () => {
    const broken = twoLayers().with({ nodes: twoLayers().nodes.map((node) => ({ ...node, opType: 'Nothing' })) })
    const { runtime } = withGpu()
    expect(await errorOf(() => Session.create(broken, { runtime, device: ['gpu', 'cpu'] }))).toMatch(/^SessionError: /)
  })
})

describe('another runtime', () => {
  afterEach(() => setRuntime(undefined))

  it('works beside another copy of the library, of the same version', async () => {
    const beside = onnxruntime('onnxruntime-node', ort, ['cpu'])
    const [own, other] = [await Session.create(twoLayers()), await Session.create(twoLayers(), { runtime: beside })]
    expect([own.runtime, other.runtime]).toEqual(['@headstart/runtime', 'onnxruntime-node'])
    expect(await other.run({ x: threeRows })).toEqual(await own.run({ x: threeRows }))
    await own.close()
    await other.close()
  })

  it('is taken for one session, or set for all that name none', async () => {
    const { runtime, count } = countingRuntime()
    const named = await Session.create(twoLayers(), { runtime })
    const usual = await Session.create(twoLayers())
    expect(count.loaded).toBe(1)
    setRuntime(runtime)
    const after = await Session.create(twoLayers())
    expect(count.loaded).toBe(2)
    const results = await Promise.all([named, usual, after].map((session) => session.run({ x: threeRows })))
    expect(results[0]?.['y']).toEqual(results[1]?.['y'])
    await Promise.all([named, usual, after].map((session) => session.close()))
    expect(count.released).toBe(2)
  })

  it('passes threads on, or leaves them to the runtime', async () => {
    const { runtime, asked } = withGpu()
    for (const options of [{ threads: 2 }, {}])
      await (await Session.create(twoLayers(), { runtime, ...options })).close()
    expect(asked.map((options) => options['intraOpNumThreads'])).toEqual([2, undefined])
  })

  it('that fails is quoted', async () => {
    const runtime: Runtime = {
      name: 'broken',
      devices: ['cpu'],
      load: () => Promise.reject(new Error('no memory')),
    }
    expect(await errorOf(() => Session.create(twoLayers(), { runtime }))).toMatch(/^SessionError: .*: no memory$/)
  })
})
