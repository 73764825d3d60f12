import { describe, expect, it } from 'vitest'
import { sha256 } from '../kit/sha256.js'
import { countTrainedOn, describeTrainedOn, markTrainedOn } from './trained-on.js'

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, place) => sha256(`text ${from + place}`))
const marks = markTrainedOn(keys(0, 1000))

describe('what a model was trained on', () => {
  it('is told where it is measured on the same examples, in a byte for each', () => {
    expect(countTrainedOn(keys(0, 1000), marks)).toBe(1000)
    expect(countTrainedOn(keys(0, 5), marks)).toBe(5)
    expect(atob(marks)).toHaveLength(1000)
    expect(countTrainedOn(keys(0, 4), markTrainedOn(keys(0, 4)))).toBe(4)
  })

  it('is told about where some of the examples are others', () => {
    const count = countTrainedOn(keys(900, 1200), marks)
    expect(count).toBeGreaterThan(70)
    expect(count).toBeLessThan(130)
  })

  it('is not said of examples that are all others, nor of one alone', () => {
    for (let draw = 1; draw < 100; draw++) {
      for (const size of [1, 3, 10, 500]) expect(countTrainedOn(keys(1000 * draw, 1000 * draw + size), marks)).toBe(0)
    }
    expect(countTrainedOn(keys(0, 1), marks)).toBe(0)
    expect(countTrainedOn(keys(0, 9), markTrainedOn([]))).toBe(0)
  })

  it('says how many, and what to do', () => {
    expect(describeTrainedOn(0, 9)).toBeUndefined()
    expect(describeTrainedOn(9, 9)).toMatch(/^All 9 examples to measure on were trained on as well: .* has not seen\.$/)
    expect(describeTrainedOn(4, 9)).toMatch(/^About 4 of the 9 examples/)
  })
})
