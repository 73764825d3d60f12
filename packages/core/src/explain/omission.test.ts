import { expect, it } from 'vitest'
import { omission } from './omission.js'

/** A value of some parts: those of one pair say the same, so that one of them is as good as both. */
function valueOf(size: number) {
  const asked: number[] = []
  const value = (kept: readonly boolean[]): number => {
    const pair = kept[0] || kept[1] ? 4 : 0
    return kept.reduce((sum, there, part) => (part > 1 && there ? sum + 1 / part : sum), pair)
  }
  const ask = async (all: readonly (readonly boolean[])[]): Promise<Float64Array> => {
    asked.push(all.length)
    expect(all.every(({ length }) => length === size)).toBe(true)
    return Float64Array.from(all, value)
  }
  return { asked, ask, whole: value(Array<boolean>(size).fill(true)) }
}
const parts = (size: number): number[] => Array.from({ length: size }, (_, part) => part)

it('weighs few parts by what is missed without each', async () => {
  const { asked, ask, whole } = valueOf(10)
  const weights = await omission(parts(9), 10, whole, ask, { again: true })
  expect(asked).toEqual([9])
  expect([...weights].map((weight) => weight.toFixed(4))).toEqual(
    parts(10).map((part) => (part > 1 && part < 9 ? 1 / part : 0).toFixed(4)),
  )
})

it('asks about the weightiest of many again, at four tenths more, and deals out their weights', async () => {
  const size = 40
  // The second of a pair is missed where the first is gone, which weighs most.
  const value = (kept: readonly boolean[]): number =>
    kept.reduce(
      (sum, there, part) => (part > 1 && there ? sum + 1 / part : sum),
      (kept[0] ? 1 : 0) + (kept[0] || kept[1] ? 3 : 0),
    ) + (kept[1] ? 0.3 : 0)
  const asked: number[] = []
  const ask = async (all: readonly (readonly boolean[])[]): Promise<Float64Array> => {
    asked.push(all.length)
    return Float64Array.from(all, value)
  }
  const whole = value(Array<boolean>(size).fill(true))
  const once = await omission(parts(size), size, whole, ask, { again: false })
  const again = await omission(parts(size), size, whole, ask, { again: true })
  expect(asked).toEqual([40, 40, 4, 4, 8])
  const rank = (weights: Float64Array): number => weights.filter((weight) => weight > (weights[1] as number)).length
  expect([rank(once), rank(again)]).toEqual([3, 1])
  expect(again[0]).toBe(once[0])
  expect([...again].sort()).toEqual([...once].sort())
})
