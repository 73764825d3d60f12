import { describe, expect, it } from 'vitest'
import { historiesOf, historyOf } from '../../test/histories.js'
import { chooseSettings } from './choose-settings.js'
import type { Split } from '../shop/split-histories.js'

const grid = { a: [1, 2, 3], b: ['x', 'y'] } as const satisfies Record<string, readonly [unknown, ...unknown[]]>
const validation: Split = {
  train: historiesOf([[0]], 4),
  cases: [{ user: 0, history: historyOf([]), target: 3, time: 0 }],
}

describe('chooseSettings', () => {
  it('goes through the settings one after the other and keeps what ranks the target higher', async () => {
    const tried: string[] = []
    // Items that are above the target: fewest for a 3 and b y.
    const above = { '1x': 3, '2x': 3, '3x': 2, '3y': 1, '1y': 0 } as Record<string, number>
    const fit = (settings: { a: number; b: string }) => {
      const name = `${settings.a}${settings.b}`
      tried.push(name)
      return {
        name,
        score: () =>
          Float32Array.from([0, 1, 2, 3], (item) => (item === 3 ? 0 : item < (above[name] as number) ? 1 : -1)),
      }
    }
    const { settings, ndcg } = await chooseSettings<{ a: number; b: string }>(grid, fit, validation)
    expect(tried).toEqual(['1x', '2x', '3x', '3y'])
    expect(settings).toEqual({ a: 3, b: 'y' })
    expect(ndcg).toBeCloseTo(1 / Math.log2(3))
  })

  it.each<[string, Record<number, number>, number[], number]>([
    ['down as far as it gets better', { 100: 3, 30: 2, 10: 1, 3: 1, 300: 0 }, [100, 30, 10, 3], 10],
    ['up where down is no better', { 100: 2, 30: 3, 300: 1, 1000: 2 }, [100, 30, 300, 1000], 300],
    ['nowhere where neither is', { 100: 1, 30: 1, 300: 1 }, [100, 30, 300], 100],
  ])('goes along a scale: %s', async (_, above, values, chosen) => {
    const tried: number[] = []
    const scale = { usual: 100, below: [30, 10, 3, 1], above: [300, 1000] }
    const fit = ({ l2 }: { l2: number }) => {
      tried.push(l2)
      return {
        name: 'x',
        score: () =>
          Float32Array.from([0, 1, 2, 3], (item) => (item === 3 ? 0 : item < (above[l2] as number) ? 1 : -1)),
      }
    }
    const { settings } = await chooseSettings<{ l2: number }>({ l2: scale }, fit, validation)
    expect(tried).toEqual(values)
    expect(settings).toEqual({ l2: chosen })
  })

  it('takes the usual settings where there is nobody to ask, without fitting', async () => {
    const nobody = { ...validation, cases: [] }
    const never = (): never => expect.fail('it was fitted')
    expect(await chooseSettings<{ a: number; b: string }>(grid, never, nobody)).toEqual({
      settings: { a: 1, b: 'x' },
      ndcg: undefined,
    })
  })
})
