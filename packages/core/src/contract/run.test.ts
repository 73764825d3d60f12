import { describe, expect, it, vi } from 'vitest'
import { startRun } from './run.js'

describe('startRun', () => {
  it('makes once what has the same key, part by part and objects by identity', async () => {
    const run = startRun()
    const make = vi.fn<() => Promise<object>>(async () => ({}))
    const data = {}
    const first = await run.once([data, 'terms'], make)
    expect(await run.once([data, 'terms'], make)).toBe(first)
    expect(make).toHaveBeenCalledTimes(1)
    for (const key of [[{}, 'terms'], [data, 'other'], [data], ['terms', data], []]) {
      expect(await run.once(key, make)).not.toBe(first)
    }
  })

  it('keeps nothing between runs', async () => {
    const key = ['a']
    expect(await startRun().once(key, async () => 1)).toBe(1)
    expect(await startRun().once(key, async () => 2)).toBe(2)
  })

  it('makes again what failed, and tells each who waited', async () => {
    const run = startRun()
    const failing = (): Promise<never> => Promise.reject(new Error('no'))
    const both = [run.once(['a'], failing), run.once(['a'], failing)]
    for (const one of both) await expect(one).rejects.toThrow('no')
    expect(await run.once(['a'], async () => 1)).toBe(1)
  })

  it('has the seed 0 unless it is given one', () => {
    expect(startRun().seed).toBe(0)
    expect(startRun({ seed: 7 }).seed).toBe(7)
  })
})
