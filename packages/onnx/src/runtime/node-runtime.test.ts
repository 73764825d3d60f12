import { afterEach, describe, expect, it, vi } from 'vitest'
import { sparing, threadsOfMachine } from './node-runtime.js'
import type { Runtime } from './runtime.js'

afterEach(() => void vi.unstubAllEnvs())

describe('sparing', () => {
  it.each([
    ['0', false],
    ['1', 'while running'],
    [undefined, 'while running'],
  ])('with HEADSTART_SPIN %s', async (value, spin) => {
    vi.stubEnv('HEADSTART_SPIN', value)
    const load = vi.fn<Runtime['load']>()
    const options = { devices: ['cpu'], optimization: 'all', spin: 'while running' } as const
    await sparing({ name: 'fake', devices: ['cpu'], load }).load(new Uint8Array(), options)
    expect(load).toHaveBeenCalledWith(new Uint8Array(), { ...options, spin })
  })
})

describe('threadsOfMachine', () => {
  it('is one for each core', () => {
    expect(threadsOfMachine(2, false)).toBe(2)
    expect(threadsOfMachine(8, true)).toBe(4)
  })

  it('is one where half a core may be used', () => {
    expect(threadsOfMachine(1, true)).toBe(1)
  })

  it('leaves counting to onnxruntime where it is not said what the processors share', () => {
    expect(threadsOfMachine(8, null)).toBe(0)
  })
})
