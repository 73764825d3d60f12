import { describe, expect, it } from 'vitest'
import { trainingFixture } from '../../test/training-fixture.js'
import '../test/index.js'
import { TrainingOptionError } from '../errors.js'
import { constant, oneCycle, type Schedule, warmUpCosine } from './schedule.js'

const ours: Record<string, Schedule> = {
  warmUpCosine: warmUpCosine({ steps: 40, warmUp: 5, final: 0.1 }),
  oneCycle: oneCycle({ steps: 40 }),
  'oneCycle, other options': oneCycle({ steps: 25, rise: 0.2, initial: 1 / 10, final: 1 / 50 }),
}

describe('schedules', () => {
  it.each(Object.entries(trainingFixture.schedules))("%s has PyTorch's factors", (name, factors) => {
    expect(factors.map((_, step) => ours[name]?.(step) ?? Number.NaN)).toBeAllclose(factors, { rtol: 1e-6, atol: 1e-9 })
  })

  it('constant stays 1', () => {
    expect([0, 1, 1e6].map(constant())).toEqual([1, 1, 1])
  })

  it.each([1, 2, 3, 10])('of %i steps keep to 0 to 1, and to the last factor after the end', (steps) => {
    for (const schedule of [warmUpCosine({ steps }), oneCycle({ steps })]) {
      for (let step = 0; step <= steps; step++) {
        expect(schedule(step)).toBeGreaterThanOrEqual(0)
        expect(schedule(step)).toBeLessThanOrEqual(1)
      }
      expect(schedule(steps + 100)).toBeCloseTo(schedule(steps), 6)
    }
    expect(warmUpCosine({ steps })(0)).toBeGreaterThan(0)
  })

  it('refuse a length that is none', () => {
    for (const steps of [0, -1, 2.5, Number.NaN]) {
      expect(() => warmUpCosine({ steps })).toThrow(TrainingOptionError)
      expect(() => oneCycle({ steps })).toThrow('oneCycle, steps: expected a whole number from 1 on, got ')
    }
  })
})
